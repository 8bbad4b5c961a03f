// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/certificate_verification.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/nid.h"
#include "openssl/obj.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509_vfy.h"
#include "openssl/x509v3.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/tls/openssl_error.h"
#include "streams/tls/ssl_object.h"

namespace streams::internal {
namespace {

// NIST SP 800-57: 112 bits of security.
constexpr unsigned kLeastRsaBits = 2048;

// RFC 1035, 2.3.4.
constexpr size_t kMaxLabelSize = 63;

// OpenSSL 3's; BoringSSL has no such checks.
constexpr int kLeafKeyTooSmall = 66;
constexpr int kCaKeyTooSmall = 67;
constexpr int kCaDigestTooWeak = 68;
constexpr int kIssuerNameEmpty = 83;
constexpr int kMissingAuthorityKeyIdentifier = 85;
constexpr int kMissingSubjectKeyIdentifier = 86;
constexpr int kCaConstraintsNotCritical = 89;
constexpr int kCaMissingKeyUsage = 92;

struct VerifyWords {
  int code;
  const char* words;
};

// OpenSSL 3's words, where BoringSSL's differ.
constexpr VerifyWords kVerifyWords[] = {
    {9, "certificate is not yet valid or the system clock is incorrect"},
    {18, "self-signed certificate"},
    {19, "self-signed certificate in certificate chain"},
    {24, "issuer certificate doesn't have a public key"},
    {26, "unsuitable certificate purpose"},
    {34, "unhandled critical extension"},
    {kLeafKeyTooSmall, "EE certificate key too weak"},
    {kCaKeyTooSmall, "CA certificate key too weak"},
    {kCaDigestTooWeak, "CA signature digest algorithm too weak"},
    {kIssuerNameEmpty, "Issuer name empty"},
    {kMissingAuthorityKeyIdentifier, "Missing Authority Key Identifier"},
    {kMissingSubjectKeyIdentifier, "Missing Subject Key Identifier"},
    {kCaConstraintsNotCritical,
     "Basic Constraints of CA cert not marked critical"},
    {kCaMissingKeyUsage, "CA cert does not include key usage extension"},
};

bool IsAddress(const std::string& name) {
  // BoringSSL takes "10.0.0.1.example.org" for an address: it stops looking
  // after the fourth number.
  if (!SocketAddress::FromIp(name, 0).ok()) return false;
  const bssl::UniquePtr<ASN1_OCTET_STRING> address(a2i_IPADDRESS(name.c_str()));
  ERR_clear_error();  // Of what is none.
  return address != nullptr;
}

bool HasExtension(const X509* certificate, int nid) {
  return X509_get_ext_by_NID(certificate, nid, -1) >= 0;
}

bool HasKeyOfIssuer(X509* certificate) {
  const bssl::UniquePtr<AUTHORITY_KEYID> identifier(
      static_cast<AUTHORITY_KEYID*>(X509_get_ext_d2i(
          certificate, NID_authority_key_identifier, nullptr, nullptr)));
  return identifier != nullptr && identifier->keyid != nullptr;
}

bool HasStrongDigest(const X509* certificate) {
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest,
                          nullptr) != 1) {
    return true;
  }
  return digest != NID_sha1 && digest != NID_md5;
}

int CheckCertificateStrictly(X509* certificate, bool is_last) {
  const bool is_ca = X509_check_ca(certificate) != 0;
  if (is_ca) {
    const int index =
        X509_get_ext_by_NID(certificate, NID_basic_constraints, -1);
    if (index >= 0 &&
        X509_EXTENSION_get_critical(X509_get_ext(certificate, index)) == 0) {
      return kCaConstraintsNotCritical;
    }
    if (!HasExtension(certificate, NID_key_usage)) return kCaMissingKeyUsage;
  }
  if (X509_NAME_entry_count(X509_get_issuer_name(certificate)) == 0) {
    return kIssuerNameEmpty;
  }
  if (X509_get_version(certificate) < X509_VERSION_3) return X509_V_OK;
  if (!is_last && !HasKeyOfIssuer(certificate)) {
    return kMissingAuthorityKeyIdentifier;
  }
  if (is_ca && !HasExtension(certificate, NID_subject_key_identifier)) {
    return kMissingSubjectKeyIdentifier;
  }
  return X509_V_OK;
}

}  // namespace

absl::Status CheckServerName(const std::string& server_hostname) {
  if (server_hostname.empty()) {
    return MakeError(ErrorKind::kValue,
                     "server_hostname cannot be an empty string or start with "
                     "a leading dot.");
  }
  if (absl::StrContains(server_hostname, absl::string_view("\0", 1))) {
    return MakeError(
        ErrorKind::kType,
        "argument must be encoded string without null bytes, not str");
  }
  absl::string_view labels = server_hostname;
  if (absl::EndsWith(labels, ".")) labels.remove_suffix(1);
  for (const absl::string_view label : absl::StrSplit(labels, '.')) {
    for (const char c : label) {
      if (static_cast<unsigned char>(c) > 0x7f) {
        return MakeError(ErrorKind::kValue,
                         "server_hostname must be ASCII (give an international "
                         "name in its \"xn--\" form)");
      }
    }
    if (label.empty()) return MakeError(ErrorKind::kValue, "label empty");
    if (label.size() > kMaxLabelSize) {
      return MakeError(ErrorKind::kValue, "label too long");
    }
  }
  return absl::OkStatus();
}

