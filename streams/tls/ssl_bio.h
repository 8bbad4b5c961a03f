// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_BIO_H_
#define STREAMS_TLS_SSL_BIO_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "openssl/base.h"
#include "streams/tls/record_buffer.h"

namespace streams::internal {

// What BoringSSL reads records from and writes them to: memory, as with
// BIO_s_mem(), but it reads right out of the block that was received, and an
// idle connection's buffers take none.
//
// It must outlive the SSL that it was attached to, and stay where it is.
class SslBio {
 public:
  SslBio() = default;
  SslBio(const SslBio&) = delete;
  SslBio& operator=(const SslBio&) = delete;

  // A new BIO for SSL_set_bio(), which takes it; null if there is no memory.
  BIO* NewBio();

  // Records to read: valid until Settle(), which copies what is left.
  void Feed(absl::string_view records);
  void Settle();
  // The same, copied at once.
  void Keep(absl::string_view records);
  size_t incoming_size() const { return kept_.size() + fed_.size(); }

  // Records that were written.
  RecordBuffer& outgoing() { return outgoing_; }
  const RecordBuffer& outgoing() const { return outgoing_; }

 private:
  static const BIO_METHOD* Method();
  static int ReadMethod(BIO* bio, char* out, int size);
  static int WriteMethod(BIO* bio, const char* in, int size);
  static long ControlMethod(BIO* bio, int command, long number,  // NOLINT
                            void* pointer);

  size_t Read(char* out, size_t size);

  // Either of the two is empty.
  RecordBuffer kept_;
  absl::string_view fed_;
  RecordBuffer outgoing_;
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_SSL_BIO_H_
