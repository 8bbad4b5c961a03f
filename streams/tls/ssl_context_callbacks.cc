// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_context_callbacks.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "openssl/ssl.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_object.h"
#include "streams/tls/ssl_session.h"

namespace streams {

void SslContextCallbacks::Install(SslContext& context) {
  SSL_CTX* const native = context.native();
  if (context.is_server()) {
    SSL_CTX_set_alpn_select_cb(native, &OnSelectAlpn, &context);
    SSL_CTX_set_tlsext_servername_callback(native, &OnServerName);
    SSL_CTX_set_tlsext_servername_arg(native, &context);
  } else {
    SSL_CTX_set_session_cache_mode(
        native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(native, &OnNewSession);
  }
}

void SslContextCallbacks::InstallKeyLog(SslContext& context) {
  SSL_CTX_set_keylog_callback(context.native(), &OnKeyLogLine);
}

int SslContextCallbacks::OnNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* const object = static_cast<SslObject*>(SSL_get_ex_data(ssl, 0));
  if (object == nullptr) return 0;
  object->session_ = std::make_shared<SslSession>(session);
  return 1;  // The reference is taken.
}

int SslContextCallbacks::OnServerName(SSL* ssl, int* alert, void* argument) {
  auto* const context = static_cast<SslContext*>(argument);
  auto* const object = static_cast<SslObject*>(SSL_get_ex_data(ssl, 0));
  if (context->server_name_callback_ == nullptr || object == nullptr) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  std::optional<std::string> server_name;
  if (name != nullptr) server_name = name;
  absl::StatusOr<std::shared_ptr<SslContext>> chosen =
      context->server_name_callback_(server_name);
  if (!chosen.ok()) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  if (*chosen != nullptr) {
    SSL_set_SSL_CTX(ssl, (*chosen)->native());
    // Its callbacks refer to it.
    object->chosen_context_ = *std::move(chosen);
  }
  return SSL_TLSEXT_ERR_OK;
}

int SslContextCallbacks::OnSelectAlpn(SSL* /*ssl*/, const uint8_t** chosen,
                                      uint8_t* chosen_size,
                                      const uint8_t* offered,
                                      unsigned offered_size, void* argument) {
  const auto& protocols =
      static_cast<const SslContext*>(argument)->alpn_protocols_;
  if (protocols.empty()) return SSL_TLSEXT_ERR_NOACK;
  uint8_t* selected = nullptr;
  if (SSL_select_next_proto(&selected, chosen_size, protocols.data(),
                            static_cast<unsigned>(protocols.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = selected;
  return SSL_TLSEXT_ERR_OK;
}

void SslContextCallbacks::OnKeyLogLine(const SSL* ssl, const char* line) {
  const auto* const object =
      static_cast<const SslObject*>(SSL_get_ex_data(ssl, 0));
  if (object != nullptr) object->context()->key_log_file_.AppendLine(line);
}

}  // namespace streams
