// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_TRANSPORT_OWNER_H_
#define STREAMS_TRANSPORT_TRANSPORT_OWNER_H_

namespace streams {

class Transport;

// Who accepted a transport's connection and wants to hear of its end: a server.
// It must live until then.
class TransportOwner {
 public:
  TransportOwner() = default;
  TransportOwner(const TransportOwner&) = delete;
  TransportOwner& operator=(const TransportOwner&) = delete;
  virtual ~TransportOwner() = default;

  // The connection is lost, or its loop is gone; the transport doesn't know the
  // owner any more, which may destroy itself. asyncio: Server._detach.
  virtual void Detach(Transport& transport) = 0;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_TRANSPORT_OWNER_H_
