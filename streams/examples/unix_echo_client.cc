// SPDX-License-Identifier: Apache-2.0

// An echo client over a Unix socket:
//
//   unix_echo_client PATH

#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "streams/streams.h"

namespace {

using streams::EventLoop;
using streams::Task;

Task<absl::Status> UnixEchoClient(EventLoop& loop, std::string path,
                                  std::string message) {
  STREAMS_CO_ASSIGN_OR_RETURN(
      auto connection, co_await OpenUnixConnection(loop, std::move(path)));
  auto& [reader, writer] = connection;

  std::printf("Send: '%s'\n", message.c_str());
  writer->Write(message);
  STREAMS_CO_RETURN_IF_ERROR(writer->WriteEof());

  STREAMS_CO_ASSIGN_OR_RETURN(const std::string data, co_await reader->Read());
  std::printf("Received: '%s'\n", data.c_str());

  std::printf("Close the connection\n");
  writer->Close();
  co_return co_await writer->WaitClosed();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: unix_echo_client PATH\n");
    return 2;
  }
  EventLoop loop;
  const absl::Status status =
      loop.RunUntilComplete(UnixEchoClient(loop, argv[1], "Hello World!"));
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
