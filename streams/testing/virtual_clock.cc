// SPDX-License-Identifier: Apache-2.0
#include "streams/testing/virtual_clock.h"

#include <cstdio>
#include <cstdlib>

#include "absl/time/time.h"

namespace streams {

absl::Duration VirtualClock::Block(absl::Duration wait) {
  if (wait == absl::ZeroDuration()) idle_turns_ = 0;
  return absl::ZeroDuration();
}

void VirtualClock::OnIdle(absl::Duration wait) {
  if (autojump_ && wait != absl::InfiniteDuration()) {
    now_ += wait;
    idle_turns_ = 0;
    return;
  }
  if (++idle_turns_ < kMaxIdleTurns) return;
  std::fputs("VirtualClock: the loop waits, and no timer will wake it\n",
             stderr);
  std::abort();
}

}  // namespace streams
