// SPDX-License-Identifier: Apache-2.0

// An echo server on a Unix socket, which it removes when it ends in order:
//
//   unix_echo_server PATH

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "streams/streams.h"

namespace {

using streams::EventLoop;
using streams::StreamReader;
using streams::StreamWriter;
using streams::Task;

Task<absl::Status> HandleEcho(std::unique_ptr<StreamReader> reader,
                              std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                                co_await reader->Read(100));
    if (data.empty()) break;  // EOF.
    std::printf("Echo: '%s'\n", data.c_str());
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }

  std::printf("Close the connection\n");
  std::fflush(stdout);
  writer->Close();
  co_return co_await writer->WaitClosed();
}

Task<absl::Status> Serve(EventLoop& loop, std::string path) {
  STREAMS_CO_ASSIGN_OR_RETURN(
      auto server, co_await StartUnixServer(loop, HandleEcho, std::move(path)));
  for (const auto& socket : server->Sockets()) {
    std::printf("Serving on %s\n", socket->GetSockName()->path().c_str());
  }
  std::fflush(stdout);
  co_return co_await server->ServeForever();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: unix_echo_server PATH\n");
    return 2;
  }
  EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(Serve(loop, argv[1]));
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
