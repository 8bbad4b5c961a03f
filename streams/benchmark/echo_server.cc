// SPDX-License-Identifier: Apache-2.0
//
// The echo server that any harness can drive, written as a user would, with
// nothing but the public API:
//
//   echo_server --port=N [--mode=echo|line] [--host=127.0.0.1]
//
// echo is Read(65536), Write, Drain; line is ReadLine, Write, Drain. It prints
// where it listens, and serves until it is killed.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "streams/streams.h"

ABSL_FLAG(int, port, 0, "TCP port to listen on; 0 takes a free one");
ABSL_FLAG(std::string, host, "127.0.0.1", "address to listen on");
ABSL_FLAG(std::string, mode, "echo",
          "echo: what is read goes back at once; line: each line by itself");

namespace {

using Reader = std::unique_ptr<streams::StreamReader>;
using Writer = std::unique_ptr<streams::StreamWriter>;

streams::Task<absl::Status> Close(Writer writer) {
  writer->Close();
  co_return co_await writer->WaitClosed();
}

streams::Task<absl::Status> Echo(Reader reader, Writer writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                                co_await reader->Read(65536));
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  co_return co_await Close(std::move(writer));
}

streams::Task<absl::Status> EchoLines(Reader reader, Writer writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader->ReadLine());
    if (line.empty()) break;
    writer->Write(line);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  co_return co_await Close(std::move(writer));
}

// A client that goes away is nothing to tell of.
void ReportUnlessConnectionError(const streams::ExceptionContext& context) {
  switch (streams::GetErrorKind(context.exception)) {
    case streams::ErrorKind::kConnectionReset:
    case streams::ErrorKind::kBrokenPipe:
      return;
    default:
      std::fprintf(stderr, "echo_server: %s\n", context.message.c_str());
  }
}

streams::Task<absl::Status> Serve(streams::EventLoop& loop) {
  loop.SetExceptionHandler(ReportUnlessConnectionError);
  const std::string host = absl::GetFlag(FLAGS_host);
  const uint16_t port = static_cast<uint16_t>(absl::GetFlag(FLAGS_port));
  auto* const echo = absl::GetFlag(FLAGS_mode) == "line" ? EchoLines : Echo;
  STREAMS_CO_ASSIGN_OR_RETURN(
      const std::shared_ptr<streams::Server> server,
      co_await streams::StartServer(
          loop, echo, host, port,
          streams::StartServerOptions().set_backlog(4096)));
  std::printf("listening on %s:%d\n", host.c_str(),
              server->Sockets()[0]->GetSockName()->port());
  std::fflush(stdout);
  co_return co_await server->ServeForever();
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const std::string mode = absl::GetFlag(FLAGS_mode);
  const int port = absl::GetFlag(FLAGS_port);
  if (mode != "echo" && mode != "line") {
    std::fprintf(stderr, "echo_server: --mode is echo or line, not '%s'\n",
                 mode.c_str());
    return 2;
  }
  if (port < 0 || port > 65535) {
    std::fprintf(stderr, "echo_server: --port is from 0 to 65535\n");
    return 2;
  }
  streams::EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(Serve(loop));
  std::fprintf(stderr, "echo_server: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
