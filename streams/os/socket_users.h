// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_SOCKET_USERS_H_
#define STREAMS_OS_SOCKET_USERS_H_

namespace streams {

// Who does I/O on the descriptor of a StreamSocket that others hold, too, and
// so may close at any time. Then its number is another's: who goes on with it
// writes to a stranger.
//
// Either may be destroyed first. Threads: that of the user's loop; so it is for
// who closes the socket.
class SocketUser {
 public:
  SocketUser() = default;
  SocketUser(const SocketUser&) = delete;
  SocketUser& operator=(const SocketUser&) = delete;
  virtual ~SocketUser() { Leave(); }

  // Until it leaves, or is told that the socket is closed.
  bool has_socket() const { return link_ != nullptr; }
  void Leave() {
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
    next_ = nullptr;
  }
  // It comes to its end: the socket may have another user beside it.
  void AllowOthers() { allows_others_ = true; }

 private:
  friend class SocketUsers;

  // The descriptor is about to be closed, or given away, and open still. This
  // has left the socket.
  virtual void OnSocketClosing() = 0;

  SocketUser* next_ = nullptr;
  SocketUser** link_ = nullptr;  // What points to this.
  bool allows_others_ = false;
};

// Those of a socket: none, or one, and those that are about to leave it.
class SocketUsers {
 public:
  SocketUsers() = default;
  SocketUsers(const SocketUsers&) = delete;
  SocketUsers& operator=(const SocketUsers&) = delete;
  ~SocketUsers() { Dismiss(); }

  // `user` has no socket.
  void Add(SocketUser& user) {
    user.link_ = &first_;
    user.next_ = first_;
    if (first_ != nullptr) first_->link_ = &user.next_;
    first_ = &user;
  }

  // Whether there is one that doesn't allow others.
  bool is_exclusive() const {
    for (const SocketUser* user = first_; user != nullptr; user = user->next_) {
      if (!user->allows_others_) return true;
    }
    return false;
  }

  // Tells all of them that the socket is closing.
  void Dismiss() {
    while (first_ != nullptr) {
      SocketUser& user = *first_;
      user.Leave();
      user.OnSocketClosing();
    }
  }

 private:
  SocketUser* first_ = nullptr;
};

}  // namespace streams

#endif  // STREAMS_OS_SOCKET_USERS_H_
