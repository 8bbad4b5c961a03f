// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_TESTING_VIRTUAL_CLOCK_H_
#define STREAMS_TESTING_VIRTUAL_CLOCK_H_

#include "absl/time/time.h"
#include "streams/loop/clock.h"

namespace streams {

// Time that stands still, so that tests of delays and time-outs are exact and
// take none:
//
//   VirtualClock clock;
//   EventLoop loop(clock);
//   loop.RunUntilComplete(Sleep(loop, absl::Hours(1)));   // Returns at once.
//
// It jumps to the next timer when the loop would wait for it and no descriptor
// is ready. A loop that has no timer and nothing ready still never blocks: it
// would turn for ever, waiting for nobody; so the clock counts, and aborts with
// a message after kMaxIdleTurns of those in a row.
//
// With set_autojump(false) it moves by Advance() only. (Real sockets and
// threads know nothing of it: don't let the clock jump over their answers.)
class VirtualClock final : public Clock {
 public:
  static constexpr int kMaxIdleTurns = 100000;

  absl::Duration Now() override { return now_; }
  absl::Duration Block(absl::Duration wait) override;
  void OnIdle(absl::Duration wait) override;
  void OnReady() override { idle_turns_ = 0; }

  void Advance(absl::Duration by) { now_ += by; }
  void set_autojump(bool on) { autojump_ = on; }

 private:
  absl::Duration now_ = absl::Seconds(1000);
  bool autojump_ = true;
  int idle_turns_ = 0;
};

}  // namespace streams

#endif  // STREAMS_TESTING_VIRTUAL_CLOCK_H_
