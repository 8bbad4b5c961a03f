// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_session.h"

#include "openssl/ssl.h"

namespace streams {

void SslSession::Deleter::operator()(ssl_session_st* native) const {
  SSL_SESSION_free(native);
}

}  // namespace streams
