// SPDX-License-Identifier: Apache-2.0

// "TCP echo server using streams", of asyncio's documentation:
//
//   tcp_echo_server [PORT]

#include <cstdint>
#include <cstdio>
#include <cstdlib>
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
  STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                              co_await reader->Read(100));
  std::printf("Received '%s' from %s\n", data.c_str(),
              writer->GetPeerName()->ToString().c_str());

  std::printf("Send: '%s'\n", data.c_str());
  writer->Write(data);
  STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());

  std::printf("Close the connection\n");
  std::fflush(stdout);
  writer->Close();
  co_return co_await writer->WaitClosed();
}

Task<absl::Status> Serve(EventLoop& loop, uint16_t port) {
  STREAMS_CO_ASSIGN_OR_RETURN(
      auto server, co_await StartServer(loop, HandleEcho, "127.0.0.1", port));
  for (const auto& socket : server->Sockets()) {
    std::printf("Serving on %s\n", socket->GetSockName()->ToString().c_str());
  }
  std::fflush(stdout);
  co_return co_await server->ServeForever();
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 8888;
  EventLoop loop;
  const absl::Status status =
      loop.RunUntilComplete(Serve(loop, static_cast<uint16_t>(port)));
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
