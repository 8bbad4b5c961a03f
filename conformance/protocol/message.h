// SPDX-License-Identifier: Apache-2.0
//
// The messages of the testee protocol, as types. conformance/protocol/README.md
// is normative and says what each means; message_codec.h turns them into lines
// and back. A new message is a struct here, an entry in its variant, and its
// two functions in the codec (whose compilation fails until they are there).
//
// Plain data: copyable, comparable, no invariants beyond those that the decoder
// checks.
#ifndef CONFORMANCE_PROTOCOL_MESSAGE_H_
#define CONFORMANCE_PROTOCOL_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/protocol/value.h"

namespace conformance {

inline constexpr int kProtocolVersion = 1;

// The longest line, its newline not counted.
inline constexpr size_t kMaxLineSize = size_t{16} << 20;

// --- runner to testee -------------------------------------------------------

struct HelloRequest {
  int64_t protocol = kProtocolVersion;
  bool operator==(const HelloRequest&) const = default;
};

struct Reset {
  std::string scenario;
  bool operator==(const Reset&) const = default;
};

struct Op {
  enum class Form { kCall, kGet };

  int64_t id = 0;
  std::string target;  // Empty (null on the wire): a function.
  Form form = Form::kCall;
  std::string name;  // Of the method, function or attribute.
  std::vector<Value> args;
  NamedValues kwargs;
  bool await = false;
  std::vector<std::string> bind;
  bool operator==(const Op&) const = default;
};

struct Cancel {
  int64_t id = 0;
  int64_t of = 0;
  bool operator==(const Cancel&) const = default;
};

struct Drop {
  int64_t id = 0;
  std::vector<std::string> names;
  bool operator==(const Drop&) const = default;
};

struct Batch {
  using Item = std::variant<Op, Cancel, Drop>;
  std::vector<Item> ops;
  bool operator==(const Batch&) const = default;
};

struct Settle {
  bool operator==(const Settle&) const = default;
};

struct Advance {
  int64_t id = 0;
  double seconds = 0;
  bool operator==(const Advance&) const = default;
};

struct StatsRequest {
  bool operator==(const StatsRequest&) const = default;
};

struct Bye {
  bool operator==(const Bye&) const = default;
};

using RunnerMessage = std::variant<HelloRequest, Reset, Op, Batch, Settle,
                                   Cancel, Drop, Advance, StatsRequest, Bye>;

// --- testee to runner -------------------------------------------------------

struct Hello {
  int64_t protocol = kProtocolVersion;
  std::string implementation_name;
  std::string implementation_version;
  std::string edition;  // "3.11.2" or "3.15"
  std::vector<std::string> capabilities;
  std::vector<std::string> without;
  bool operator==(const Hello&) const = default;
};

struct Ready {
  bool operator==(const Ready&) const = default;
};

struct Ack {
  int64_t id = 0;
  bool operator==(const Ack&) const = default;
};

struct Done {
  int64_t id = 0;
  // What the call returned, or, if `raised`, always an ErrorValue. An exception
  // that was *returned* is an ErrorValue too, with `raised` false.
  Value result;
  bool raised = false;
  bool operator==(const Done&) const = default;
};

struct Settled {
  bool operator==(const Settled&) const = default;
};

struct Stats {
  // Each member of the message but `type`: "open_descriptors" …
  std::map<std::string, int64_t> counts;
  bool operator==(const Stats&) const = default;
};

struct Event {
  std::string name;
  std::string message;
  bool operator==(const Event&) const = default;
};

using TesteeMessage =
    std::variant<Hello, Ready, Ack, Done, Settled, Stats, Event>;

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_MESSAGE_H_
