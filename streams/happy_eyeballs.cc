// SPDX-License-Identifier: Apache-2.0

#include "streams/happy_eyeballs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "streams/connect_socket.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/loop/timer.h"

namespace streams::internal {
namespace {

class Race {
 public:
  Race(EventLoop& loop, std::vector<SocketAddress> locals)
      : loop_(loop), locals_(std::move(locals)), changed_(loop) {}

  // Begins to connect to `remote`.
  void Begin(SocketAddress remote) {
    attempts_.push_back(std::make_unique<Attempt>());
    attempts_.back()->task =
        Spawn(loop_, Connect(*this, *attempts_.back(), std::move(remote)));
  }

  // Waits until one has won, the newest has failed, or its time is over.
  Task<absl::Status> WaitForNext(absl::Duration delay) {
    FunctionTimer timer([this] {
      is_time_over_ = true;
      changed_.SetResult();
    });
    is_time_over_ = false;
    loop_.CallLater(timer, delay);
    while (!winner_.has_value() && !attempts_.back()->has_failed &&
           !is_time_over_) {
      STREAMS_CO_RETURN_IF_ERROR(co_await WaitForChange());
    }
    co_return absl::OkStatus();
  }

  // Waits until one has won, or all have failed.
  Task<absl::Status> WaitForEnd() {
    while (!winner_.has_value() &&
           !absl::c_all_of(attempts_, [](const auto& attempt) {
             return attempt->has_failed;
           })) {
      STREAMS_CO_RETURN_IF_ERROR(co_await WaitForChange());
    }
    co_return absl::OkStatus();
  }

  std::optional<StreamSocket>& winner() { return winner_; }

  // Of all attempts, in the order in which they began.
  std::vector<absl::Status> errors() const {
    std::vector<absl::Status> errors;
    for (const auto& attempt : attempts_) {
      absl::c_copy(attempt->errors, std::back_inserter(errors));
    }
    return errors;
  }

 private:
  struct Attempt {
    std::vector<absl::Status> errors;
    bool has_failed = false;
    // Last, so that it ends before what it refers to.
    TaskHandle<> task;
  };

  static Task<void> Connect(Race& race, Attempt& attempt,
                            SocketAddress remote) {
    absl::StatusOr<StreamSocket> socket = co_await ConnectSocketFrom(
        race.loop_, std::move(remote), race.locals_, attempt.errors);
    if (!socket.ok()) {
      attempt.has_failed = true;
    } else if (!race.winner_.has_value()) {
      race.winner_ = *std::move(socket);
    }
    race.changed_.SetResult();
  }

  Task<absl::Status> WaitForChange() {
    changed_.Reset();
    co_return co_await changed_;
  }

  EventLoop& loop_;
  std::vector<SocketAddress> locals_;
  Waiter changed_;
  bool is_time_over_ = false;
  std::optional<StreamSocket> winner_;
  std::vector<std::unique_ptr<Attempt>> attempts_;
};

}  // namespace

std::vector<SocketAddress> InterleaveFamilies(
    std::vector<SocketAddress> addresses, int64_t first_family_count) {
  std::vector<std::vector<SocketAddress>> families;
  for (SocketAddress& address : addresses) {
    const auto family = absl::c_find_if(families, [&](const auto& others) {
      return others.front().family() == address.family();
    });
    if (family != families.end()) {
      family->push_back(std::move(address));
    } else {
      families.push_back({std::move(address)});
    }
  }
  std::vector<SocketAddress> ordered;
  if (families.empty()) return ordered;
  std::vector<SocketAddress>& first = families.front();
  const auto ahead = std::min<int64_t>(std::max<int64_t>(first_family_count, 1),
                                       static_cast<int64_t>(first.size())) -
                     1;
  std::move(first.begin(), first.begin() + ahead, std::back_inserter(ordered));
  first.erase(first.begin(), first.begin() + ahead);
  for (size_t i = 0; ordered.size() < addresses.size(); ++i) {
    for (std::vector<SocketAddress>& family : families) {
      if (i < family.size()) ordered.push_back(std::move(family[i]));
    }
  }
  return ordered;
}

Task<absl::StatusOr<StreamSocket>> RaceToConnect(
    EventLoop& loop, std::vector<SocketAddress> remotes,
    std::vector<SocketAddress> locals, absl::Duration delay,
    std::vector<absl::Status>& errors) {
  Race race(loop, std::move(locals));
  for (size_t i = 0; i < remotes.size() && !race.winner().has_value(); ++i) {
    if (i > 0) STREAMS_CO_RETURN_IF_ERROR(co_await race.WaitForNext(delay));
    if (!race.winner().has_value()) race.Begin(remotes[i]);
  }
  STREAMS_CO_RETURN_IF_ERROR(co_await race.WaitForEnd());
  if (race.winner().has_value()) co_return *std::move(race.winner());
  errors = race.errors();
  co_return errors.back();
}

}  // namespace streams::internal
