// SPDX-License-Identifier: Apache-2.0
//
// The echo server in Boost.Asio's coroutines, as its documentation has it, with
// OpenSSL for TLS:
//
//   asio_echo_server --port=N [--mode=echo|line] [--cork] [--host=127.0.0.1]
//                    [--tls_cert=FILE --tls_key=FILE]
//
// --cork: all lines that have been read go back in one write.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "boost/asio.hpp"
#include "boost/asio/ssl.hpp"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// The loop's own executor: any_io_executor would look at run time which it is.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> kUseAwaitable;

enum class Handling { kEcho, kLines, kCorkedLines };

struct Options {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  Handling handling = Handling::kEcho;
  std::string tls_cert;
  std::string tls_key;
};

// EOF, and a client that went away, end these as error codes: an exception for
// each connection would be dear.

template <class Stream>
Awaitable<void> Echo(Stream& stream) {
  char data[65536];
  boost::system::error_code error;
  for (;;) {
    const size_t size = co_await stream.async_read_some(
        asio::buffer(data), asio::redirect_error(kUseAwaitable, error));
    if (error) co_return;
    co_await asio::async_write(stream, asio::buffer(data, size),
                               asio::redirect_error(kUseAwaitable, error));
    if (error) co_return;
  }
}

// The answers to the whole lines of `received`, and how many bytes they are.
size_t AnswerLines(std::string_view received, std::string* answers) {
  answers->clear();
  for (;;) {
    const size_t newline = received.find('\n');
    if (newline == std::string_view::npos) return answers->size();
    answers->append(received.substr(0, newline + 1));
    received.remove_prefix(newline + 1);
  }
}

template <class Stream>
Awaitable<void> EchoLines(Stream& stream, bool cork) {
  // Not a std::string, which fills its room with zeros before each read, and
  // moves what is left after each line.
  asio::streambuf data(65536);
  // It reads as much at a time as there is room for; all of it is filled with
  // zeros here, once.
  data.prepare(16384);
  std::string answers;
  boost::system::error_code error;
  for (;;) {
    size_t size = co_await asio::async_read_until(
        stream, data, '\n', asio::redirect_error(kUseAwaitable, error));
    if (error) co_return;
    const char* answer = static_cast<const char*>(data.data().data());
    if (cork) {
      size = AnswerLines(std::string_view(answer, data.size()), &answers);
      answer = answers.data();
    }
    co_await asio::async_write(stream, asio::buffer(answer, size),
                               asio::redirect_error(kUseAwaitable, error));
    if (error) co_return;
    data.consume(size);
  }
}

template <class Stream>
Awaitable<void> Handle(Stream& stream, Handling handling) {
  if (handling == Handling::kEcho) return Echo(stream);
  return EchoLines(stream, handling == Handling::kCorkedLines);
}

Awaitable<void> Serve(Socket socket, Handling handling) {
  co_await Handle(socket, handling);
}

Awaitable<void> ServeTls(Socket socket, asio::ssl::context& context,
                         Handling handling) {
  asio::ssl::stream<Socket> stream(std::move(socket), context);
  boost::system::error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(kUseAwaitable, error));
  if (error) co_return;
  co_await Handle(stream, handling);
  co_await stream.async_shutdown(asio::redirect_error(kUseAwaitable, error));
}

Awaitable<void> Accept(Acceptor acceptor, asio::ssl::context* context,
                       Handling handling) {
  const Executor executor = acceptor.get_executor();
  for (;;) {
    Socket socket = co_await acceptor.async_accept(kUseAwaitable);
    socket.set_option(tcp::no_delay(true));
    if (context != nullptr) {
      asio::co_spawn(executor, ServeTls(std::move(socket), *context, handling),
                     asio::detached);
    } else {
      asio::co_spawn(executor, Serve(std::move(socket), handling),
                     asio::detached);
    }
  }
}

bool Matches(const char* argument, const char* flag, std::string* value) {
  const size_t length = std::strlen(flag);
  if (std::strncmp(argument, flag, length) != 0) return false;
  *value = argument + length;
  return true;
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  std::string port;
  std::string mode;
  bool cork = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--cork") == 0) {
      cork = true;
      continue;
    }
    if (!Matches(argv[i], "--port=", &port) &&
        !Matches(argv[i], "--mode=", &mode) &&
        !Matches(argv[i], "--host=", &options.host) &&
        !Matches(argv[i], "--tls_cert=", &options.tls_cert) &&
        !Matches(argv[i], "--tls_key=", &options.tls_key)) {
      std::cerr << "asio_echo_server: unknown argument " << argv[i] << "\n";
      std::exit(2);
    }
  }
  options.port = static_cast<uint16_t>(std::atoi(port.c_str()));
  if (mode == "line") {
    options.handling = cork ? Handling::kCorkedLines : Handling::kLines;
  }
  return options;
}

void Run(const Options& options) {
  // One thread has all to itself: no locks. (Its price is to resolve no names.)
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
  asio::ssl::context context(asio::ssl::context::tls_server);
  const bool tls = !options.tls_cert.empty();
  if (tls) {
    context.use_certificate_chain_file(options.tls_cert);
    context.use_private_key_file(options.tls_key, asio::ssl::context::pem);
  }
  Acceptor acceptor(
      loop.get_executor(),
      tcp::endpoint(asio::ip::make_address(options.host), options.port));
  acceptor.listen(4096);
  std::cout << "listening on " << acceptor.local_endpoint() << std::endl;
  asio::co_spawn(
      loop.get_executor(),
      Accept(std::move(acceptor), tls ? &context : nullptr, options.handling),
      asio::detached);
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Run(ParseOptions(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "asio_echo_server: " << error.what() << "\n";
  }
  return 1;
}
