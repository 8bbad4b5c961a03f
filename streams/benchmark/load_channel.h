// SPDX-License-Identifier: Apache-2.0
//
// What the load generator sends and receives through: a connected socket that
// never blocks, plain or with TLS 1.3 on top.
#ifndef STREAMS_BENCHMARK_LOAD_CHANNEL_H_
#define STREAMS_BENCHMARK_LOAD_CHANNEL_H_

#include <stddef.h>
#include <stdint.h>

#include <memory>
#include <string>

namespace streams_benchmark {

struct Destination {
  std::string host;
  uint16_t port = 0;
  bool tls = false;
};

// One end of a connection; destroying it closes it. Whatever goes wrong ends
// the program, with a message: a load that is not what it says is worthless.
class LoadChannel {
 public:
  static constexpr size_t kEof = SIZE_MAX;

  // Connects, which on loopback does not wait for the server. Connections come
  // from different addresses, by `source`: one has only 28,000 ports, and a
  // connection that was closed keeps its port for a minute.
  static std::unique_ptr<LoadChannel> Connect(const Destination& destination,
                                              uint32_t source);

  LoadChannel(const LoadChannel&) = delete;
  LoadChannel& operator=(const LoadChannel&) = delete;
  virtual ~LoadChannel();

  int fd() const { return fd_; }

  // Takes as much as the kernel does without waiting, perhaps nothing.
  virtual size_t Send(const char* data, size_t size) = 0;
  // Whether bytes that Send() took are still to be sent: call Flush() when the
  // socket is writable.
  virtual bool HasUnsent() const { return false; }
  virtual void Flush() {}

  // What has arrived; 0 if that is nothing, kEof at the end. Call it until it
  // returns 0.
  virtual size_t Receive(char* buffer, size_t size) = 0;

  // Sends EOF; the server is to answer with its own.
  virtual void CloseSending() = 0;

 protected:
  explicit LoadChannel(int fd) : fd_(fd) {}

 private:
  const int fd_;
};

// Prints `what` and errno's text, and ends the program.
[[noreturn]] void Die(const char* what);

}  // namespace streams_benchmark

#endif  // STREAMS_BENCHMARK_LOAD_CHANNEL_H_
