// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_CALLBACK_H_
#define STREAMS_CORO_CALLBACK_H_

namespace streams {

class Callback;
class CallbackList;

namespace internal {

// What links callbacks: a callback, or the head of a list.
class CallbackLink {
 private:
  friend class streams::Callback;
  friend class streams::CallbackList;

  CallbackLink* next_ = nullptr;
  CallbackLink* prev_ = nullptr;
};

}  // namespace internal

// Something that a ReadyQueue can run: asyncio's Handle, but a node that lives
// in its owner, so that calling soon allocates nothing.
//
// Ownership: the owner keeps the node alive for as long as it is linked, or
// destroys it, which takes it off the queue: what is destroyed is never run
// (Handle.cancel()). A node is on one list at most.
// Threads: only that of the queue's loop.
class Callback : private internal::CallbackLink {
 public:
  Callback() = default;
  // Moving makes a fresh, unlinked node, so that an awaitable can be handed on
  // before it is awaited. A linked node must not be moved.
  Callback(Callback&&) noexcept : CallbackLink() {}
  Callback& operator=(Callback&&) = delete;
  virtual ~Callback() { Unlink(); }

  bool linked() const { return next_ != nullptr; }

  // Takes the node off whatever list it is on. Harmless when it is on none.
  void Unlink() {
    if (next_ == nullptr) return;
    next_->prev_ = prev_;
    prev_->next_ = next_;
    next_ = prev_ = nullptr;
  }

 protected:
  // Unlinks it, and keeps it off every list: whoever calls it soon does so in
  // vain.
  void Disable() {
    Unlink();
    next_ = prev_ = this;
  }

 private:
  friend class CallbackList;
  friend class ReadyQueue;

  // Called by the queue, after the node was taken off it; may destroy the node.
  virtual void Run() = 0;

  // Called instead of Run() when the queue goes away first. For nodes that own
  // themselves: delete here.
  virtual void Discard() {}
};

// A first-in, first-out list of callbacks that it doesn't own.
class CallbackList {
 public:
  CallbackList() { head_.next_ = head_.prev_ = &head_; }
  CallbackList(const CallbackList&) = delete;
  CallbackList& operator=(const CallbackList&) = delete;
  ~CallbackList() {
    while (PopFront() != nullptr) {
    }
  }

  bool empty() const { return head_.next_ == &head_; }
  void PushBack(Callback& node) { InsertBefore(head_, node); }
  void PushFront(Callback& node) { InsertBefore(*head_.next_, node); }

  // Null when there is none.
  Callback* PopFront() {
    if (empty()) return nullptr;
    Link* const first = head_.next_;
    Link* const second = first->next_;
    head_.next_ = second;
    second->prev_ = &head_;
    first->next_ = first->prev_ = nullptr;
    // The head is the only link that is no callback.
    return static_cast<Callback*>(first);
  }

  // Moves all nodes of `other` behind those of this list.
  void Append(CallbackList& other) {
    if (other.empty()) return;
    Link* const first = other.head_.next_;
    Link* const last = other.head_.prev_;
    other.head_.next_ = other.head_.prev_ = &other.head_;
    first->prev_ = head_.prev_;
    head_.prev_->next_ = first;
    last->next_ = &head_;
    head_.prev_ = last;
  }

 private:
  using Link = internal::CallbackLink;

  static void InsertBefore(Link& position, Link& node) {
    Link* const before = position.prev_;
    node.next_ = &position;
    node.prev_ = before;
    before->next_ = &node;
    position.prev_ = &node;
  }

  Link head_;
};

// A callback that calls a method of the object which embeds it:
//
//   class Transport {
//     void OnClosed();
//     MethodCallback<&Transport::OnClosed> closed_{*this};
//   };
template <auto kMethod>
class MethodCallback;

template <class Owner, void (Owner::*kMethod)()>
class MethodCallback<kMethod> final : public Callback {
 public:
  explicit MethodCallback(Owner& owner) : owner_(owner) {}

 private:
  void Run() override { (owner_.*kMethod)(); }

  Owner& owner_;
};

}  // namespace streams

#endif  // STREAMS_CORO_CALLBACK_H_
