// SPDX-License-Identifier: Apache-2.0
//
// `raw-uring`: what `raw` is to epoll, on io_uring: multishot accept, multishot
// receive into a ring of provided buffers, and a send from the buffer that the
// message arrived in. One system call a turn, for all connections. It exists to
// measure what the loop would gain; see
// docs/decisions/0005-epoll-not-io-uring.md.
//
//   raw_uring_echo_server --port=N [--host=127.0.0.1]     (echo only)
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "streams/benchmark/peers/raw_listener.h"

namespace {

constexpr unsigned kEntries = 4096;
constexpr unsigned kBuffers = 1024;  // A power of two.
constexpr size_t kBufferSize = 65536;
constexpr int kGroup = 0;

// A buffer that arrived, and what of it is still to be sent.
struct Chunk {
  unsigned buffer = 0;
  size_t offset = 0;
  size_t end = 0;
};

struct Connection {
  int fd = -1;
  bool receiving = false;  // A multishot receive is armed.
  bool over = false;       // Nothing more is received.
  std::deque<Chunk> unsent;
};

enum class Operation : uint64_t { kAccept, kReceive, kSend };

uint64_t Pack(Operation operation, int fd) {
  return static_cast<uint64_t>(operation) << 32 | static_cast<uint32_t>(fd);
}

class Server {
 public:
  explicit Server(int listener) : listener_(listener) {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                   IORING_SETUP_CQSIZE;
    params.cq_entries = 4 * kEntries;
    Check(io_uring_queue_init_params(kEntries, &ring_, &params), "io_uring");
    MakeBuffers();
  }

  [[noreturn]] void Run() {
    ArmAccept();
    for (;;) {
      const int result = io_uring_submit_and_wait(&ring_, 1);
      if (result != -EINTR) Check(result, "io_uring_enter");
      unsigned head = 0;
      unsigned count = 0;
      io_uring_cqe* completion = nullptr;
      io_uring_for_each_cqe(&ring_, head, completion) {
        Complete(*completion);
        ++count;
      }
      io_uring_cq_advance(&ring_, count);
      RearmStarved();
    }
  }

 private:
  static void Check(int result, const char* what) {
    if (result >= 0) return;
    errno = -result;
    raw::Die(what);
  }

  void MakeBuffers() {
    memory_.resize(kBuffers * kBufferSize);
    void* ring = nullptr;
    const size_t size = kBuffers * sizeof(io_uring_buf);
    if (posix_memalign(&ring, 4096, size) != 0) raw::Die("posix_memalign");
    buffers_ = static_cast<io_uring_buf_ring*>(ring);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<uintptr_t>(ring);
    registration.ring_entries = kBuffers;
    registration.bgid = kGroup;
    Check(io_uring_register_buf_ring(&ring_, &registration, 0), "buffer ring");
    io_uring_buf_ring_init(buffers_);
    for (unsigned i = 0; i < kBuffers; ++i) GiveBack(i);
  }

  char* Buffer(unsigned index) { return &memory_[index * kBufferSize]; }

  void GiveBack(unsigned index) {
    io_uring_buf_ring_add(buffers_, Buffer(index), kBufferSize,
                          static_cast<uint16_t>(index),
                          io_uring_buf_ring_mask(kBuffers), 0);
    io_uring_buf_ring_advance(buffers_, 1);
  }

  io_uring_sqe* NextEntry() {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry != nullptr) return entry;
    Check(io_uring_submit(&ring_), "io_uring_submit");
    return io_uring_get_sqe(&ring_);
  }

  void ArmAccept() {
    io_uring_sqe* const entry = NextEntry();
    io_uring_prep_multishot_accept(entry, listener_, nullptr, nullptr, 0);
    io_uring_sqe_set_data64(entry, Pack(Operation::kAccept, listener_));
  }

