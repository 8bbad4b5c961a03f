// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_CONTEXT_CALLBACKS_H_
#define STREAMS_TLS_SSL_CONTEXT_CALLBACKS_H_

#include <cstdint>

#include "openssl/ssl.h"

namespace streams {

class SslContext;

// What BoringSSL asks while a handshake is going on. A connection's SSL has its
// SslObject as ex_data 0.
class SslContextCallbacks {
 public:
  // Those that are always there.
  static void Install(SslContext& context);
  static void InstallKeyLog(SslContext& context);

 private:
  static int OnNewSession(SSL* ssl, SSL_SESSION* session);
  static int OnServerName(SSL* ssl, int* alert, void* argument);
  static int OnSelectAlpn(SSL* ssl, const uint8_t** chosen,
                          uint8_t* chosen_size, const uint8_t* offered,
                          unsigned offered_size, void* argument);
  static void OnKeyLogLine(const SSL* ssl, const char* line);
};

}  // namespace streams

#endif  // STREAMS_TLS_SSL_CONTEXT_CALLBACKS_H_
