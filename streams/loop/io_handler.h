// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_IO_HANDLER_H_
#define STREAMS_LOOP_IO_HANDLER_H_

#include <cstdint>

#include "streams/coro/callback.h"
#include "streams/coro/ready_queue.h"

namespace streams {

class IoHandler;
class Selector;

namespace internal {

// What a handler knows of the Selector at which it is registered.
class IoRegistrar {
 public:
  virtual void Unregister(IoHandler& handler) = 0;
  ReadyQueue& queue() const { return queue_; }

 protected:
  explicit IoRegistrar(ReadyQueue& queue) : queue_(queue) {}
  ~IoRegistrar() = default;

 private:
  ReadyQueue& queue_;
};

}  // namespace internal

// Who is told that a descriptor is ready: derive, and give it to
// EventLoop::AddReader() and AddWriter(). One per descriptor (of a loop).
//
// OnReadable() is called in each turn in which the descriptor is readable, at
// EOF, or broken, for as long as reading is wanted (level-triggered, as
// asyncio's selector loop); OnWritable() likewise, after OnReadable(). Either
// may remove or destroy the handler, or close the descriptor.
//
// Lifetime: destroying it takes it off the loop; do that, or Unregister() it,
// before the descriptor is closed. The loop may go first. Threads: the loop's.
class IoHandler : private Callback {
 public:
  explicit IoHandler(int fd) : fd_(fd) {}
  IoHandler(const IoHandler&) = delete;
  IoHandler& operator=(const IoHandler&) = delete;
  ~IoHandler() override;

  int fd() const { return fd_; }
  bool wants_read() const { return (wanted_ & kRead) != 0; }
  bool wants_write() const { return (wanted_ & kWrite) != 0; }
  bool registered() const { return registrar_ != nullptr; }

 protected:
  // Only while it isn't registered.
  void set_fd(int fd) { fd_ = fd; }

  // About how many bytes the next OnReadable() will bring: a hint, by which a
  // turn doesn't take more than what stays in the processor's cache until it is
  // used.
  void set_expected_bytes(uint32_t bytes) { expected_bytes_ = bytes; }
  uint32_t expected_bytes() const { return expected_bytes_; }

  // Calls OnCalled() in the next turn, or before OnReadable() or OnWritable(),
  // if that is yet to come in this one (SilenceForClose() first, to be called
  // in the next); not if the handler is unregistered before. For what it has to
  // do when its descriptor is not in use: it shares the node in the queue.
  void CallSoon(ReadyQueue& queue) {
    ready_ |= kCall;
    queue.CallSoon(*this);
  }
  bool is_called_soon() const { return (ready_ & kCall) != 0; }

 private:
  friend class Selector;

  // In the order in which they are called.
  static constexpr uint8_t kCall = 1;
  static constexpr uint8_t kRead = 2;
  static constexpr uint8_t kWrite = 4;

  virtual void OnReadable() = 0;
  virtual void OnWritable() = 0;
  virtual void OnCalled() {}

  // A hint that OnReadable() or OnWritable() is near. What they use may lie
  // behind several pointers: step 0 asks the processor for what this object
  // points to, each further step for what the one before has brought. Called
  // step by step for a batch of handlers, so that all of them wait for memory
  // at the same time; and only where there are many, see Selector.
  virtual void Prefetch(int /*step*/) const {}

  void Run() final;

  internal::IoRegistrar* registrar_ = nullptr;
  uint32_t expected_bytes_ = 0;
  int fd_;
  int change_ = -1;     // Its place among the selector's changes, or -1.
  uint8_t wanted_ = 0;  // What the owner wants.
  uint8_t known_ = 0;   // What the kernel was told.
  uint8_t ready_ = 0;   // What is yet to be called this turn.
};

}  // namespace streams

#endif  // STREAMS_LOOP_IO_HANDLER_H_
