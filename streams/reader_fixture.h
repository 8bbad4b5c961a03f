// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READER_FIXTURE_H_
#define STREAMS_READER_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/reader.h"

namespace streams {

// A reader without a connection, which the test feeds. For tests.
class ReaderFixture : public testing::Test {
 protected:
  // Lets everything run that is ready, and what that makes ready.
  void Settle() {
    while (loop_.has_ready()) loop_.RunReady();
  }

  template <class Operation>
  auto Start(Operation operation) {
    auto handle = Spawn(loop_, std::move(operation));
    Settle();
    return handle;
  }

  // The result of a call that the buffer can answer.
  template <class Operation>
  auto Now(Operation operation) {
    auto handle = Start(std::move(operation));
    EXPECT_TRUE(handle.done());
    return handle.TakeResult();
  }

  void Feed(absl::string_view bytes) {
    ASSERT_TRUE(reader_->FeedData(bytes).ok());
  }

  void SetLimit(int64_t limit) {
    reader_ = StreamReader::Create(loop_, limit).value();
  }

  ReadyQueue loop_;
  std::unique_ptr<StreamReader> reader_ = std::make_unique<StreamReader>(loop_);
};

}  // namespace streams

#endif  // STREAMS_READER_FIXTURE_H_
