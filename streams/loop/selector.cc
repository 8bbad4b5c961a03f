// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/selector.h"

#include <errno.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "streams/coro/prefetch.h"
#include "streams/os/error.h"

namespace streams {
namespace {

constexpr size_t kFirstEvents = 64;
constexpr size_t kMaxEvents = 4096;

// A batch of handlers, see EventLoop: as many as get by on little memory.
constexpr size_t kBatchHandlers = 16;
constexpr size_t kBatchBytes = 64 * 1024;

// The connections of more descriptors than these have left the processor's
// nearest caches, most of them, when they are heard of again: they are fetched
// a batch at a time. Of fewer, that would cost more than it brings.
constexpr size_t kManyDescriptors = 128;
// A handler, and the first members of who derives from it.
constexpr size_t kHandlerBytes = 80;
// To the protocol, the reader, the coroutine that waits for it, and its task.
constexpr int kPrefetchSteps = 4;

constexpr uint64_t kWakeData = ~uint64_t{0};

// EPOLLHUP and EPOLLERR come unasked, and make a descriptor readable and
// writable, as they do for Python's selectors.
constexpr uint32_t kReadEvents = EPOLLIN | EPOLLHUP | EPOLLERR;
constexpr uint32_t kWriteEvents = EPOLLOUT | EPOLLHUP | EPOLLERR;

int DescriptorOf(uint64_t data) {
  return static_cast<int>(static_cast<uint32_t>(data));
}
uint32_t GenerationOf(uint64_t data) {
  return static_cast<uint32_t>(data >> 32);
}

}  // namespace

Selector::Selector(ReadyQueue& queue)
    : IoRegistrar(queue), events_(kFirstEvents) {
  epoll_.Control(EPOLL_CTL_ADD, wake_.fd(), EPOLLIN, kWakeData);
}

Selector::~Selector() {
  for (Slot& slot : slots_) {
    if (slot.handler != nullptr) Release(*slot.handler);
  }
}

absl::Status Selector::AddReader(IoHandler& handler) {
  return Want(handler, IoHandler::kRead);
}

absl::Status Selector::AddWriter(IoHandler& handler) {
  return Want(handler, IoHandler::kWrite);
}

bool Selector::RemoveReader(IoHandler& handler) {
  return Refuse(handler, IoHandler::kRead);
}

bool Selector::RemoveWriter(IoHandler& handler) {
  return Refuse(handler, IoHandler::kWrite);
}

absl::Status Selector::Want(IoHandler& handler, uint8_t interest) {
  if (handler.registrar_ != nullptr && handler.registrar_ != this) {
    return MakeError(ErrorKind::kRuntime, "handler is on another loop");
  }
  handler.wanted_ |= interest;
  if (handler.registrar_ == this && handler.known_ != 0) {
    NoteChange(handler);
    return absl::OkStatus();
  }
  absl::Status status = Register(handler);
  if (!status.ok()) handler.wanted_ &= static_cast<uint8_t>(~interest);
  return status;
}

absl::Status Selector::Register(IoHandler& handler) {
  const int fd = handler.fd_;
  if (fd < 0) return OsError(EBADF);
  if (slots_.size() <= static_cast<size_t>(fd)) {
    slots_.resize(static_cast<size_t>(fd) + 1);
  }
  Slot& slot = slots_[static_cast<size_t>(fd)];
  if (slot.handler != nullptr && slot.handler != &handler) {
    return MakeError(
        ErrorKind::kRuntime,
        absl::StrCat("File descriptor ", fd, " is used by another handler"));
  }
  const bool is_new = slot.handler == nullptr;
  if (is_new) {
    slot.handler = &handler;
    ++slot.generation;
    handler.registrar_ = this;
  }
  const uint32_t events =
      ((handler.wanted_ & IoHandler::kRead) != 0 ? EPOLLIN : 0u) |
      ((handler.wanted_ & IoHandler::kWrite) != 0 ? EPOLLOUT : 0u);
  int error = epoll_.Control(EPOLL_CTL_ADD, fd, events, DataOf(handler));
  if (error == EEXIST) {
    // Left over from UnregisterForClose() without the close.
    error = epoll_.Control(EPOLL_CTL_MOD, fd, events, DataOf(handler));
  }
  if (error != 0) {
    if (is_new) Release(handler);
    return OsError(error);
  }
  handler.known_ = handler.wanted_;
  return absl::OkStatus();
}

bool Selector::Refuse(IoHandler& handler, uint8_t interest) {
  if (handler.registrar_ != this || (handler.wanted_ & interest) == 0) {
    return false;
  }
  handler.wanted_ &= static_cast<uint8_t>(~interest);
  handler.ready_ &= static_cast<uint8_t>(~interest);
  if (handler.ready_ == 0) handler.Unlink();
  NoteChange(handler);
  return true;
}

void Selector::Unregister(IoHandler& handler) {
  if (handler.registrar_ != this) return;
  if (handler.known_ != 0) {
    epoll_.Control(EPOLL_CTL_DEL, handler.fd_, 0, 0);
  }
  Release(handler);
}

void Selector::SilenceForClose(IoHandler& handler) {
  if (handler.registrar_ != this) return;
  ForgetChange(handler);
  handler.wanted_ = 0;
  handler.ready_ &= IoHandler::kCall;
  if (handler.ready_ == 0) handler.Unlink();
}

void Selector::UnregisterForClose(IoHandler& handler) {
  if (handler.registrar_ == this) Release(handler);
}

void Selector::Release(IoHandler& handler) {
  Slot& slot = slots_[static_cast<size_t>(handler.fd_)];
  slot.handler = nullptr;
  ++slot.generation;
  ForgetChange(handler);
  handler.Unlink();
  handler.registrar_ = nullptr;
  handler.wanted_ = handler.known_ = handler.ready_ = 0;
}

void Selector::NoteChange(IoHandler& handler) {
  if (handler.change_ >= 0) return;
  handler.change_ = static_cast<int>(changes_.size());
  changes_.push_back(&handler);
}

void Selector::ForgetChange(IoHandler& handler) {
  if (handler.change_ < 0) return;
  changes_[static_cast<size_t>(handler.change_)] = nullptr;
  handler.change_ = -1;
}

void Selector::FlushChanges() {
  for (IoHandler* const handler : changes_) {
    if (handler == nullptr) continue;  // Gone since.
    handler->change_ = -1;
    if (handler->wanted_ != handler->known_) Apply(*handler);
  }
  changes_.clear();
}

void Selector::Apply(IoHandler& handler) {
  const uint32_t events =
      ((handler.wanted_ & IoHandler::kRead) != 0 ? EPOLLIN : 0u) |
      ((handler.wanted_ & IoHandler::kWrite) != 0 ? EPOLLOUT : 0u);
  const int operation = events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  const int error =
      epoll_.Control(operation, handler.fd_, events, DataOf(handler));
  if (error == ENOENT && events != 0) {
    // The owner closed the descriptor behind our back, and opened another.
    epoll_.Control(EPOLL_CTL_ADD, handler.fd_, events, DataOf(handler));
  }
  handler.known_ = handler.wanted_;
}

uint64_t Selector::DataOf(const IoHandler& handler) const {
  const size_t fd = static_cast<size_t>(handler.fd_);
  return (uint64_t{slots_[fd].generation} << 32) | fd;
}

void Selector::PrepareToPoll() {
  // More may have been ready than fitted; the kernel goes round. Make room.
  if (event_count_ == events_.size() && event_count_ < kMaxEvents) {
    events_.resize(2 * event_count_);
  }
  if (must_renew_) Renew();
  FlushChanges();
}

ABSL_ATTRIBUTE_HOT size_t Selector::QueueHandlers(bool all, bool* woken) {
  assert(has_events());
  if (slots_.size() > kManyDescriptors) PrefetchBatch();
  const size_t most_handlers = all ? kMaxEvents : kBatchHandlers;
  const size_t most_bytes = all ? SIZE_MAX : kBatchBytes;
  size_t handlers = 0;
  size_t bytes = 0;
  do {
    const epoll_event& event = events_[next_event_++];
    if (ABSL_PREDICT_FALSE(event.data.u64 == kWakeData)) {
      wake_.Clear();
      *woken = true;
    } else if (const IoHandler* const handler = Queue(event)) {
      ++handlers;
      bytes += handler->expected_bytes();
    }
  } while (has_events() && handlers < most_handlers && bytes < most_bytes);
  return handlers;
}

void Selector::PrefetchBatch() const {
  std::array<const IoHandler*, kBatchHandlers> handlers;
  size_t count = 0;
  const size_t end = std::min(event_count_, next_event_ + kBatchHandlers);
  for (size_t i = next_event_; i < end; ++i) {
    const uint64_t data = events_[i].data.u64;
    if (data == kWakeData) continue;
    const IoHandler* const handler =
        slots_[static_cast<size_t>(DescriptorOf(data))].handler;
    if (handler == nullptr) continue;
    internal::PrefetchBytes(handler, kHandlerBytes);
    handlers[count++] = handler;
  }
  for (int step = 0; step < kPrefetchSteps; ++step) {
    for (size_t i = 0; i < count; ++i) handlers[i]->Prefetch(step);
  }
}

uint8_t Selector::ReadyBy(uint32_t events) {
  return static_cast<uint8_t>(
      ((events & kReadEvents) != 0 ? IoHandler::kRead : 0) |
      ((events & kWriteEvents) != 0 ? IoHandler::kWrite : 0));
}

inline IoHandler* Selector::Queue(const epoll_event& event) {
  const uint64_t data = event.data.u64;
  const Slot& slot = slots_[static_cast<size_t>(DescriptorOf(data))];
  if (ABSL_PREDICT_FALSE(slot.handler == nullptr ||
                         slot.generation != GenerationOf(data))) {
    OnLeftover(data);
    return nullptr;
  }
  IoHandler& handler = *slot.handler;
  uint8_t ready = IoHandler::kRead;  // The rule.
  if (ABSL_PREDICT_FALSE(event.events != EPOLLIN)) {
    ready = ReadyBy(event.events);
  }
  ready &= handler.wanted_;
  if (ready == 0) return nullptr;
  handler.ready_ |= ready;
  queue().CallSoon(handler);
  return &handler;
}

void Selector::OnLeftover(uint64_t data) {
  const int fd = DescriptorOf(data);
  // Once is enough: the loop would come back at once.
  if (slots_[static_cast<size_t>(fd)].handler != nullptr ||
      epoll_.Control(EPOLL_CTL_DEL, fd, 0, 0) != 0) {
    NoteLeftover(data);
  }
}

void Selector::NoteLeftover(uint64_t data) {
  // Once is the rule: it was closed since Poll(). An event that stays comes
  // with every Poll(), so that one of several is enough to watch.
  if (data == leftover_ && polls_ != leftover_poll_) {
    must_renew_ = true;
  } else if (leftover_poll_ + 1 < polls_) {
    leftover_ = data;
    leftover_poll_ = polls_;
  }
}

void Selector::Renew() {
  if (!epoll_.Renew()) return;  // Later, then.
  must_renew_ = false;
  epoll_.Control(EPOLL_CTL_ADD, wake_.fd(), EPOLLIN, kWakeData);
  for (const Slot& slot : slots_) {
    IoHandler* const handler = slot.handler;
    if (handler == nullptr || handler->known_ == 0) continue;
    handler->known_ = 0;
    if (handler->wanted_ == 0) continue;
    Register(*handler).IgnoreError();  // It was fine before.
  }
}

}  // namespace streams
