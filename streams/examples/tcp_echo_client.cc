// SPDX-License-Identifier: Apache-2.0

// "TCP echo client using streams", of asyncio's documentation:
//
//   tcp_echo_client [PORT]

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "streams/streams.h"

namespace {

using streams::EventLoop;
using streams::Task;

Task<absl::Status> TcpEchoClient(EventLoop& loop, uint16_t port,
                                 std::string message) {
  STREAMS_CO_ASSIGN_OR_RETURN(auto connection,
                              co_await OpenConnection(loop, "127.0.0.1", port));
  auto& [reader, writer] = connection;

  std::printf("Send: '%s'\n", message.c_str());
  writer->Write(message);
  STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());

  STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                              co_await reader->Read(100));
  std::printf("Received: '%s'\n", data.c_str());

  std::printf("Close the connection\n");
  writer->Close();
  co_return co_await writer->WaitClosed();
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 8888;
  EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(
      TcpEchoClient(loop, static_cast<uint16_t>(port), "Hello World!"));
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
