// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_CONTROL_CHANNEL_H_
#define STREAMS_TESTEE_CONTROL_CHANNEL_H_

#include <deque>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "conformance/protocol/message.h"
#include "streams/streams.h"

namespace streams::testee {

// The lines from and to the runner: standard input, as one more descriptor of
// the event loop, and standard output.
class ControlChannel {
 public:
  ControlChannel() = default;

  // Reads in the turns of `loop` until Leave().
  absl::Status Join(EventLoop& loop);
  void Leave() { handler_ = nullptr; }

  // Whole lines that have arrived, oldest first.
  bool has_line() const { return !lines_.empty(); }
  std::string TakeLine();

  // End of input; there may be lines left.
  bool has_ended() const { return has_ended_; }
  // What went wrong: then nothing more arrives.
  const absl::Status& error() const { return error_; }

  // Writes a whole line at once.
  void Send(const conformance::TesteeMessage& message);

 private:
  class Handler;

  void Receive();

  std::unique_ptr<IoHandler> handler_;
  std::string partial_line_;
  std::deque<std::string> lines_;
  bool has_ended_ = false;
  absl::Status error_;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_CONTROL_CHANNEL_H_
