// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SERVER_H_
#define STREAMS_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/callback.h"
#include "streams/coro/task.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/loop_observer.h"
#include "streams/os/address.h"
#include "streams/os/path_status.h"
#include "streams/os/socket.h"
#include "streams/tls/tls_options.h"
#include "streams/transport/transport_owner.h"
#include "streams/waiter_list.h"

namespace streams {

class SocketTransport;

// Listening sockets, and the connections that came through them.
// StartServer() and StartUnixServer() make one.
//
// Loop and thread: only on the thread of its loop, which should outlive it.
// Ownership: shared. A server that serves goes on when nobody holds it, as in
//   asyncio, until it is closed or the loop ends: what the callback refers to
//   must live as long. Closing it lets go of the callback.
// At an error: of a connection, nothing changes for the others. A handshake of
//   TLS that fails closes its connection, and nobody is told. When there are
//   no more descriptors, the loop's exception handler is told and accepting
//   pauses for a second.
// Cancelled: WaitClosed() ends with kCancelled and changes nothing;
//   ServeForever() closes the server first.
// A second concurrent call: WaitClosed() and StartServing() are fine;
//   ServeForever() is kRuntime.
// Limits: up to backlog + 1 connections are accepted in a turn, and none is
//   ever refused: how many there may be at a time is for the callback to say.
//
// asyncio: asyncio.Server.
class Server final : public TransportOwner,
                     public std::enable_shared_from_this<Server>,
                     private LoopObserver {
 public:
  ~Server() override;

  EventLoop& loop() const { return loop_; }  // asyncio: get_loop.

  bool IsServing() const { return is_serving_; }  // asyncio: is_serving.

  // The listening sockets; none once it is closed. asyncio: sockets.
  std::vector<std::shared_ptr<const StreamSocket>> Sockets() const;

  // Listens, if it does not yet; then lets the loop turn once. Fails with what
  // listen() says, and kType when it is closed. asyncio: start_serving.
  Task<absl::Status> StartServing();

  // Serves until the task is cancelled, or the server closed; then closes the
  // server and its clients, waits for them, and ends with kCancelled. kRuntime
  // if it is closed, or served for ever already. asyncio: serve_forever.
  Task<absl::Status> ServeForever();

  // Stops listening; connections live on. Idempotent. asyncio: close.
  void Close();

  // Closes the connections, or aborts them; those of TLS without a word to the
  // peer (no close_notify), as asyncio does. asyncio: close_clients,
  // abort_clients.
  void CloseClients();
  void AbortClients();

  // Waits until it is closed and has no connections. asyncio: wait_closed.
  Task<absl::Status> WaitClosed();

 private:
  friend class ServerBuilder;
  class Listener;
  struct Inheritance;
  struct Accepted;

  Server(EventLoop& loop, ClientConnectedCallback callback, int64_t limit,
         int backlog, TlsOptions ssl);

  absl::Status Start();
  void OnReady(Listener& listener);
  void OutOfResources(Listener& listener, int error);
  void Welcome();
  absl::Status Serve(Accepted& accepted);
  void OnDetached() override;
  void OnLoopDestroyed() override;
  void WakeIfClosed();
  bool has_clients() const { return first_transport() != nullptr; }
  std::vector<SocketTransport*> Clients() const;

  static Task<absl::Status> StartServing(std::shared_ptr<Server> self);
  static Task<absl::Status> ServeForever(std::shared_ptr<Server> self);
  static Task<absl::Status> WaitClosed(std::shared_ptr<Server> self);

  EventLoop& loop_;
  std::shared_ptr<ClientConnectedCallback> callback_;
  int64_t limit_;
  int backlog_;
  TlsOptions ssl_;  // Without a context: plain.
  std::vector<std::unique_ptr<Listener>> listeners_;
  // Accepted in this turn, to be given a transport in the next.
  std::vector<Accepted> accepted_;
  MethodCallback<&Server::Welcome> welcome_callback_{*this};
  internal::WaiterList close_waiters_;
  Waiter* serving_forever_ = nullptr;
  // What keeps it alive while it serves, and while there are clients: the loop
  // and their transports would, in asyncio.
  std::shared_ptr<Server> self_;
  bool is_serving_ = false;
  bool is_closed_ = false;
  bool is_loop_gone_ = false;
};

}  // namespace streams

#endif  // STREAMS_SERVER_H_
