// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/control_channel.h"

#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/message_codec.h"

namespace streams::testee {
namespace {

constexpr int kInput = 0;

}  // namespace

class ControlChannel::Handler final : public IoHandler {
 public:
  explicit Handler(ControlChannel& channel)
      : IoHandler(kInput), channel_(channel) {}

 private:
  void OnReadable() override { channel_.Receive(); }
  void OnWritable() override {}

  ControlChannel& channel_;
};

absl::Status ControlChannel::Join(EventLoop& loop) {
  if (has_ended_ || !error_.ok()) return absl::OkStatus();
  handler_ = std::make_unique<Handler>(*this);
  return loop.AddReader(*handler_);
}

std::string ControlChannel::TakeLine() {
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

void ControlChannel::Receive() {
  // One read of a ready descriptor does not block, whatever its mode is.
  std::array<char, 65536> bytes;
  const ssize_t count = os::Read(kInput, bytes.data(), bytes.size());
  if (count < 0) {
    if (errno == EAGAIN) return;
    error_ = OsError(errno);
    Leave();
    return;
  }
  if (count == 0) {
    has_ended_ = true;
    Leave();
    return;
  }
  absl::string_view rest(bytes.data(), static_cast<size_t>(count));
  for (size_t end = rest.find('\n'); end != absl::string_view::npos;
       end = rest.find('\n')) {
    absl::StrAppend(&partial_line_, rest.substr(0, end));
    lines_.push_back(std::exchange(partial_line_, std::string()));
    rest.remove_prefix(end + 1);
  }
  absl::StrAppend(&partial_line_, rest);
  if (partial_line_.size() > conformance::kMaxLineSize) {
    error_ = absl::InvalidArgumentError("a line of more than 16 MiB");
    Leave();
  }
}

void ControlChannel::Send(const conformance::TesteeMessage& message) {
  const std::string line = absl::StrCat(conformance::EncodeLine(message), "\n");
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

}  // namespace streams::testee
