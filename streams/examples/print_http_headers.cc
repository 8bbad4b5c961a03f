// SPDX-License-Identifier: Apache-2.0

// "Get HTTP headers", of asyncio's documentation: asks for the head of one
// resource, and prints it. Redirects are printed, not followed.
//
//   print_http_headers URL [CA_FILE]
//
// CA_FILE has the certificates to trust instead of the system's.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "streams/streams.h"

namespace {

using streams::EventLoop;
using streams::OpenConnectionOptions;
using streams::Purpose;
using streams::SslContext;
using streams::StreamReader;
using streams::Task;
using streams::VerifyLocations;

// For the whole conversation.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Url {
  bool is_https = false;
  std::string host;  // To connect to: an IPv6 address without brackets.
  uint16_t port = 0;
  std::string authority;  // As it was written, for the request.
  std::string target;     // Path and query.
};

absl::Status BadUrl(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("not a URL such as https://example.org/: ", why));
}

absl::StatusOr<Url> ParseUrl(absl::string_view text) {
  for (const char c : text) {
    // It would end the line of the request, and begin another.
    if (!absl::ascii_isgraph(c)) return BadUrl("blanks and control characters");
  }
  Url url;
  if (absl::ConsumePrefix(&text, "https://")) {
    url.is_https = true;
  } else if (!absl::ConsumePrefix(&text, "http://")) {
    return BadUrl("neither http nor https");
  }
  text = text.substr(0, text.find('#'));
  const size_t authority_end = text.find_first_of("/?");
  const absl::string_view authority = text.substr(0, authority_end);
  text.remove_prefix(authority.size());
  url.authority = std::string(authority);
  url.target = absl::StrCat(absl::StartsWith(text, "/") ? "" : "/", text);

  // The colon of a port comes behind the brackets of an IPv6 address.
  const size_t colon = authority.find(':', authority.find(']') + 1);
  absl::string_view host = authority.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) {
    return BadUrl("a bracket is not closed");
  }
  if (host.empty()) return BadUrl("no host");
  if (absl::StrContains(host, "@")) return BadUrl("a user name");
  url.host = std::string(host);
  url.port = url.is_https ? 443 : 80;
  if (colon != absl::string_view::npos) {
    uint32_t port = 0;
    if (!absl::SimpleAtoi(authority.substr(colon + 1), &port) || port == 0 ||
        port > 65535) {
      return BadUrl("the port is not a number from 1 to 65535");
    }
    url.port = static_cast<uint16_t>(port);
  }
  return url;
}

absl::StatusOr<std::shared_ptr<SslContext>> CreateContext(
    const std::optional<std::string>& ca_file) {
  if (!ca_file.has_value()) {
    return SslContext::CreateDefault(Purpose::kServerAuth);
  }
  return SslContext::CreateDefault(Purpose::kServerAuth,
                                   VerifyLocations().set_cafile(*ca_file));
}

Task<absl::Status> PrintHead(StreamReader& reader) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader.ReadLine());
    const absl::string_view header = absl::StripTrailingAsciiWhitespace(line);
    if (header.empty()) break;  // EOF, or the end of the head.
    std::printf("HTTP header> %s\n", std::string(header).c_str());
  }
  co_return absl::OkStatus();
}

Task<absl::Status> PrintHttpHeaders(EventLoop& loop, Url url,
                                    std::optional<std::string> ca_file) {
  OpenConnectionOptions options;
  if (url.is_https) {
    STREAMS_CO_ASSIGN_OR_RETURN(const auto context, CreateContext(ca_file));
    options.set_ssl(context);
  }
  STREAMS_CO_ASSIGN_OR_RETURN(
      auto connection,
      co_await OpenConnection(loop, url.host, url.port, std::move(options)));
  auto& [reader, writer] = connection;

  writer->Write(absl::StrCat("HEAD ", url.target, " HTTP/1.0\r\n",  //
                             "Host: ", url.authority, "\r\n\r\n"));
  const absl::Status printed = co_await PrintHead(*reader);
  writer->Close();
  STREAMS_CO_RETURN_IF_ERROR(printed);
  co_return co_await writer->WaitClosed();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: print_http_headers URL [CA_FILE]\n");
    return 2;
  }
  const absl::StatusOr<Url> url = ParseUrl(argv[1]);
  if (!url.ok()) {
    std::fprintf(stderr, "print_http_headers: %s\n",
                 std::string(url.status().message()).c_str());
    return 2;
  }
  std::optional<std::string> ca_file;
  if (argc == 3) ca_file = argv[2];
  EventLoop loop;
  const absl::Status status = loop.RunUntilComplete(WaitFor(
      loop, PrintHttpHeaders(loop, *url, std::move(ca_file)), kPatience));
  if (status.ok()) return 0;
  std::fprintf(stderr, "print_http_headers: %s: %s\n", argv[1],
               std::string(status.message()).c_str());
  return 1;
}
