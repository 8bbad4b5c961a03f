// SPDX-License-Identifier: Apache-2.0
//
// The load itself: connections that send a message, wait until all of it has
// come back, and send the next; or close, and connect anew.
#ifndef STREAMS_BENCHMARK_LOAD_H_
#define STREAMS_BENCHMARK_LOAD_H_

#include <stddef.h>
#include <stdint.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "streams/benchmark/load_channel.h"

namespace streams_benchmark {

class Load {
 public:
  using Clock = std::chrono::steady_clock;

  // `message` is sent `pipeline` times together. With `reconnect` a connection
  // carries one such batch, and the request is done when the server has closed
  // its end.
  Load(Destination destination, const std::string& message, int pipeline,
       bool reconnect);

  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load();

  // Opens so many connections, and exchanges one batch on each, so that the
  // server has accepted them all.
  void Open(int count);

  // Runs until the deadline, or until so many requests are done, and returns
  // how many that were.
  int64_t Run(Clock::time_point deadline, int64_t limit);

 private:
  enum class Phase { kIdle, kExchange, kClosing };

  struct Connection {
    std::unique_ptr<LoadChannel> channel;
    Phase phase = Phase::kIdle;
    uint32_t interest = 0;
    size_t unsent = 0;
    size_t outstanding = 0;
  };

  // Waits for something to happen, and lets it.
  void Turn();
  void Connect(Connection& connection);
  void StartBatch(Connection& connection);
  void Send(Connection& connection);
  void Receive(Connection& connection);
  void OnExchanged(Connection& connection);
  void OnClosed(Connection& connection);

  const Destination destination_;
  const int pipeline_;
  const bool reconnect_;
  const int epoll_;
  std::string batch_;
  std::vector<std::unique_ptr<Connection>> connections_;
  uint32_t connected_ = 0;  // Since the beginning.
  bool opening_ = false;
  int idle_ = 0;
  int64_t done_ = 0;
  std::vector<char> buffer_;
};

}  // namespace streams_benchmark

#endif  // STREAMS_BENCHMARK_LOAD_H_