  void ArmReceive(Connection& connection) {
    io_uring_sqe* const entry = NextEntry();
    io_uring_prep_recv_multishot(entry, connection.fd, nullptr, 0, 0);
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = kGroup;
    io_uring_sqe_set_data64(entry, Pack(Operation::kReceive, connection.fd));
    connection.receiving = true;
  }

  void Send(Connection& connection) {
    const Chunk& chunk = connection.unsent.front();
    io_uring_sqe* const entry = NextEntry();
    io_uring_prep_send(entry, connection.fd,
                       Buffer(chunk.buffer) + chunk.offset,
                       chunk.end - chunk.offset, MSG_NOSIGNAL | MSG_WAITALL);
    io_uring_sqe_set_data64(entry, Pack(Operation::kSend, connection.fd));
  }

  void Complete(const io_uring_cqe& completion) {
    const int fd = static_cast<int>(completion.user_data & 0xffffffff);
    switch (static_cast<Operation>(completion.user_data >> 32)) {
      case Operation::kAccept:
        if (completion.res >= 0) Accepted(completion.res);
        if (!(completion.flags & IORING_CQE_F_MORE)) ArmAccept();
        return;
      case Operation::kReceive:
        Received(*connections_[fd], completion);
        return;
      case Operation::kSend:
        Sent(*connections_[fd], completion.res);
        return;
    }
  }

  void Accepted(int fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto connection = std::make_unique<Connection>();
    connection->fd = fd;
    ArmReceive(*connection);
    connections_[fd] = std::move(connection);
  }

  void Received(Connection& connection, const io_uring_cqe& completion) {
    if (!(completion.flags & IORING_CQE_F_MORE)) connection.receiving = false;
    if (completion.res > 0) {
      const unsigned buffer = completion.flags >> IORING_CQE_BUFFER_SHIFT;
      if (connection.over) {
        GiveBack(buffer);
      } else {
        connection.unsent.push_back(
            {buffer, 0, static_cast<size_t>(completion.res)});
        if (connection.unsent.size() == 1) Send(connection);
      }
    } else if (completion.res != -ENOBUFS) {
      connection.over = true;
    }
    if (connection.receiving) return;
    // Out of buffers: not before one has come back.
    if (!connection.over) {
      starved_.push_back(connection.fd);
    } else {
      CloseIfUnused(connection);
    }
  }

  void Sent(Connection& connection, int result) {
    Chunk& chunk = connection.unsent.front();
    if (result > 0) chunk.offset += static_cast<size_t>(result);
    if (result <= 0) {
      connection.over = true;
      for (const Chunk& left : connection.unsent) GiveBack(left.buffer);
      connection.unsent.clear();
      shutdown(connection.fd, SHUT_RDWR);
    } else if (chunk.offset == chunk.end) {
      GiveBack(chunk.buffer);
      connection.unsent.pop_front();
    }
    if (!connection.unsent.empty()) {
      Send(connection);
    } else if (connection.over) {
      CloseIfUnused(connection);
    }
  }

  // Whoever still has an operation under way is closed when that ends.
  void CloseIfUnused(Connection& connection) {
    if (connection.receiving || !connection.unsent.empty()) return;
    const int fd = connection.fd;
    connections_.erase(fd);
    close(fd);
  }

  void RearmStarved() {
    for (const int fd : starved_) {
      const auto found = connections_.find(fd);
      if (found == connections_.end()) continue;
      if (!found->second->receiving) ArmReceive(*found->second);
    }
    starved_.clear();
  }

  const int listener_;
  io_uring ring_{};
  io_uring_buf_ring* buffers_ = nullptr;
  std::vector<char> memory_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  std::vector<int> starved_;
};

}  // namespace

int main(int argc, char** argv) {
  const int listener = raw::ParseFlagsAndListen(argc, argv);
  if (raw::IsLineMode()) {
    fprintf(stderr, "raw_uring_echo_server: it only has --mode=echo\n");
    return 2;
  }
  const auto server = std::make_unique<Server>(listener);
  server->Run();
}
