// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_TESTEE_H_
#define STREAMS_TESTEE_TESTEE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/message.h"
#include "conformance/protocol/value.h"
#include "streams/streams.h"
#include "streams/testee/call.h"
#include "streams/testee/control_channel.h"
#include "streams/testee/item.h"

namespace streams::testee {

// The library as a testee of the conformance suite: speaks the protocol of
// conformance/protocol/README.md, which says what each message means.
//
// One message is handled between two turns of the event loop. Every scenario
// has a loop of its own: `reset` destroys everything the one before has left,
// loop and all, which is a test of the library in itself.
class Testee {
 public:
  Testee();
  Testee(const Testee&) = delete;
  Testee& operator=(const Testee&) = delete;
  ~Testee();

  // Serves until `bye` or the end of input; then OK. Otherwise why it cannot go
  // on: the runner sent what no runner should, or nothing can be read.
  absl::Status Run();

 private:
  class Running;

  struct Counts {
    int64_t open_descriptors = 0;
    int64_t live_tasks = 0;
    int64_t unclosed_transports = 0;
  };

  absl::Status HandleLine(const std::string& line);

  absl::Status Handle(const conformance::HelloRequest& message);
  absl::Status Handle(const conformance::Reset& message);
  absl::Status Handle(const conformance::Op& message);
  absl::Status Handle(const conformance::Batch& message);
  absl::Status Handle(const conformance::Settle& message);
  absl::Status Handle(const conformance::Cancel& message);
  absl::Status Handle(const conformance::Drop& message);
  absl::Status Handle(const conformance::Advance& message);
  absl::Status Handle(const conformance::StatsRequest& message);
  absl::Status Handle(const conformance::Bye& message);

  // A new loop, and nothing in it.
  absl::Status StartLoop();
  void EndLoop();

  // Makes a call, or reads an attribute.
  absl::StatusOr<Answer> Perform(const std::string& target,
                                 conformance::Op::Form form,
                                 const std::string& name,
                                 const std::vector<conformance::Value>& args,
                                 const conformance::NamedValues& kwargs);
  absl::StatusOr<Item> LookUp(const std::string& path);
  absl::StatusOr<Argument> Resolve(const conformance::Value& value);

  // An op has come to its end.
  void Finish(int64_t id, const std::vector<std::string>& bind,
              absl::StatusOr<Item> result);
  absl::Status Bind(const std::vector<std::string>& names, const Item& item);

  Counts Count() const;
  void SendEvent(absl::string_view name, absl::string_view message);

  ControlChannel channel_;
  std::unique_ptr<EventLoop> loop_;
  std::map<std::string, Item> names_;
  std::map<int64_t, std::unique_ptr<Running>> running_;
  Counts base_;
  bool is_quiet_ = true;  // Nothing to report between two scenarios.
  bool is_over_ = false;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_TESTEE_H_
