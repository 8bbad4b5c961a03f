// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/clock.h"

#include <chrono>

#include "absl/time/time.h"

namespace streams {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Duration Now() override {
    return absl::FromChrono(
        std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock* const clock = new SystemClock;
  return *clock;
}

}  // namespace streams
