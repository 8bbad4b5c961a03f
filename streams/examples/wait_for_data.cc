// SPDX-License-Identifier: Apache-2.0

// "Register an open socket to wait for data using streams", of asyncio's
// documentation.

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "streams/streams.h"

namespace {

using streams::EventLoop;
using streams::OpenConnectionOptions;
using streams::StreamSocket;
using streams::Task;

Task<absl::Status> WaitForData(EventLoop& loop) {
  STREAMS_CO_ASSIGN_OR_RETURN(auto sockets, StreamSocket::CreatePair());
  const auto read_socket =
      std::make_shared<StreamSocket>(std::move(sockets.first));
  const auto write_socket =
      std::make_shared<StreamSocket>(std::move(sockets.second));

  OpenConnectionOptions options;
  options.set_socket(read_socket);
  STREAMS_CO_ASSIGN_OR_RETURN(auto connection,
                              co_await OpenConnection(loop, options));
  auto& [reader, writer] = connection;

  // Somebody else sends, later.
  loop.CallSoon([write_socket] {
    if (streams::os::Send(write_socket->fd(), "abc", 3) != 3) std::perror("");
  });

  STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                              co_await reader->Read(100));
  std::printf("Received: '%s'\n", data.c_str());

  writer->Close();
  co_return co_await writer->WaitClosed();
}

}  // namespace

int main() {
  EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(WaitForData(loop));
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
