// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_TRANSPORT_H_
#define STREAMS_TRANSPORT_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace streams {

class Protocol;
class SocketAddress;
class SslObject;
class StreamSocket;

// The marks between which a transport tells its protocol to pause and to resume
// writing, in bytes of the write buffer.
struct WriteBufferLimits {
  size_t low;
  size_t high;
};

// One end of a connection: takes bytes to send without ever waiting, and hands
// what arrives to its Protocol.
//
// Loop and thread: only on the thread of the loop that it was made on.
// Ownership: shared. An open transport keeps itself alive until its protocol's
//   ConnectionLost has returned; it can be asked and written to (in vain) as
//   long as somebody holds it.
// At EOF: reading ends; writing goes on, if the protocol wants it so.
// At an error: the transport closes itself and passes the error to
//   ConnectionLost; the calls here only report misuse and what is not
//   implemented.
//
// asyncio: asyncio.Transport.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // Closing or closed. asyncio: is_closing.
  virtual bool IsClosing() const = 0;
  // False only while IsClosing() is, too: for who asks for each message, and
  // needn't make a virtual call then.
  bool may_be_closing() const { return may_be_closing_; }

  // Stops reading, sends what is in the write buffer, then closes; the protocol
  // is told in a later turn. asyncio: close.
  virtual void Close() = 0;

  // Closes at once; what is in the write buffer is lost. asyncio: abort.
  virtual void Abort() = 0;

  // As Abort(), but the protocol is told that `error` was the reason: for what
  // is built on top of a transport. asyncio: _force_close.
  virtual void ForceClose(absl::Status error) {
    error.IgnoreError();
    Abort();
  }

  // The protocol may be changed while the connection stands; it is null once
  // the connection is lost. asyncio: set_protocol, get_protocol.
  virtual void SetProtocol(std::shared_ptr<Protocol> protocol) = 0;
  virtual std::shared_ptr<Protocol> GetProtocol() const = 0;

  // Stops and restarts calling DataReceived; both are idempotent. A transport
  // that cannot do it returns kNotImplemented.
  // asyncio: is_reading, pause_reading, resume_reading.
  virtual bool IsReading() const = 0;
  virtual absl::Status PauseReading() = 0;
  virtual absl::Status ResumeReading() = 0;

  // Sends `bytes`, or copies to the write buffer what the kernel does not take
  // at once; it is not needed after the call. WriteLines() sends its pieces
  // from where they are, in one system call. kRuntime after WriteEof(). After
  // the connection is lost it does nothing. asyncio: write, writelines.
  virtual absl::Status Write(absl::string_view bytes) = 0;
  virtual absl::Status WriteLines(
      absl::Span<const absl::string_view> lines) = 0;

  // Sends EOF behind the write buffer, and leaves the other direction open.
  // asyncio: write_eof, can_write_eof.
  virtual absl::Status WriteEof() = 0;
  virtual bool CanWriteEof() const = 0;

  // What is not given follows from the other: `low` is a quarter of `high`,
  // `high` four times `low`, or 64 KiB. kValue unless 0 <= low <= high.
  // asyncio: set_write_buffer_limits, get_write_buffer_limits,
  // get_write_buffer_size.
  virtual absl::Status SetWriteBufferLimits(std::optional<int64_t> high,
                                            std::optional<int64_t> low) = 0;
  virtual WriteBufferLimits GetWriteBufferLimits() const = 0;
  virtual size_t GetWriteBufferSize() const = 0;

  // What get_extra_info() knows; null when the transport has no such thing, and
  // for one of TLS, as in asyncio, once the connection is lost. What was given
  // before stays valid after that, as long as the transport is.
  // asyncio: get_extra_info("peername"), ("sockname"), ("socket").
  virtual const SocketAddress* GetPeerName() const { return nullptr; }
  virtual const SocketAddress* GetSockName() const { return nullptr; }
  virtual const StreamSocket* GetSocket() const { return nullptr; }

  // Of TLS, once the handshake is done; it tells what get_extra_info("cipher"),
  // ("compression"), ("peercert") and ("sslcontext") do.
  // asyncio: get_extra_info("ssl_object").
  virtual const SslObject* GetSslObject() const { return nullptr; }

 protected:
  // Of a transport that knows. It must take a `false` back when it begins to
  // close.
  void set_may_be_closing(bool may_be_closing) {
    may_be_closing_ = may_be_closing;
  }

 private:
  bool may_be_closing_ = true;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_TRANSPORT_H_
