// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_bio.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "openssl/bio.h"

namespace streams::internal {

const BIO_METHOD* SslBio::Method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index(), "SslBio");
    if (made == nullptr) return made;
    BIO_meth_set_read(made, &SslBio::ReadMethod);
    BIO_meth_set_write(made, &SslBio::WriteMethod);
    BIO_meth_set_ctrl(made, &SslBio::ControlMethod);
    return made;
  }();
  return method;
}

BIO* SslBio::NewBio() {
  if (Method() == nullptr) return nullptr;
  BIO* const bio = BIO_new(Method());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void SslBio::Feed(absl::string_view records) {
  if (incoming_size() == 0) {
    fed_ = records;
    return;
  }
  Settle();
  kept_.Append(records);
}

void SslBio::Settle() {
  kept_.Append(fed_);
  fed_ = {};
}

void SslBio::Keep(absl::string_view records) {
  Settle();
  kept_.Append(records);
}

size_t SslBio::Read(char* out, size_t size) {
  const absl::string_view from = kept_.empty() ? fed_ : kept_.bytes();
  const size_t count = std::min(size, from.size());
  if (count == 0) return 0;
  std::memcpy(out, from.data(), count);
  if (kept_.empty()) {
    fed_.remove_prefix(count);
  } else {
    kept_.Consume(count);
  }
  return count;
}

int SslBio::ReadMethod(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  const size_t count = static_cast<SslBio*>(BIO_get_data(bio))
                           ->Read(out, static_cast<size_t>(size));
  // Never an EOF: that is the lower transport's to tell, and the protocol's to
  // judge.
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  return static_cast<int>(count);
}

int SslBio::WriteMethod(BIO* bio, const char* in, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  static_cast<SslBio*>(BIO_get_data(bio))
      ->outgoing_.Append({in, static_cast<size_t>(size)});
  return size;
}

long SslBio::ControlMethod(BIO* /*bio*/, int command,  // NOLINT
                           long /*number*/,            // NOLINT
                           void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace streams::internal