absl::Status SetServerName(SSL* ssl, const std::string& server_hostname,
                           bool check_hostname) {
  const absl::Status status = CheckServerName(server_hostname);
  if (!status.ok()) return status;
  const bool is_address = IsAddress(server_hostname);
  if (!is_address &&
      SSL_set_tlsext_host_name(ssl, server_hostname.c_str()) != 1) {
    return LibraryError("server_hostname");
  }
  if (!check_hostname) return absl::OkStatus();
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(parameters,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set =
      is_address
          ? X509_VERIFY_PARAM_set1_ip_asc(parameters, server_hostname.c_str())
          : X509_VERIFY_PARAM_set1_host(parameters, server_hostname.data(),
                                        server_hostname.size());
  if (set != 1) return LibraryError("server_hostname");
  return absl::OkStatus();
}

int CheckChainStrictly(const STACK_OF(X509) * chain) {
  const size_t count = sk_X509_num(chain);
  // As OpenSSL: a certificate that is trusted itself is left alone.
  if (count < 2) return X509_V_OK;
  for (size_t i = 0; i < count; ++i) {
    const int code =
        CheckCertificateStrictly(sk_X509_value(chain, i), i + 1 == count);
    if (code != X509_V_OK) return code;
  }
  return X509_V_OK;
}

bool HasStrongKey(X509* certificate) {
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate));
  if (key == nullptr) return true;  // Then it has verified nothing, either.
  return EVP_PKEY_id(key.get()) != EVP_PKEY_RSA ||
         static_cast<unsigned>(EVP_PKEY_bits(key.get())) >= kLeastRsaBits;
}

int CheckStrength(const STACK_OF(X509) * chain) {
  const size_t count = sk_X509_num(chain);
  for (size_t i = 0; i < count; ++i) {
    X509* const certificate = sk_X509_value(chain, i);
    if (!HasStrongKey(certificate)) {
      return i == 0 ? kLeafKeyTooSmall : kCaKeyTooSmall;
    }
    // Who has signed the last one does not matter: it is trusted as it is.
    if (i + 1 < count && !HasStrongDigest(certificate)) return kCaDigestTooWeak;
  }
  return X509_V_OK;
}

int VerifyChain(X509_STORE_CTX* store_context, void* /*argument*/) {
  // BoringSSL takes a certificate for self-signed only if its key may sign
  // certificates; OpenSSL 3 knows it as such, and trusts it if it was loaded.
  X509* const leaf = X509_STORE_CTX_get0_cert(store_context);
  const bool is_self_issued = X509_NAME_cmp(X509_get_subject_name(leaf),
                                            X509_get_issuer_name(leaf)) == 0;
  if (is_self_issued) {
    X509_STORE_CTX_set_flags(store_context, X509_V_FLAG_PARTIAL_CHAIN);
  }
  if (X509_verify_cert(store_context) > 0) {
    const int code = CheckStrength(X509_STORE_CTX_get0_chain(store_context));
    if (code == X509_V_OK) return 1;
    X509_STORE_CTX_set_error(store_context, code);
    return 0;
  }
  if (is_self_issued &&
      X509_STORE_CTX_get_error(store_context) ==
          X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY &&
      X509_STORE_CTX_get_error_depth(store_context) == 0) {
    X509_STORE_CTX_set_error(store_context,
                             X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  }
  return 0;
}

int VerifyChainStrictly(X509_STORE_CTX* store_context, void* argument) {
  if (VerifyChain(store_context, argument) != 1) return 0;
  const int code = CheckChainStrictly(X509_STORE_CTX_get0_chain(store_context));
  if (code == X509_V_OK) return 1;
  X509_STORE_CTX_set_error(store_context, code);
  return 0;
}

std::string VerifyErrorWords(long code) {  // NOLINT: BoringSSL's type.
  for (const VerifyWords& row : kVerifyWords) {
    if (row.code == code) return row.words;
  }
  return X509_verify_cert_error_string(code);
}

std::string VerifyMessage(const SSL* ssl, long code) {  // NOLINT
  if (code != X509_V_ERR_HOSTNAME_MISMATCH &&
      code != X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return VerifyErrorWords(code);
  }
  const auto* const object =
      static_cast<const SslObject*>(SSL_get_ex_data(ssl, 0));
  return absl::StrCat(
      code == X509_V_ERR_HOSTNAME_MISMATCH ? "Hostname" : "IP address",
      " mismatch, certificate is not valid for '",
      object == nullptr ? "" : object->server_hostname().value_or(""), "'.");
}

}  // namespace streams::internal
