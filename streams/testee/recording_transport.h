// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_RECORDING_TRANSPORT_H_
#define STREAMS_TESTEE_RECORDING_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "streams/streams.h"

namespace streams::testee {

// A transport that moves nothing and records what is done to it: `Transport` of
// the testee protocol.
class RecordingTransport final : public Transport {
 public:
  explicit RecordingTransport(bool pausable) : pausable_(pausable) {}

  // What was called since the last time.
  std::vector<std::string> TakeCalls() { return std::exchange(calls_, {}); }

  bool IsClosing() const override { return is_closing_; }
  void Close() override {
    calls_.push_back("close");
    is_closing_ = true;
  }
  void Abort() override {
    calls_.push_back("abort");
    is_closing_ = true;
  }
  void SetProtocol(std::shared_ptr<Protocol> protocol) override {
    protocol_ = std::move(protocol);
  }
  std::shared_ptr<Protocol> GetProtocol() const override { return protocol_; }
  bool IsReading() const override { return !is_closing_; }
  absl::Status PauseReading() override {
    calls_.push_back("pause_reading");
    if (pausable_) return absl::OkStatus();
    return MakeError(ErrorKind::kNotImplemented, "");
  }
  absl::Status ResumeReading() override { return Record("resume_reading"); }
  absl::Status Write(absl::string_view /*bytes*/) override {
    return Record("write");
  }
  absl::Status WriteLines(
      absl::Span<const absl::string_view> /*lines*/) override {
    return Record("writelines");
  }
  absl::Status WriteEof() override { return Record("write_eof"); }
  bool CanWriteEof() const override { return true; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t> /*high*/,
                                    std::optional<int64_t> /*low*/) override {
    return absl::OkStatus();
  }
  WriteBufferLimits GetWriteBufferLimits() const override { return {0, 0}; }
  size_t GetWriteBufferSize() const override { return 0; }

 private:
  absl::Status Record(const char* call) {
    calls_.push_back(call);
    return absl::OkStatus();
  }

  const bool pausable_;
  bool is_closing_ = false;
  std::vector<std::string> calls_;
  std::shared_ptr<Protocol> protocol_;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_RECORDING_TRANSPORT_H_
