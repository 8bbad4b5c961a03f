// SPDX-License-Identifier: Apache-2.0

// What a connection in its steady state asks of the heap: nothing but the
// strings that the caller is given, and not even those when he uses buffered().

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"
#include "streams/transport/string_pool.h"

namespace {

int64_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* const block = std::malloc(size);
  if (block == nullptr) std::abort();
  return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept {
  std::free(block);
}

namespace streams {
namespace {

constexpr int kRounds = 1000;

// Longer than what a std::string holds without the heap.
constexpr absl::string_view kLongLine =
    "a line that is longer than what a string keeps within itself\n";
constexpr absl::string_view kShortLine = "a line\n";

Task<absl::Status> Answer(StreamWriter& writer, absl::string_view bytes) {
  writer.Write(bytes);
  co_return co_await writer.Drain();
}

Task<absl::Status> EchoLines(std::unique_ptr<StreamReader> reader,
                             std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader->ReadLine());
    if (line.empty()) break;
    STREAMS_CO_RETURN_IF_ERROR(co_await Answer(*writer, line));
  }
  writer->Close();
  co_return absl::OkStatus();
}

Task<absl::Status> EchoInto(std::unique_ptr<StreamReader> reader,
                            std::unique_ptr<StreamWriter> writer) {
  std::string data;
  for (;;) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader->Read(65536).Into(data));
    if (data.empty()) break;
    STREAMS_CO_RETURN_IF_ERROR(co_await Answer(*writer, data));
  }
  writer->Close();
  co_return absl::OkStatus();
}

constexpr size_t kExactly = 60'000;

Task<absl::Status> EchoExactlyInto(std::unique_ptr<StreamReader> reader,
                                   std::unique_ptr<StreamWriter> writer) {
  std::string data;
  for (;;) {
    // The end of the stream is an error, and not what is counted.
    STREAMS_CO_RETURN_IF_ERROR(
        co_await reader->ReadExactly(kExactly).Into(data));
    STREAMS_CO_RETURN_IF_ERROR(co_await Answer(*writer, data));
  }
}

Task<absl::Status> EchoLinesInto(std::unique_ptr<StreamReader> reader,
                                 std::unique_ptr<StreamWriter> writer) {
  std::string line;
  for (;;) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader->ReadLine().Into(line));
    if (line.empty()) break;
    STREAMS_CO_RETURN_IF_ERROR(co_await Answer(*writer, line));
  }
  writer->Close();
  co_return absl::OkStatus();
}

// One byte is awaited; what came with it is looked at where it lies.
Task<absl::Status> EchoViews(std::unique_ptr<StreamReader> reader,
                             std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string first,
                                co_await reader->Read(1));
    if (first.empty()) break;
    writer->Write(first);
    writer->Write(reader->buffered());
    STREAMS_CO_RETURN_IF_ERROR(reader->Consume(reader->buffered().size()));
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return absl::OkStatus();
}

// The same for each line, corked.
Task<absl::Status> EchoLineViews(std::unique_ptr<StreamReader> reader,
                                 std::unique_ptr<StreamWriter> writer) {
  writer->set_cork(true);
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const absl::string_view line,
                                co_await reader->ReadLineView());
    if (line.empty()) break;
    writer->Write(line);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return absl::OkStatus();
}

// Not within a coroutine, where g++ 12 knows no lists.
ReadUntilSeparator ReadWord(StreamReader& reader) {
  return reader.ReadUntil({" ", "\t", "\r\n", "\v"});
}

Task<absl::Status> EchoPieces(std::unique_ptr<StreamReader> reader,
                              std::unique_ptr<StreamWriter> writer) {
  const Separators prepared = {"ab", "abc", "\n"};
  for (;;) {
    // The end of the stream is an error, and not what is counted.
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string word,
                                co_await ReadWord(*reader));
    writer->Write(word);
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string rest,
                                co_await reader->ReadUntil(prepared));
    writer->Write(rest);
  }
}

using Handler = Task<absl::Status> (*)(std::unique_ptr<StreamReader>,
                                       std::unique_ptr<StreamWriter>);

class AllocationTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
    GTEST_SKIP() << "frames are not pooled, so that the sanitizer sees them";
