// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/callbacks.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"

namespace streams::testee {
namespace {

absl::Status RaiseException(std::unique_ptr<StreamReader> /*reader*/,
                            std::unique_ptr<StreamWriter> /*writer*/) {
  return MakeError(ErrorKind::kValue, "raised by a callback");
}

Task<absl::Status> RaiseInTask(std::unique_ptr<StreamReader> /*reader*/,
                               std::unique_ptr<StreamWriter> /*writer*/) {
  co_return MakeError(ErrorKind::kValue, "raised by the task of a callback");
}

Task<absl::Status> ReturnAtOnce(std::unique_ptr<StreamReader> /*reader*/,
                                std::unique_ptr<StreamWriter> /*writer*/) {
  co_return absl::OkStatus();
}

}  // namespace

std::optional<ClientConnectedCallback> MakeCallback(
    absl::string_view name, std::shared_ptr<AcceptedPairs> pairs) {
  if (name == "accept") {
    return [pairs = std::move(pairs)](std::unique_ptr<StreamReader> reader,
                                      std::unique_ptr<StreamWriter> writer) {
      pairs->push_back({std::move(reader), std::move(writer)});
    };
  }
  if (name == "raise_exception") return ClientConnectedCallback(RaiseException);
  if (name == "raise_in_task") return ClientConnectedCallback(RaiseInTask);
  if (name == "return_at_once") return ClientConnectedCallback(ReturnAtOnce);
  return std::nullopt;
}

}  // namespace streams::testee
