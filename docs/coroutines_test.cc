// SPDX-License-Identifier: Apache-2.0

// The safe forms of coroutines.md do what the page says.

#include "docs/coroutine_forms.inc"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace {

using streams::ErrorKind;
using streams::EventLoop;
using streams::GetErrorKind;
using streams::OpenConnectionOptions;
using streams::StreamPair;
using streams::StreamReader;
using streams::StreamSocket;
using streams::Task;

// Two ends that are connected with each other.
Task<absl::StatusOr<std::pair<StreamPair, StreamPair>>> ConnectPair(
    EventLoop& loop) {
  STREAMS_CO_ASSIGN_OR_RETURN(auto sockets, StreamSocket::CreatePair());
  OpenConnectionOptions first;
  first.set_socket(std::make_shared<StreamSocket>(std::move(sockets.first)));
  OpenConnectionOptions second;
  second.set_socket(std::make_shared<StreamSocket>(std::move(sockets.second)));
  STREAMS_CO_ASSIGN_OR_RETURN(StreamPair ours,
                              co_await OpenConnection(loop, first));
  STREAMS_CO_ASSIGN_OR_RETURN(StreamPair theirs,
                              co_await OpenConnection(loop, second));
  co_return std::make_pair(std::move(ours), std::move(theirs));
}

class CoroutinesTest : public testing::Test {
 protected:
  CoroutinesTest() {
    auto pairs = loop_.RunUntilComplete(ConnectPair(loop_));
    ours_ = std::move(pairs->first);
    theirs_ = std::move(pairs->second);
  }
  ~CoroutinesTest() override {
    if (ours_.writer != nullptr) ours_.writer->Close();
    theirs_.writer->Close();
  }

  std::string Received(int64_t count) {
    auto bytes = loop_.RunUntilComplete(theirs_.reader->ReadExactly(count));
    return bytes.ok() ? *bytes : std::string(bytes.status().message());
  }

  EventLoop loop_;
  StreamPair ours_;
  StreamPair theirs_;
};

TEST_F(CoroutinesTest, ArgumentsByValueOutliveTheirCall) {
  auto greeting = [this] {
    // Long enough to be on the heap, where a sanitizer sees its end.
    const std::string name(100, 'x');
    return Spawn(loop_, arguments::Greet(*ours_.writer, name));
  }();
  EXPECT_TRUE(loop_.RunUntilDone(greeting).ok());
  EXPECT_EQ(Received(100), std::string(100, 'x'));
}

TEST_F(CoroutinesTest, APlainLambdaCallsTheCoroutine) {
  auto settings = std::make_shared<lambdas::Settings>();
  settings->greeting = "hello, ";
  auto server = loop_.RunUntilComplete(lambdas::StartGreeter(loop_, settings));
  settings.reset();
  ASSERT_TRUE(server.ok()) << server.status().message();
  const auto address = *(*server)->Sockets()[0]->GetSockName();
  auto client = loop_.RunUntilComplete(
      OpenConnection(loop_, address.host(), address.port()));
  ASSERT_TRUE(client.ok()) << client.status().message();
  client->writer->Write("world\n");
  auto greeting = loop_.RunUntilComplete(client->reader->Read());
  EXPECT_EQ(*greeting, "hello, world\n");
  client->writer->Close();
  (*server)->Close();
}

TEST_F(CoroutinesTest, ADetachedTaskRunsOn) {
  int turns = -1;
  background::CountTurns(loop_, turns);
  while (turns < 3) loop_.RunTurn(absl::ZeroDuration());
  EXPECT_EQ(turns, 3);
}

TEST_F(CoroutinesTest, AViewIsUsedBeforeAnAwait) {
  ASSERT_TRUE(ours_.reader->FeedData("bytes").ok());
  const absl::Status status =
      loop_.RunUntilComplete(views::Relay(*ours_.reader, *ours_.writer));
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(ours_.reader->buffered(), "");
  EXPECT_EQ(Received(5), "bytes");
}

TEST_F(CoroutinesTest, WhatIsNotHandledIsReturned) {
  auto reader = StreamReader::Create(loop_, 4);
  ASSERT_TRUE((*reader)->FeedData("longer than that\nab\nc\n").ok());
  int lines = 0;
  auto task = Spawn(loop_, cancelling::SkipLongLines(**reader, lines));
  while (lines < 2) loop_.RunTurn(absl::ZeroDuration());
  EXPECT_FALSE(task.done());
  task.Cancel();
  EXPECT_EQ(GetErrorKind(loop_.RunUntilDone(task)), ErrorKind::kCancelled);
}

TEST_F(CoroutinesTest, AWriterIsClosedWhateverTheConversationCameTo) {
  int warnings = 0;
  loop_.SetWarningHandler(
      [&warnings](absl::string_view, absl::string_view) { ++warnings; });
  auto task = Spawn(loop_, closing::HandleClient(std::move(ours_.reader),
                                                 std::move(ours_.writer)));
  loop_.RunTurn(absl::ZeroDuration());
  task.Cancel();
  EXPECT_EQ(GetErrorKind(loop_.RunUntilDone(task)), ErrorKind::kCancelled);
  EXPECT_EQ(warnings, 0);
  EXPECT_EQ(*loop_.RunUntilComplete(theirs_.reader->Read()), "");
}

TEST_F(CoroutinesTest, ASecondReadIsRefusedWhileTheFirstWaits) {
  auto first = Spawn(loop_, ours_.reader->ReadLine());
  loop_.RunTurn(absl::ZeroDuration());
  auto second = loop_.RunUntilComplete(ours_.reader->ReadLine());
  EXPECT_EQ(GetErrorKind(second.status()), ErrorKind::kRuntime);
}

}  // namespace
