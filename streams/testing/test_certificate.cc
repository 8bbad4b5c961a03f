// SPDX-License-Identifier: Apache-2.0

#include "streams/testing/test_certificate.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "openssl/asn1.h"
#include "openssl/bio.h"
#include "openssl/bn.h"
#include "openssl/digest.h"
#include "openssl/ec.h"
#include "openssl/ec_key.h"
#include "openssl/evp.h"
#include "openssl/nid.h"
#include "openssl/pem.h"
#include "openssl/rand.h"
#include "openssl/rsa.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace streams {
namespace {

// In a test there is nothing to recover for.
void Check(bool ok) {
  if (!ok) std::abort();
}

bssl::UniquePtr<EVP_PKEY> NewEcKey(int curve) {
  const bssl::UniquePtr<EC_KEY> ec_key(EC_KEY_new_by_curve_name(curve));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  Check(EC_KEY_generate_key(ec_key.get()) == 1 &&
        EVP_PKEY_set1_EC_KEY(key.get(), ec_key.get()) == 1);
  return key;
}

bssl::UniquePtr<EVP_PKEY> NewRsaKey(int bits) {
  const bssl::UniquePtr<RSA> rsa(RSA_new());
  const bssl::UniquePtr<BIGNUM> exponent(BN_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  Check(BN_set_word(exponent.get(), RSA_F4) == 1 &&
        RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) == 1 &&
        EVP_PKEY_set1_RSA(key.get(), rsa.get()) == 1);
  return key;
}

bssl::UniquePtr<EVP_PKEY> NewEd25519Key() {
  uint8_t seed[32];
  RAND_bytes(seed, sizeof seed);
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, seed, sizeof seed));
  Check(key != nullptr);
  return key;
}

void SetName(X509_NAME* name, const std::string& common_name) {
  Check(X509_NAME_add_entry_by_txt(
            name, "CN", MBSTRING_UTF8,
            reinterpret_cast<const uint8_t*>(common_name.c_str()), -1, -1,
            0) == 1);
}

// A certificate that lacks extensions and signature.
bssl::UniquePtr<X509> NewCertificate(const std::string& common_name,
                                     EVP_PKEY* key, absl::Duration from,
                                     absl::Duration until) {
  bssl::UniquePtr<X509> certificate(X509_new());
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof serial);
  Check(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()),
                                serial >> 1) == 1);
  SetName(X509_get_subject_name(certificate.get()), common_name);
  const absl::Time now = absl::Now();
  Check(ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                      absl::ToTimeT(now + from)) != nullptr &&
        ASN1_TIME_set(X509_getm_notAfter(certificate.get()),
                      absl::ToTimeT(now + until)) != nullptr &&
        X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

void AddExtension(X509* certificate, X509* issuer, int nid,
                  const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()));
  Check(extension != nullptr &&
        X509_add_ext(certificate, extension.get(), -1) == 1);
}

void Sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key,
          const EVP_MD* digest) {
  Check(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
        X509_sign(certificate, issuer_key, digest) > 0);
}

std::string Contents(BIO* bio) {
  const uint8_t* data = nullptr;
  size_t size = 0;
  Check(BIO_mem_contents(bio, &data, &size) == 1);
  return std::string(reinterpret_cast<const char*>(data), size);
}

std::string Pem(X509* certificate) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  Check(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return Contents(bio.get());
}

std::string Pem(EVP_PKEY* key, const std::string& password) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  std::string secret = password;
  Check(PEM_write_bio_PKCS8PrivateKey(
            bio.get(), key, password.empty() ? nullptr : EVP_aes_128_cbc(),
            password.empty() ? nullptr : secret.data(),
            static_cast<int>(secret.size()), nullptr, nullptr) == 1);
  return Contents(bio.get());
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : key_(NewEcKey(NID_X9_62_prime256v1)),
      certificate_(
          NewCertificate(name, key_.get(), -absl::Hours(24), absl::Hours(24))) {
  X509* const root = certificate_.get();
  AddExtension(root, root, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(root, root, NID_subject_key_identifier, "hash");
  Sign(root, root, key_.get(), EVP_sha256());
  certificate_pem_ = Pem(root);
}

TestAuthority::~TestAuthority() = default;

bssl::UniquePtr<EVP_PKEY> TestAuthority::NewKey(
    const TestCertificateOptions& options) {
  if (options.rsa_bits_ != 0) return NewRsaKey(options.rsa_bits_);
  if (options.ed25519_) return NewEd25519Key();
  return NewEcKey(options.ec_curve_);
}

TestCertificate TestAuthority::Issue(
    const TestCertificateOptions& options) const {
  return Issue(options, certificate_.get(), key_.get());
}

TestCertificate TestAuthority::IssueSelfSigned(
    const TestCertificateOptions& options) {
  return Issue(options, nullptr, nullptr);
}

TestCertificate TestAuthority::Issue(const TestCertificateOptions& options,
                                     X509* issuer, EVP_PKEY* issuer_key) {
  const bssl::UniquePtr<EVP_PKEY> key = NewKey(options);
  const bssl::UniquePtr<X509> certificate =
      NewCertificate(options.common_name_, key.get(), options.valid_from_,
                     options.valid_until_);
  X509* const leaf = certificate.get();
  X509* const signer = issuer == nullptr ? leaf : issuer;
  AddExtension(leaf, signer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(leaf, signer, NID_key_usage, "critical,digitalSignature");
  AddExtension(leaf, signer, NID_ext_key_usage, options.extended_key_usage_);
  AddExtension(leaf, signer, NID_subject_key_identifier, "hash");
  if (options.has_authority_key_identifier_) {
    AddExtension(leaf, signer, NID_authority_key_identifier, "keyid:always");
  }
  if (!options.alternative_names_.empty()) {
    AddExtension(leaf, signer, NID_subject_alt_name,
                 options.alternative_names_);
  }
  Sign(leaf, signer, issuer_key == nullptr ? key.get() : issuer_key,
       options.sha1_ ? EVP_sha1() : EVP_sha256());
  return {Pem(leaf), Pem(key.get(), options.password_)};
}

}  // namespace streams
