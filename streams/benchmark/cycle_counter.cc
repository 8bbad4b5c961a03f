// SPDX-License-Identifier: Apache-2.0
//
// Where a server's cycles go: a library for LD_PRELOAD, between the program and
// the C library's system calls. It reads the processor's time-stamp counter
// when a call begins and when it ends: what lies between two calls is the
// program's own, its libraries' included; what lies within one is the kernel's.
//
//   LD_PRELOAD=.../libcycle_counter.so CYCLE_COUNTS=FILE echo_server --port=0
//
// The sums are mapped from FILE, which has room for them already, so that
// others see them grow (cycles.py; tools/bench --cycles). Without CYCLE_COUNTS
// nobody is told. If FILE can't be mapped, the program ends at once, with a
// message.
//
// - Programs of one thread: sums are not atomic, and with a second thread the
//   time since the other's last call would count as the first one's own.
// - Calls that are not below, and those of a program that makes them itself
//   (Go, io_uring), are not seen: they count as cycles of the program's own.
// - The counter goes on while the processor serves an interrupt or another
//   process: medians of many short rounds tell more than one long one.
// - Its reading is not serialized, which would take longer than what is
//   measured; it takes some tens of cycles of each call, of all programs alike.
// - On aarch64 the counter is the system's timer, slower than the processor.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace {

enum Kind { kReceive, kSend, kWait, kOther, kKinds };

struct Sum {
  uint64_t cycles;
  uint64_t calls;
};

// cycles.py knows this layout.
struct Counts {
  uint64_t last;  // The counter when the last call began or, later, ended.
  uint64_t own_cycles;
  Sum kinds[kKinds];
};

constinit Counts untold = {};
constinit Counts* counts = &untold;

inline uint64_t Now() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  uint64_t now;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
  return now;
#else
  return 0;  // MapCounts() says so.
#endif
}

inline void ChargeSinceLast(uint64_t& sum) {
  const uint64_t now = Now();
  sum += now - counts->last;
  counts->last = now;
}

[[noreturn]] void Die(const char* what, const char* why) {
  fprintf(stderr, "cycle_counter: %s: %s\n", what, why);
  _exit(1);
}

// Stands for the function of this name that the program would call without this
// library. Found at the first call, for that may come before MapCounts().
template <typename Result, typename... Parameters>
class Counted {
 public:
  // The function is that of this library, for its type.
  constexpr Counted(Kind kind, const char* name, Result (*)(Parameters...))
      : kind_(kind), name_(name) {}

  Result operator()(Parameters... parameters) {
    ChargeSinceLast(counts->own_cycles);
    if (next_ == nullptr) Find();
    const Result result = next_(parameters...);
    Sum& sum = counts->kinds[kind_];
    ChargeSinceLast(sum.cycles);
    ++sum.calls;
    return result;
  }

 private:
  using Next = Result (*)(Parameters...);

  void Find() {
    next_ = reinterpret_cast<Next>(dlsym(RTLD_NEXT, name_));
    if (next_ == nullptr) Die(name_, "not in the C library");
  }

  const Kind kind_;
  const char* const name_;
  Next next_ = nullptr;
};

// Runs before main(). Errors of files are told of by what errno says.
__attribute__((constructor)) void MapCounts() {
  const char* const path = getenv("CYCLE_COUNTS");
  if (path == nullptr) return;
  if (Now() == 0) Die("no time-stamp counter", "not known of this processor");
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) Die(path, strerror(errno));
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < static_cast<off_t>(sizeof(Counts))) Die(path, "is too small");
  void* const mapped =
      mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) Die(path, strerror(errno));
  close(fd);
  counts = static_cast<Counts*>(mapped);
  counts->last = Now();
}

}  // namespace

extern "C" {

// What Counts::last is compared with; for who loads this library to ask it.
uint64_t CycleCounterNow() { return Now(); }

ssize_t recv(int fd, void* buffer, size_t size, int flags) {
  static constinit Counted next(kReceive, "recv", recv);
  return next(fd, buffer, size, flags);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  static constinit Counted next(kReceive, "recvmsg", recvmsg);
  return next(fd, message, flags);
}

ssize_t read(int fd, void* buffer, size_t size) {
  static constinit Counted next(kReceive, "read", read);
  return next(fd, buffer, size);
}

ssize_t readv(int fd, const iovec* buffers, int count) {
  static constinit Counted next(kReceive, "readv", readv);
  return next(fd, buffers, count);
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  static constinit Counted next(kSend, "send", send);
  return next(fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static constinit Counted next(kSend, "sendmsg", sendmsg);
  return next(fd, message, flags);
}

ssize_t write(int fd, const void* data, size_t size) {
  static constinit Counted next(kSend, "write", write);
  return next(fd, data, size);
}

ssize_t writev(int fd, const iovec* buffers, int count) {
  static constinit Counted next(kSend, "writev", writev);
  return next(fd, buffers, count);
}

int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  static constinit Counted next(kWait, "epoll_wait", epoll_wait);
  return next(epoll, events, most, timeout);
}

int epoll_pwait(int epoll, epoll_event* events, int most, int timeout,
                const sigset_t* mask) {
  static constinit Counted next(kWait, "epoll_pwait", epoll_pwait);
  return next(epoll, events, most, timeout, mask);
}

// What comes and goes with a connection.

int accept(int fd, sockaddr* address, socklen_t* length) {
  static constinit Counted next(kOther, "accept", accept);
  return next(fd, address, length);
}

int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  static constinit Counted next(kOther, "accept4", accept4);
  return next(fd, address, length, flags);
}

int close(int fd) {
  static constinit Counted next(kOther, "close", close);
  return next(fd);
}

int shutdown(int fd, int how) noexcept {
  static constinit Counted next(kOther, "shutdown", shutdown);
  return next(fd, how);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static constinit Counted next(kOther, "epoll_ctl", epoll_ctl);
  return next(epoll, operation, fd, event);
}

int poll(pollfd* fds, nfds_t count, int timeout) {
  static constinit Counted next(kOther, "poll", poll);
  return next(fds, count, timeout);
}

int getsockopt(int fd, int level, int name, void* value,
               socklen_t* length) noexcept {
  static constinit Counted next(kOther, "getsockopt", getsockopt);
  return next(fd, level, name, value, length);
}

int setsockopt(int fd, int level, int name, const void* value,
               socklen_t length) noexcept {
  static constinit Counted next(kOther, "setsockopt", setsockopt);
  return next(fd, level, name, value, length);
}

int getsockname(int fd, sockaddr* address, socklen_t* length) noexcept {
  static constinit Counted next(kOther, "getsockname", getsockname);
  return next(fd, address, length);
}

int getpeername(int fd, sockaddr* address, socklen_t* length) noexcept {
  static constinit Counted next(kOther, "getpeername", getpeername);
  return next(fd, address, length);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  using Passing = int (*)(int, unsigned long, void*);
  static constinit Counted next(kOther, "ioctl", Passing{nullptr});
  va_list list;
  va_start(list, request);
  void* const argument = va_arg(list, void*);
  va_end(list);
  return next(fd, request, argument);
}

// libuv closes by it. All its arguments are passed on, however many they are.
long syscall(long number, ...) noexcept {
  using Passing = long (*)(long, long, long, long, long, long, long);
  static constinit Counted next(kOther, "syscall", Passing{nullptr});
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  return next(number, arguments[0], arguments[1], arguments[2], arguments[3],
              arguments[4], arguments[5]);
}

}  // extern "C"
