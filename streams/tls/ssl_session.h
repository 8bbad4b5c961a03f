// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_SESSION_H_
#define STREAMS_TLS_SSL_SESSION_H_

#include <memory>

struct ssl_session_st;  // BoringSSL's SSL_SESSION.

namespace streams {

// What a client needs to resume a session with the server that it was made
// with: SslObject::Session() gives it, TlsOptions::set_session() takes it. It
// may be used by several connections, all of the context that it was made with.
//
// asyncio: ssl.SSLSession.
class SslSession final {
 public:
  // Takes a reference of BoringSSL's.
  explicit SslSession(ssl_session_st* native) : native_(native) {}

  // Not for users.
  ssl_session_st* native() const { return native_.get(); }

 private:
  struct Deleter {
    void operator()(ssl_session_st* native) const;
  };

  std::unique_ptr<ssl_session_st, Deleter> native_;
};

}  // namespace streams

#endif  // STREAMS_TLS_SSL_SESSION_H_