#endif
  }

  // How many allocations it took the server to echo `message` kRounds times,
  // when it had done so often enough to have all that it keeps.
  int64_t CountFor(Handler handler, absl::string_view message,
                   size_t parts = 1) {
    auto sockets = StreamSocket::CreatePair().value();
    const StreamSocket peer = std::move(sockets.second);
    StreamPair connection =
        loop_
            .RunUntilComplete(OpenConnection(
                loop_,
                OpenConnectionOptions().set_socket(
                    std::make_shared<StreamSocket>(std::move(sockets.first)))))
            .value();
    auto task = Spawn(loop_, handler(std::move(connection.reader),
                                     std::move(connection.writer)));
    RoundTrips(peer, message, parts);
    const int64_t before = allocations;
    RoundTrips(peer, message, parts);
    const int64_t count = allocations - before;
    task.Reset();
    loop_.RunTurn(absl::ZeroDuration());
    return count;
  }

  // Each message in so many parts of a size, with a turn after each.
  void RoundTrips(const StreamSocket& peer, absl::string_view message,
                  size_t parts) {
    const size_t size = message.size() / parts;
    for (int i = 0; i < kRounds; ++i) {
      for (size_t part = 0; part < parts; ++part) {
        ASSERT_EQ(os::Send(peer.fd(), message.data() + part * size, size),
                  static_cast<ssize_t>(size));
        loop_.RunTurn(absl::ZeroDuration());
      }
      size_t answered = 0;
      while (answered < message.size()) {
        loop_.RunTurn(absl::ZeroDuration());
        const ssize_t count = os::Receive(peer.fd(), answer_.data() + answered,
                                          answer_.size() - answered);
        ASSERT_NE(count, 0) << "the echo has ended";
        if (count > 0) answered += static_cast<size_t>(count);
      }
      ASSERT_EQ(absl::string_view(answer_.data(), answered), message);
    }
  }

  std::array<char, 131072> answer_;
  EventLoop loop_;
};

TEST_F(AllocationTest, ALongLineIsTheStringThatIsReturned) {
  EXPECT_EQ(CountFor(EchoLines, kLongLine), kRounds);
}

TEST_F(AllocationTest, AShortLineIsNothing) {
  EXPECT_EQ(CountFor(EchoLines, kShortLine), 0);
}

TEST_F(AllocationTest, ALongLineIntoAStringThatIsThereIsNothing) {
  EXPECT_EQ(CountFor(EchoLinesInto, kLongLine), 0);
}

TEST_F(AllocationTest, BytesIntoAStringAreNothing) {
  EXPECT_EQ(CountFor(EchoInto, kLongLine), 0);
}

// Received into strings that are given away, and come back.
TEST_F(AllocationTest, LargeMessagesIntoAStringAreNothing) {
  EXPECT_EQ(CountFor(EchoInto, std::string(50'000, 'x')), 0);
}

// More than is read at once, and therefore in two strings.
TEST_F(AllocationTest, VeryLargeMessagesIntoAStringAreNothing) {
  EXPECT_EQ(CountFor(EchoInto, std::string(100'000, 'x')), 0);
  EXPECT_LT(internal::StringPool::FreeBytes(), size_t{1} << 20);
}

// What is put together from parts is in no string that could be given away.
TEST_F(AllocationTest, LargeMessagesInPartsIntoAStringAreNothing) {
  EXPECT_EQ(CountFor(EchoExactlyInto, std::string(kExactly, 'x'), /*parts=*/4),
            0);
  EXPECT_LT(internal::StringPool::FreeBytes(), size_t{1} << 20);
}

// And those that nobody wants to have.
TEST_F(AllocationTest, LinesOfALargeMessageIntoAStringAreNothing) {
  std::string lines;
  while (lines.size() < 6'000) lines += std::string(kLongLine);
  EXPECT_EQ(CountFor(EchoLinesInto, lines), 0);
}

TEST_F(AllocationTest, ViewsAreNothing) {
  EXPECT_EQ(CountFor(EchoViews, kLongLine), 0);
}

TEST_F(AllocationTest, LineViewsAndTheCorkAreNothing) {
  EXPECT_EQ(
      CountFor(EchoLineViews, std::string(kLongLine) + std::string(kLongLine) +
                                  std::string(kShortLine)),
      0);
}

TEST_F(AllocationTest, SeparatorsAreNothing) {
  EXPECT_EQ(CountFor(EchoPieces, kShortLine), 0);
}

}  // namespace
}  // namespace streams
