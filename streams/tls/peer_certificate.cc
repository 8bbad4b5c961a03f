// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/peer_certificate.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "openssl/asn1.h"
#include "openssl/bio.h"
#include "openssl/bn.h"
#include "openssl/err.h"
#include "openssl/mem.h"
#include "openssl/obj.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace streams::internal {
namespace {

std::string Contents(BIO* bio) {
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (BIO_mem_contents(bio, &data, &size) != 1) return "";
  return std::string(reinterpret_cast<const char*>(data), size);
}

std::string Utf8(const ASN1_STRING* value) {
  unsigned char* data = nullptr;
  const int size = ASN1_STRING_to_UTF8(&data, value);
  if (size < 0) {
    ERR_clear_error();
    return "";
  }
  std::string text(reinterpret_cast<char*>(data), static_cast<size_t>(size));
  OPENSSL_free(data);
  return text;
}

std::string Plain(const ASN1_STRING* value) {
  return std::string(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
      static_cast<size_t>(ASN1_STRING_length(value)));
}

std::string ObjectName(const ASN1_OBJECT* object, bool only_numbers) {
  char name[256];
  const int size = OBJ_obj2txt(name, sizeof name, object, only_numbers ? 1 : 0);
  return size < 0 ? std::string() : std::string(name);
}

std::string Time(const ASN1_TIME* time) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || ASN1_TIME_print(bio.get(), time) != 1) return "";
  return Contents(bio.get());
}

std::vector<PeerCertificate::RelativeName> Name(const X509_NAME* name) {
  std::vector<PeerCertificate::RelativeName> result;
  int previous_set = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i);
    const int set = X509_NAME_ENTRY_set(entry);
    if (result.empty() || set != previous_set) result.emplace_back();
    previous_set = set;
    result.back().emplace_back(
        ObjectName(X509_NAME_ENTRY_get_object(entry), /*only_numbers=*/false),
        Utf8(X509_NAME_ENTRY_get_data(entry)));
  }
  return result;
}

std::string SerialNumber(const X509* certificate) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr) return "";
  i2a_ASN1_INTEGER(bio.get(), X509_get0_serialNumber(certificate));
  return Contents(bio.get());
}

// As CPython: "127.0.0.1", "2001:DB8:0:0:0:0:0:1".
std::string Address(const ASN1_OCTET_STRING* value) {
  const uint8_t* const data = ASN1_STRING_get0_data(value);
  if (ASN1_STRING_length(value) == 4) {
    return absl::StrCat(data[0], ".", data[1], ".", data[2], ".", data[3]);
  }
  if (ASN1_STRING_length(value) != 16) return "<invalid>";
  std::vector<std::string> groups;
  for (size_t i = 0; i < 16; i += 2) {
    const unsigned group = data[i] * 256u + data[i + 1];
    groups.push_back(absl::AsciiStrToUpper(absl::StrCat(absl::Hex(group))));
  }
  return absl::StrJoin(groups, ":");
}

std::pair<std::string, std::string> AlternativeName(GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_EMAIL:
      return {"email", Plain(name->d.rfc822Name)};
    case GEN_DNS:
      return {"DNS", Plain(name->d.dNSName)};
    case GEN_URI:
      return {"URI", Plain(name->d.uniformResourceIdentifier)};
    case GEN_IPADD:
      return {"IP Address", Address(name->d.iPAddress)};
    case GEN_RID:
      return {"Registered ID",
              ObjectName(name->d.registeredID, /*only_numbers=*/true)};
    case GEN_DIRNAME: {
      std::vector<std::string> parts;
      for (const auto& relative : Name(name->d.directoryName)) {
        for (const auto& [key, value] : relative) {
          parts.push_back(absl::StrCat(key, "=", value));
        }
      }
      return {"DirName", absl::StrJoin(parts, ",")};
    }
    default:
      return {"othername", "<unsupported>"};
  }
}

void AddUri(const GENERAL_NAME* name, std::vector<std::string>& uris) {
  if (name->type == GEN_URI) {
    uris.push_back(Plain(name->d.uniformResourceIdentifier));
  }
}

void DecodeAccessInformation(X509* certificate, PeerCertificate& result) {
  const bssl::UniquePtr<AUTHORITY_INFO_ACCESS> accesses(
      static_cast<AUTHORITY_INFO_ACCESS*>(
          X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  if (accesses == nullptr) return;
  for (size_t i = 0; i < sk_ACCESS_DESCRIPTION_num(accesses.get()); ++i) {
    const ACCESS_DESCRIPTION* const access =
        sk_ACCESS_DESCRIPTION_value(accesses.get(), i);
    const int method = OBJ_obj2nid(access->method);
    if (method == NID_ad_OCSP) AddUri(access->location, result.ocsp);
    if (method == NID_ad_ca_issuers) {
      AddUri(access->location, result.ca_issuers);
    }
  }
}

void DecodeDistributionPoints(X509* certificate, PeerCertificate& result) {
  const bssl::UniquePtr<CRL_DIST_POINTS> points(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(
          certificate, NID_crl_distribution_points, nullptr, nullptr)));
  if (points == nullptr) return;
  for (size_t i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* const point = sk_DIST_POINT_value(points.get(), i);
    // A relative name (type 1) has no URI.
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* const names = point->distpoint->name.fullname;
    for (size_t j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      AddUri(sk_GENERAL_NAME_value(names, j), result.crl_distribution_points);
    }
  }
}

}  // namespace

PeerCertificate DecodeCertificate(absl::string_view der, bool is_verified) {
  PeerCertificate result;
  result.is_verified = is_verified;
  result.der = std::string(der);
  if (!is_verified) return result;
  const auto* data = reinterpret_cast<const uint8_t*>(der.data());
  const bssl::UniquePtr<X509> certificate(
      d2i_X509(nullptr, &data, static_cast<long>(der.size())));  // NOLINT
  if (certificate != nullptr) {
    result.subject = Name(X509_get_subject_name(certificate.get()));
    result.issuer = Name(X509_get_issuer_name(certificate.get()));
    result.version = static_cast<int>(X509_get_version(certificate.get())) + 1;
    result.serial_number = SerialNumber(certificate.get());
    result.not_before = Time(X509_get0_notBefore(certificate.get()));
    result.not_after = Time(X509_get0_notAfter(certificate.get()));
    const bssl::UniquePtr<GENERAL_NAMES> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
            certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (size_t i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
      result.subject_alt_names.push_back(
          AlternativeName(sk_GENERAL_NAME_value(names.get(), i)));
    }
    DecodeAccessInformation(certificate.get(), result);
    DecodeDistributionPoints(certificate.get(), result);
  }
  // Of extensions that could not be read.
  ERR_clear_error();
  return result;
}

}  // namespace streams::internal
