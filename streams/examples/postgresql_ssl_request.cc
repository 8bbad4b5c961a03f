// SPDX-License-Identifier: Apache-2.0

// STARTTLS as PostgreSQL has it: asks for TLS, upgrades the connection, begins
// a session and prints what the server says of itself.
//
//   postgresql_ssl_request HOST PORT

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/streams.h"

using streams::EventLoop;
using streams::SslContext;
using streams::Task;
using streams::TlsOptions;

// SSLRequest and StartupMessage, with their lengths; "" ends the settings.
constexpr absl::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);
constexpr absl::string_view kStartup(
    "\0\0\0\x27\0\3\0\0user\0tester\0"
    "database\0postgres\0",
    39);

Task<absl::Status> StartSession(EventLoop& loop, std::string host, int port) {
  STREAMS_CO_ASSIGN_OR_RETURN(auto connection,
                              co_await OpenConnection(loop, host, port));
  auto& [reader, writer] = connection;
  writer->Write(kSslRequest);
  STREAMS_CO_ASSIGN_OR_RETURN(const std::string answer,
                              co_await reader->ReadExactly(1));
  if (answer != "S") co_return absl::UnavailableError("the server has no TLS");

  STREAMS_CO_ASSIGN_OR_RETURN(
      const auto context,
      SslContext::CreateDefault(streams::Purpose::kServerAuth));
  STREAMS_CO_RETURN_IF_ERROR(
      co_await writer->StartTls(TlsOptions(context).set_server_hostname(host)));
  std::printf("%s\n", writer->GetSslObject()->Version().c_str());

  writer->Write(kStartup);
  for (char type = 0; type != 'Z';) {  // ReadyForQuery
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string head,
                                co_await reader->ReadExactly(5));
    type = head[0];
    uint32_t length = 0;
    for (const char c : head.substr(1)) length = length << 8 | (c & 0xff);
    if (length < 4 || length > 9999) co_return absl::DataLossError("length");
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string body,
                                co_await reader->ReadExactly(length - 4));
    const size_t name_end = body.find('\0');  // "name\0value\0"
    if (type == 'S' && name_end != std::string::npos) {
      std::printf("%s = %s\n", body.c_str(), body.c_str() + name_end + 1);
    }
    if (type == 'E') co_return absl::UnavailableError(body);
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  EventLoop loop;
  const absl::Status status =
      loop.RunUntilComplete(StartSession(loop, argv[1], std::atoi(argv[2])));
  std::fprintf(stderr, "%s", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
