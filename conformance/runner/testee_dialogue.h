// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_TESTEE_DIALOGUE_H_
#define CONFORMANCE_RUNNER_TESTEE_DIALOGUE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/message.h"
#include "conformance/runner/command_line.h"
#include "conformance/runner/testee_process.h"

namespace conformance {

// The testee protocol as a conversation: messages out, and the state of every
// op as the answers come in. Whatever the protocol does not allow is a failure
// of the kind kProtocolError.
//
// As with TesteeProcess, a failure is final. Calls that return false or nothing
// have set failure(). May be used from any one thread.
class TesteeDialogue {
 public:
  // Starts the program and says hello. Never null: look at failure().
  static std::unique_ptr<TesteeDialogue> Start(
      const CommandLine& command, std::chrono::milliseconds deadline);

  const Hello& hello() const { return hello_; }
  const std::optional<TesteeFailure>& failure() const {
    return process_->failure();
  }

  // Makes the testee forget everything, and this object likewise: ids begin
  // at 1 again.
  bool Reset(absl::string_view scenario);

  std::int64_t NextId() { return ++last_id_; }

  // Sends the message; what has to answer it is remembered.
  bool Send(const RunnerMessage& message);
  // Waits until everything sent has been acknowledged.
  bool AwaitAcknowledgements();
  // Lets the testee settle, everything sent before having been acknowledged.
  bool Settle();
  bool AwaitDone(std::int64_t id);
  std::optional<Stats> GetStats();

  // How the op ended; null as long as it has not.
  const Done* FindDone(std::int64_t id) const;

  // The names of the events since the last call.
  std::vector<std::string> TakeEvents();

  std::string TakeStderr() { return process_->TakeStderr(); }
  // The messages since the last call: "-> {…}" and "<- {…}", long ones cut, and
  // of very many the first ones.
  std::vector<std::string> TakeWireLog();

  bool Shutdown() { return process_->Shutdown(); }

 private:
  struct OpState {
    bool acknowledged = false;
    bool is_op = false;
    std::optional<Done> done;
  };

  explicit TesteeDialogue(std::unique_ptr<TesteeProcess> process)
      : process_(std::move(process)) {}

  bool SayHello();
  void Remember(std::int64_t id, bool is_op);
  // Receives one answer, and the events before it, and files them. False: see
  // failure().
  bool ReceiveOne();
  bool File(TesteeMessage message, absl::string_view line);
  bool FileAnswer(const Ack& ack);
  bool FileAnswer(Done done);
  bool Nonsense(absl::string_view what, absl::string_view line);
  void Log(absl::string_view direction, absl::string_view line);

  std::unique_ptr<TesteeProcess> process_;
  Hello hello_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, OpState> ops_;
  std::size_t unacknowledged_ = 0;
  // What the runner waits for; a message of that kind is nonsense otherwise.
  bool awaits_hello_ = false;
  bool awaits_ready_ = false;
  bool awaits_settled_ = false;
  bool awaits_stats_ = false;
  Stats stats_;
  std::vector<std::string> events_;
  std::size_t message_count_ = 0;
  std::vector<std::string> log_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_TESTEE_DIALOGUE_H_
