// SPDX-License-Identifier: Apache-2.0

// An echo server that uses all cores: a loop on each of several threads, which
// listen on the same port. The kernel spreads the connections over them
// (SO_REUSEPORT), and a connection stays with its loop, so that no two threads
// ever share anything:
//
//   reuse_port_echo_server [--port=8888] [--loops=N] [--host=127.0.0.1]
//
// In Python this takes a process for each loop, and reuse_port=True.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/streams.h"

ABSL_FLAG(uint16_t, port, 8888, "TCP port to listen on; 0 takes a free one");
ABSL_FLAG(std::string, host, "127.0.0.1", "address to listen on");
ABSL_FLAG(unsigned, loops, std::thread::hardware_concurrency(),
          "how many threads, each with a loop");

namespace {

using streams::EventLoop;
using streams::StreamReader;
using streams::StreamWriter;
using streams::Task;

// What a loop tells the main thread, once: its port, or why it has none.
using Listening = std::promise<absl::StatusOr<uint16_t>>;

Task<absl::Status> Echo(std::unique_ptr<StreamReader> reader,
                        std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                                co_await reader->Read(65536));
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

Task<absl::Status> Serve(EventLoop& loop, uint16_t port, Listening& listening) {
  auto server = co_await StartServer(
      loop, Echo, absl::GetFlag(FLAGS_host), port,
      streams::StartServerOptions().set_reuse_port(true).set_backlog(1024));
  if (!server.ok()) {
    listening.set_value(server.status());
    co_return server.status();
  }
  listening.set_value((*server)->Sockets()[0]->GetSockName()->port());
  co_return co_await (*server)->ServeForever();
}

// A client that goes away is nothing to tell of.
void ReportUnlessConnectionError(const streams::ExceptionContext& context) {
  const streams::ErrorKind kind = streams::GetErrorKind(context.exception);
  if (kind == streams::ErrorKind::kConnectionReset ||
      kind == streams::ErrorKind::kBrokenPipe) {
    return;
  }
  std::fprintf(stderr, "%s\n", context.message.c_str());
}

// The whole life of a thread. Its loop is nobody else's.
void RunLoop(uint16_t port, Listening listening) {
  EventLoop loop;
  loop.SetExceptionHandler(ReportUnlessConnectionError);
  const absl::Status status =
      loop.RunUntilComplete(Serve(loop, port, listening));
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const unsigned loops = absl::GetFlag(FLAGS_loops);
  if (loops < 1 || loops > 1024) {
    std::fprintf(stderr, "--loops is from 1 to 1024\n");
    return 2;
  }
  // One after the other: with port 0, the first one's port is everybody's.
  uint16_t port = absl::GetFlag(FLAGS_port);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < loops; ++i) {
    Listening listening;
    auto answer = listening.get_future();
    threads.emplace_back(RunLoop, port, std::move(listening));
    const absl::StatusOr<uint16_t> bound = answer.get();
    // The other threads serve already; there is nothing to wait for.
    if (!bound.ok()) std::_Exit(1);
    port = *bound;
  }
  std::printf("%u loops on %s:%u\n", loops, absl::GetFlag(FLAGS_host).c_str(),
              port);
  std::fflush(stdout);
  for (std::thread& thread : threads) thread.join();
  return 1;
}
