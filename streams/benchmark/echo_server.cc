// SPDX-License-Identifier: Apache-2.0
//
// The echo server that any harness can drive, written as a user would, with
// nothing but the public API:
//
//   echo_server --port=N [--mode=echo|line] [--host=127.0.0.1]
//               [--tls_cert=FILE --tls_key=FILE]
//               [--cork] [--zero_copy] [--busy_poll]
//
// echo is Read(65536), Write, Drain; line is ReadLine, Write, Drain; both read
// into a string that they keep, as who has many messages to read does. --cork
// answers lines that came together together; --zero_copy looks at the bytes
// where they lie (Peek() and Consume(), ReadLineView()); --busy_poll spends a
// processor on answering sooner. It prints where it listens, and serves until
// it is killed; SIGTERM and SIGINT end it at once, with exit status 0.
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "streams/streams.h"

ABSL_FLAG(int, port, 0, "TCP port to listen on; 0 takes a free one");
ABSL_FLAG(std::string, host, "127.0.0.1", "address to listen on");
ABSL_FLAG(std::string, mode, "echo",
          "echo: what is read goes back at once; line: each line by itself");
ABSL_FLAG(std::string, tls_cert, "", "PEM file of the certificate: serves TLS");
ABSL_FLAG(std::string, tls_key, "",
          "PEM file of its key, if not with --tls_cert");
ABSL_FLAG(bool, cork, false, "with --mode=line: StreamWriter::set_cork()");
ABSL_FLAG(bool, zero_copy, false,
          "StreamReader::Peek() and Consume(), ReadLineView()");
ABSL_FLAG(bool, busy_poll, false, "EventLoop::set_busy_poll()");

namespace {

// Longer than a client on the same machine takes to answer.
constexpr absl::Duration kBusyPoll = absl::Milliseconds(1);

using Reader = std::unique_ptr<streams::StreamReader>;
using Writer = std::unique_ptr<streams::StreamWriter>;

streams::Task<absl::Status> Echo(Reader reader, Writer writer) {
  std::string data;
  for (;;) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader->Read(65536).Into(data));
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

streams::Task<absl::Status> EchoLines(Reader reader, Writer writer) {
  writer->set_cork(absl::GetFlag(FLAGS_cork));
  std::string line;
  for (;;) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader->ReadLine().Into(line));
    if (line.empty()) break;
    writer->Write(line);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

streams::Task<absl::Status> EchoViews(Reader reader, Writer writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const absl::string_view data,
                                co_await reader->Peek());
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(reader->Consume(data.size()));
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

streams::Task<absl::Status> EchoLineViews(Reader reader, Writer writer) {
  writer->set_cork(absl::GetFlag(FLAGS_cork));
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const absl::string_view line,
                                co_await reader->ReadLineView());
    if (line.empty()) break;
    writer->Write(line);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

using Handler = streams::Task<absl::Status> (*)(Reader, Writer);

Handler HandlerOf(absl::string_view mode, bool zero_copy) {
  if (mode == "line") return zero_copy ? EchoLineViews : EchoLines;
  return zero_copy ? EchoViews : Echo;
}

// A client that goes away is nothing to tell of.
void ReportUnlessConnectionError(const streams::ExceptionContext& context) {
  switch (streams::GetErrorKind(context.exception)) {
    case streams::ErrorKind::kConnectionReset:
    case streams::ErrorKind::kBrokenPipe:
    case streams::ErrorKind::kConnectionAborted:
    case streams::ErrorKind::kSsl:
      return;
    default:
      std::fprintf(stderr, "echo_server: %s\n", context.message.c_str());
  }
}

bool CanBeRead(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return false;
  std::fclose(file);
  return true;
}

// Which of them an error is about, as far as that can be told.
std::string FilesOfError(const std::string& cert, const std::string& key) {
  if (key == cert || !CanBeRead(cert)) return cert;
  if (!CanBeRead(key)) return key;
  return absl::StrCat(cert, ", ", key);
}

// The library's error has no file name, as Python's has none.
absl::Status LoadCertificate(streams::SslContext& context,
                             const std::string& cert, const std::string& key) {
  const absl::Status status = context.LoadCertChain(cert, key);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(FilesOfError(cert, key), ": ",
                                                  status.message()));
}

streams::Task<absl::Status> Serve(streams::EventLoop& loop) {
  loop.SetExceptionHandler(ReportUnlessConnectionError);
  const std::string host = absl::GetFlag(FLAGS_host);
  const uint16_t port = static_cast<uint16_t>(absl::GetFlag(FLAGS_port));
  auto options = streams::StartServerOptions().set_backlog(4096);
  if (const std::string cert = absl::GetFlag(FLAGS_tls_cert); !cert.empty()) {
    const std::string key = absl::GetFlag(FLAGS_tls_key);
    std::shared_ptr<streams::SslContext> context =
        streams::SslContext::Server();
    STREAMS_CO_RETURN_IF_ERROR(
        LoadCertificate(*context, cert, key.empty() ? cert : key));
    options.set_ssl(std::move(context));
  }
  if (absl::GetFlag(FLAGS_busy_poll)) loop.set_busy_poll(kBusyPoll);
  STREAMS_CO_ASSIGN_OR_RETURN(
      const std::shared_ptr<streams::Server> server,
      co_await streams::StartServer(
          loop,
          HandlerOf(absl::GetFlag(FLAGS_mode), absl::GetFlag(FLAGS_zero_copy)),
          host, port, std::move(options)));
  std::printf("listening on %s:%d\n", host.c_str(),
              server->Sockets()[0]->GetSockName()->port());
  std::fflush(stdout);
  co_return co_await server->ServeForever();
}

// What is wrong with the command line, or nothing.
std::string UsageError(const std::vector<char*>& arguments) {
  const std::string mode = absl::GetFlag(FLAGS_mode);
  const int port = absl::GetFlag(FLAGS_port);
  if (arguments.size() > 1) {
    return absl::StrCat("unexpected argument '", arguments[1],
                        "'; a flag's value is behind a =, as in --port=8888");
  }
  if (mode != "echo" && mode != "line") {
    return absl::StrCat("--mode is echo or line, not '", mode, "'");
  }
  if (port < 0 || port > 65535) return "--port is from 0 to 65535";
  // It would serve plain text to whoever believes that it is encrypted.
  if (!absl::GetFlag(FLAGS_tls_key).empty() &&
      absl::GetFlag(FLAGS_tls_cert).empty()) {
    return "--tls_key needs --tls_cert, the certificate whose key it is";
  }
  return "";
}

void Exit(int /*signal*/) { _exit(0); }

}  // namespace

int main(int argc, char** argv) {
  const std::string error = UsageError(absl::ParseCommandLine(argc, argv));
  if (!error.empty()) {
    std::fprintf(stderr, "echo_server: %s\n", error.c_str());
    return 2;
  }
  signal(SIGTERM, Exit);
  signal(SIGINT, Exit);
  streams::EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(Serve(loop));
  std::fprintf(stderr, "echo_server: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
