// SPDX-License-Identifier: Apache-2.0
#include "streams/benchmark/load.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace streams_benchmark {
namespace {

constexpr int kEvents = 256;
constexpr size_t kBufferSize = 262144;
// A server that says nothing for so long is not going to.
constexpr int kSilenceMilliseconds = 20000;
// Fewer than the backlog of any server: a SYN too many is repeated only after
// a second.
constexpr int kOpenedTogether = 64;

}  // namespace

Load::Load(Destination destination, const std::string& message, int pipeline,
           bool reconnect)
    : destination_(std::move(destination)),
      pipeline_(pipeline),
      reconnect_(reconnect),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kBufferSize) {
  if (epoll_ < 0) Die("epoll_create1");
  for (int i = 0; i < pipeline; ++i) batch_ += message;
}

Load::~Load() { close(epoll_); }

void Load::Open(int count) {
  opening_ = true;
  while (static_cast<int>(connections_.size()) < count) {
    const int opened = static_cast<int>(connections_.size());
    const int more = std::min(kOpenedTogether, count - opened);
    for (int i = 0; i < more; ++i) {
      connections_.push_back(std::make_unique<Connection>());
      Connect(*connections_.back());
      StartBatch(*connections_.back());
    }
    while (idle_ < opened + more) Turn();
  }
  opening_ = false;
  done_ = 0;
}

int64_t Load::Run(Clock::time_point deadline, int64_t limit) {
  for (const auto& connection : connections_) StartBatch(*connection);
  while (done_ < limit && Clock::now() < deadline) Turn();
  return done_;
}

void Load::Turn() {
  epoll_event events[kEvents];
  const int count = epoll_wait(epoll_, events, kEvents, kSilenceMilliseconds);
  if (count == 0) {
    errno = ETIMEDOUT;
    Die("the server does not answer");
  }
  for (int i = 0; i < count; ++i) {
    auto& connection = *static_cast<Connection*>(events[i].data.ptr);
    if (events[i].events & EPOLLOUT) Send(connection);
    Receive(connection);
  }
}

void Load::Connect(Connection& connection) {
  connection.channel = LoadChannel::Connect(destination_, connected_++);
  connection.interest = EPOLLIN;
  epoll_event event{};
  event.events = connection.interest;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.channel->fd(), &event) != 0) {
    Die("epoll_ctl");
  }
}

void Load::StartBatch(Connection& connection) {
  connection.phase = Phase::kExchange;
  connection.unsent = batch_.size();
  connection.outstanding = batch_.size();
  Send(connection);
}

void Load::Send(Connection& connection) {
  LoadChannel& channel = *connection.channel;
  channel.Flush();
  bool writable = !channel.HasUnsent();
  while (writable && connection.unsent > 0) {
    const char* const data = batch_.data() + batch_.size() - connection.unsent;
    const size_t sent = channel.Send(data, connection.unsent);
    connection.unsent -= sent;
    // A TLS channel that is not ready yet takes nothing, and is not waited for:
    // what it receives makes it ready.
    if (sent == 0) break;
    writable = !channel.HasUnsent();
  }
  const bool waits =
      channel.HasUnsent() || (!destination_.tls && connection.unsent > 0);
  const uint32_t interest = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
  if (interest == connection.interest) return;
  connection.interest = interest;
  epoll_event event{};
  event.events = interest;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, channel.fd(), &event);
}

void Load::Receive(Connection& connection) {
  for (;;) {
    const size_t count =
        connection.channel->Receive(buffer_.data(), buffer_.size());
    if (count == LoadChannel::kEof) {
      if (connection.phase == Phase::kClosing) {
        OnClosed(connection);
        return;
      }
      errno = ECONNRESET;
      Die("the server closed the connection");
    }
    // The handshake may have made way for what was to be sent.
    if (connection.unsent == batch_.size()) Send(connection);
    if (count == 0) return;
    if (count > connection.outstanding) {
      errno = EPROTO;
      Die("more came back than was sent");
    }
    connection.outstanding -= count;
    if (connection.outstanding == 0) {
      OnExchanged(connection);
      return;
    }
  }
}

void Load::OnExchanged(Connection& connection) {
  done_ += reconnect_ ? 0 : pipeline_;
  if (opening_) {
    connection.phase = Phase::kIdle;
    ++idle_;
  } else if (reconnect_) {
    connection.phase = Phase::kClosing;
    connection.channel->CloseSending();
  } else {
    StartBatch(connection);
  }
}

void Load::OnClosed(Connection& connection) {
  ++done_;
  connection.channel.reset();
  Connect(connection);
  StartBatch(connection);
}

}  // namespace streams_benchmark
