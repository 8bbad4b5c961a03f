// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/certificate_loading.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "streams/coro/status_macros.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/tls/certificate_verification.h"
#include "streams/tls/openssl_error.h"

namespace streams::internal {
namespace {

// The errno of CPython's SSLError("[SSL] PEM lib"): OpenSSL's ERR_R_PEM_LIB.
constexpr int kPemLibrary = 524297;
constexpr size_t kMaxPasswordSize = 1024;
constexpr int kNoCertificateOrCrlFound = 136;
constexpr int kKeyValuesMismatch = 116;
constexpr int kKeyTooSmall = 399;

// Debian's OpenSSL, other distributions', and where both link to.
constexpr const char* kRootFiles[] = {
    "/usr/lib/ssl/cert.pem", "/etc/pki/tls/cert.pem", "/etc/ssl/cert.pem"};
constexpr const char* kRootFolders[] = {"/usr/lib/ssl/certs", "/etc/ssl/certs"};

absl::Status PemError() {
  ERR_clear_error();
  SslErrorInfo info;
  info.library = "SSL";
  return SslError(ErrorKind::kSsl, kPemLibrary, "[SSL] PEM lib", info);
}

absl::Status DataError(const char* message) {
  ERR_clear_error();
  return MakeError(ErrorKind::kSsl, message);
}

// Whether the queue says no more than that a PEM file is over.
bool IsEndOfPem() {
  const uint32_t error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM &&
         ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

int GivePassword(char* buffer, int size, int /*is_writing*/, void* argument) {
  const auto* const password =
      static_cast<const std::optional<std::string>*>(argument);
  if (!password->has_value() || size < 0 ||
      (*password)->size() > static_cast<size_t>(size)) {
    return -1;
  }
  std::memcpy(buffer, (*password)->data(), (*password)->size());
  return static_cast<int>((*password)->size());
}

absl::Status AddToStore(SSL_CTX* context, X509* certificate) {
  if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) != 1) {
    return LibraryError("certificate");
  }
  return absl::OkStatus();
}

absl::Status LoadPem(SSL_CTX* context, absl::string_view data) {
  const bssl::UniquePtr<BIO> bio = MemoryBio(data);
  std::vector<bssl::UniquePtr<X509>> certificates;
  while (X509* const certificate =
             PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool is_at_end = IsEndOfPem();
  if (certificates.empty()) {
    return DataError("no start line: cadata does not contain a certificate");
  }
  if (!is_at_end) return LibraryError("cadata");
  ERR_clear_error();
  for (const auto& certificate : certificates) {
    STREAMS_RETURN_IF_ERROR(AddToStore(context, certificate.get()));
  }
  return absl::OkStatus();
}

absl::Status LoadDer(SSL_CTX* context, absl::string_view data) {
  const bssl::UniquePtr<BIO> bio = MemoryBio(data);
  std::vector<bssl::UniquePtr<X509>> certificates;
  while (BIO_pending(bio.get()) != 0) {
    bssl::UniquePtr<X509> certificate(d2i_X509_bio(bio.get(), nullptr));
    if (certificate == nullptr) {
      // What was no certificate has been read all the same, as a rule.
      if (!certificates.empty()) return LibraryError("cadata");
      break;
    }
    certificates.push_back(std::move(certificate));
  }
  if (certificates.empty()) {
    return DataError("not enough data: cadata does not contain a certificate");
  }
  for (const auto& certificate : certificates) {
    STREAMS_RETURN_IF_ERROR(AddToStore(context, certificate.get()));
  }
  return absl::OkStatus();
}

// Null, and `error`, if there is none.
bssl::UniquePtr<BIO> OpenFile(const std::string& path, absl::Status& error) {
  errno = 0;
  bssl::UniquePtr<BIO> bio(BIO_new_file(path.c_str(), "r"));
  if (bio == nullptr) error = errno != 0 ? OsError(errno) : PemError();
  ERR_clear_error();
  return bio;
}

}  // namespace

absl::Status LoadCaFile(SSL_CTX* context, const std::string& path) {
  errno = 0;
  if (SSL_CTX_load_verify_locations(context, path.c_str(), nullptr) == 1) {
    ERR_clear_error();
    return absl::OkStatus();
  }
  const int error = errno;
  ERR_clear_error();
  if (error != 0) return OsError(error);
  return SslErrorOfReason(kNoCertificateOrCrlFound, "X509",
                          "NO_CERTIFICATE_OR_CRL_FOUND");
}

absl::Status LoadCaPath(SSL_CTX* context, const std::string& path) {
  if (SSL_CTX_load_verify_locations(context, nullptr, path.c_str()) == 1) {
    return absl::OkStatus();
  }
  return LibraryError("capath");
}

absl::Status LoadCaData(SSL_CTX* context, absl::string_view data) {
  if (data.empty()) {
    return MakeError(ErrorKind::kValue, "Empty certificate data");
  }
  // What is text in Python is PEM there, and bytes are DER.
  const bool is_text = std::all_of(data.begin(), data.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && (byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  });
  return is_text ? LoadPem(context, data) : LoadDer(context, data);
}

absl::Status LoadSystemRoots(SSL_CTX* context) {
  // Not of a program that runs with another user's rights.
  const char* const file = ::secure_getenv("SSL_CERT_FILE");
  const char* const folder = ::secure_getenv("SSL_CERT_DIR");
  // What is missing, or no certificate, is nothing to complain about.
  if (file != nullptr) {
    LoadCaFile(context, file).IgnoreError();
  } else {
    for (const char* const path : kRootFiles) {
      if (LoadCaFile(context, path).ok()) break;
    }
  }
  if (folder != nullptr) {
    // Empty is none.
    return *folder == '\0' ? absl::OkStatus() : LoadCaPath(context, folder);
  }
  for (const char* const path : kRootFolders) {
    STREAMS_RETURN_IF_ERROR(LoadCaPath(context, path));
  }
  return absl::OkStatus();
}

bssl::UniquePtr<BIO> MemoryBio(absl::string_view bytes) {
  // To BoringSSL, a negative size is that of a string that ends with a zero.
  const size_t size = std::min(bytes.size(), size_t{INT_MAX});
  return bssl::UniquePtr<BIO>(
      BIO_new_mem_buf(bytes.data(), static_cast<int>(size)));
}

absl::Status LoadCertificate(SSL_CTX* context, BIO* certificates, BIO* key,
                             const std::optional<std::string>& password) {
  if (password.has_value() && password->size() > kMaxPasswordSize) {
    return MakeError(ErrorKind::kValue,
                     absl::StrCat("password cannot be longer than ",
                                  kMaxPasswordSize, " bytes"));
  }
  const bssl::UniquePtr<X509> leaf(
      PEM_read_bio_X509_AUX(certificates, nullptr, nullptr, nullptr));
  if (leaf == nullptr) return PemError();
  std::vector<bssl::UniquePtr<X509>> chain;
  while (X509* const certificate =
             PEM_read_bio_X509(certificates, nullptr, nullptr, nullptr)) {
    chain.emplace_back(certificate);
  }
  if (!IsEndOfPem()) return PemError();
  ERR_clear_error();
  // The callback takes its argument as a plain pointer.
  std::optional<std::string> argument = password;
  const bssl::UniquePtr<EVP_PKEY> private_key(
      PEM_read_bio_PrivateKey(key, nullptr, &GivePassword, &argument));
  if (private_key == nullptr) return PemError();
  if (X509_check_private_key(leaf.get(), private_key.get()) != 1) {
    ERR_clear_error();
    return SslErrorOfReason(kKeyValuesMismatch, "X509", "KEY_VALUES_MISMATCH");
  }
  if (!HasStrongKey(leaf.get())) {
    return SslErrorOfReason(kKeyTooSmall, "SSL", "EE_KEY_TOO_SMALL");
  }
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1 ||
      SSL_CTX_clear_chain_certs(context) != 1 ||
      SSL_CTX_use_PrivateKey(context, private_key.get()) != 1) {
    return LibraryError("certificate");
  }
  for (const auto& certificate : chain) {
    if (SSL_CTX_add1_chain_cert(context, certificate.get()) != 1) {
      return LibraryError("certificate");
    }
  }
  return absl::OkStatus();
}

absl::Status LoadCertificateFiles(SSL_CTX* context, const std::string& certfile,
                                  const std::string& keyfile,
                                  const std::optional<std::string>& password) {
  absl::Status error;
  const bssl::UniquePtr<BIO> certificates = OpenFile(certfile, error);
  if (certificates == nullptr) return error;
  const bssl::UniquePtr<BIO> key = OpenFile(keyfile, error);
  if (key == nullptr) return error;
  return LoadCertificate(context, certificates.get(), key.get(), password);
}

}  // namespace streams::internal
