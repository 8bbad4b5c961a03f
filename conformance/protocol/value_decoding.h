// SPDX-License-Identifier: Apache-2.0
//
// JSON to values, by the table of conformance/protocol/README.md. Internal to
// the codec: message_codec.h has the limits on lines.
#ifndef CONFORMANCE_PROTOCOL_VALUE_DECODING_H_
#define CONFORMANCE_PROTOCOL_VALUE_DECODING_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "nlohmann/json.hpp"

namespace conformance {

// How many bytes the `times` of one message may expand to, all in all. Of a
// testee's, no more than its line could hold without.
inline constexpr size_t kMaxExpandedBytes = size_t{256} << 20;
inline constexpr size_t kMaxExpandedResult = size_t{16} << 20;

// Whose message it is: a testee has nothing to refer to, see README.md.
enum class Sender { kRunner, kTestee };

// Decodes the values of one message. Errors begin with the path of the value.
class ValueDecoder {
 public:
  explicit ValueDecoder(Sender sender)
      : sender_(sender),
        most_expanded_(sender == Sender::kTestee ? kMaxExpandedResult
                                                 : kMaxExpandedBytes) {}

  absl::StatusOr<Value> DecodeValue(const nlohmann::json& json,
                                    absl::string_view path);
  absl::StatusOr<std::vector<Value>> DecodeValues(const nlohmann::json& json,
                                                  absl::string_view path);
  absl::StatusOr<NamedValues> DecodeNamed(const nlohmann::json& json,
                                          absl::string_view path);
  absl::StatusOr<ErrorValue> DecodeError(const nlohmann::json& json,
                                         absl::string_view path);

 private:
  absl::StatusOr<Value> DecodeObject(const nlohmann::json& json,
                                     absl::string_view path);
  absl::StatusOr<Value> DecodeBytes(const nlohmann::json& json,
                                    absl::string_view path);
  absl::StatusOr<Value> DecodeDict(const nlohmann::json& json,
                                   absl::string_view path);
  absl::StatusOr<Value> DecodeCall(const nlohmann::json& json,
                                   absl::string_view path);

  const Sender sender_;
  const size_t most_expanded_;
  int depth_ = 0;
  size_t expanded_ = 0;
};

// "path: problem", as kInvalidArgument.
absl::Status DecodingError(absl::string_view path, absl::string_view problem);

// What a JSON value is, for messages: "a number", "null" …
absl::string_view JsonTypeName(const nlohmann::json& json);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_VALUE_DECODING_H_
