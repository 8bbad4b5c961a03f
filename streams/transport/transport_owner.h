// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_TRANSPORT_OWNER_H_
#define STREAMS_TRANSPORT_TRANSPORT_OWNER_H_

namespace streams {

class SocketTransport;

// Who accepted the connections of transports, and wants to know which of them
// stand: a server. It must live as long as they do. They are linked into it;
// nothing is allocated.
class TransportOwner {
 public:
  TransportOwner() = default;
  TransportOwner(const TransportOwner&) = delete;
  TransportOwner& operator=(const TransportOwner&) = delete;
  virtual ~TransportOwner() = default;

 protected:
  // The newest of its transports, or null. More: SocketTransport::next_owned().
  SocketTransport* first_transport() const { return first_transport_; }

 private:
  friend class SocketTransport;

  // The connection of one of them is lost, or its loop is gone; the transport
  // is not among the owner's any more, which may destroy itself.
  // asyncio: Server._detach.
  virtual void OnDetached() = 0;

  SocketTransport* first_transport_ = nullptr;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_TRANSPORT_OWNER_H_
