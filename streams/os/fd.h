// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_FD_H_
#define STREAMS_OS_FD_H_

#include <sys/types.h>

#include <cstddef>
#include <utility>

namespace streams {

namespace os {

// As the system call: zero at EOF, -1 and errno. EINTR is retried.
ssize_t Read(int fd, void* buffer, size_t size);

}  // namespace os

// Owns a file descriptor, and closes it. -1 is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }
  ~Fd() { Reset(); }

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }

  // Gives the descriptor to the caller.
  int Release() { return std::exchange(fd_, -1); }

  // Closes what it owned and owns `fd` instead. Not retried on EINTR: Linux has
  // closed the descriptor then, and its number may be somebody else's.
  void Reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) Close(old);
  }

 private:
  static void Close(int fd);

  int fd_ = -1;
};

}  // namespace streams

#endif  // STREAMS_OS_FD_H_
