// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_PAUSABLE_TRANSPORT_H_
#define STREAMS_PAUSABLE_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/transport/transport.h"

namespace streams {

// A transport that can be paused, resumed and closed: what a reader asks of
// one, and the task of a server's handler. For tests.
class PausableTransport final : public Transport {
 public:
  // What the next calls return.
  void set_pause_status(absl::Status status) {
    pause_status_ = std::move(status);
  }
  void set_resume_status(absl::Status status) {
    resume_status_ = std::move(status);
  }
  // How often PauseReading() was called.
  int pauses() const { return pauses_; }

  bool IsReading() const override { return is_reading_; }
  absl::Status PauseReading() override {
    ++pauses_;
    if (pause_status_.ok()) is_reading_ = false;
    return pause_status_;
  }
  absl::Status ResumeReading() override {
    is_reading_ = true;
    return resume_status_;
  }

  bool IsClosing() const override { return is_closing_; }
  void Close() override { is_closing_ = true; }
  void Abort() override { is_closing_ = true; }
  void SetProtocol(std::shared_ptr<Protocol>) override {}
  std::shared_ptr<Protocol> GetProtocol() const override { return nullptr; }
  absl::Status Write(absl::string_view) override { return absl::OkStatus(); }
  absl::Status WriteLines(absl::Span<const absl::string_view>) override {
    return absl::OkStatus();
  }
  absl::Status WriteEof() override { return absl::OkStatus(); }
  bool CanWriteEof() const override { return true; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t>,
                                    std::optional<int64_t>) override {
    return absl::OkStatus();
  }
  WriteBufferLimits GetWriteBufferLimits() const override { return {0, 0}; }
  size_t GetWriteBufferSize() const override { return 0; }

 private:
  bool is_closing_ = false;
  bool is_reading_ = true;
  int pauses_ = 0;
  absl::Status pause_status_;
  absl::Status resume_status_;
};

}  // namespace streams

#endif  // STREAMS_PAUSABLE_TRANSPORT_H_
