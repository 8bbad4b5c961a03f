// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_PROTOCOL_H_
#define STREAMS_TRANSPORT_PROTOCOL_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace streams {

class Transport;

// What a Transport calls when something happens on its connection. The calls
// come on the loop's thread, in this order:
//
//   ConnectionMade                                once
//   DataReceived*, then EofReceived at most once
//   PauseWriting and ResumeWriting in turn        at any time in between
//   ConnectionLost                                once, and nothing after it
//
// A transport shares the ownership of its protocol until ConnectionLost has
// returned.
//
// asyncio: asyncio.Protocol.
class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  // The connection stands. A protocol that wants to use `transport` keeps it;
  // it should let go of it in ConnectionLost, or both keep each other alive.
  // asyncio: connection_made.
  virtual void ConnectionMade(std::shared_ptr<Transport> transport) = 0;

  // `bytes`, never empty, arrived; they are valid during the call only, and
  // until another loop is run in it: they may lie in memory of the thread. An
  // error is fatal to the connection, and is what ConnectionLost will be given.
  // asyncio: data_received.
  virtual absl::Status DataReceived(absl::string_view bytes) = 0;

  // The same for a larger block, which the transport has received into a string
  // of its own: a protocol that keeps the bytes may take the string, and spare
  // itself a copy. Either of the two is called, as the transport sees fit; who
  // overrides none but DataReceived() misses nothing. Not in asyncio.
  virtual absl::Status BlockReceived(std::string&& bytes) {
    return DataReceived(bytes);
  }

  // The peer will send no more. True keeps the connection open for writing,
  // false closes it. asyncio: eof_received.
  virtual bool EofReceived() { return false; }

  // The connection is gone: OK if it was closed or aborted on this side, the
  // error otherwise. asyncio: connection_lost.
  virtual void ConnectionLost(const absl::Status& error) = 0;

  // The write buffer has grown over the high-water mark, and has sunk to the
  // low-water mark again. asyncio: pause_writing, resume_writing.
  virtual void PauseWriting() {}
  virtual void ResumeWriting() {}

  // A hint that one of these calls is near: step 0 asks the processor for what
  // this object points to, step 1 for what that points to, and so on, one step
  // of many protocols at a time. For servers with very many connections. Not in
  // asyncio.
  virtual void Prefetch(int /*step*/) const {}
  // What whoever holds a protocol asks for before step 0: what most need for
  // each message lies at their beginning.
  static constexpr size_t kPrefetchedBytes = 64;

  // Gives away what it has received and nobody has read: what follows on the
  // connection is TLS, and those bytes are its beginning. CPython: gh-142352.
  virtual std::string TakeUnread() { return {}; }
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_PROTOCOL_H_
