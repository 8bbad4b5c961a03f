// SPDX-License-Identifier: Apache-2.0
#include "streams/benchmark/parse_cases.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/streams.h"

namespace streams_benchmark {
namespace {

using streams::StreamReader;
using streams::Task;

size_t LimitOfViews(const std::string& chunk) {
  size_t sum = 0;
  const char* data = chunk.data();
  const char* const end = data + chunk.size();
  while (data != end) {
    const size_t left = static_cast<size_t>(end - data);
    const auto* newline =
        static_cast<const char*>(std::memchr(data, '\n', left));
    sum += static_cast<size_t>(newline + 1 - data);
    data = newline + 1;
  }
  return sum;
}

size_t LimitOfStrings(const std::string& chunk) {
  size_t sum = 0;
  const char* data = chunk.data();
  const char* const end = data + chunk.size();
  while (data != end) {
    const size_t left = static_cast<size_t>(end - data);
    const auto* newline =
        static_cast<const char*>(std::memchr(data, '\n', left));
    const std::string line(data, newline + 1);
    sum += line.size();
    data = newline + 1;
  }
  return sum;
}

// --- With the library: coroutines, as in a program ---

Task<absl::Status> ReadLines(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader.ReadLine());
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ReadLinesInto(StreamReader& reader, size_t& sum) {
  std::string line;
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader.ReadLine().Into(line));
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ReadLineViews(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(const absl::string_view line,
                                co_await reader.ReadLineView());
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ReadUntilOne(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader.ReadUntil("\n"));
    sum += line.size();
  }
  co_return absl::OkStatus();
}

// Not within the coroutine, where g++ 12 knows no lists.
streams::ReadUntilSeparator UpToAnyOfFour(StreamReader& reader) {
  return reader.ReadUntil({"\n", "\r\n", ";", "\t"});
}

Task<absl::Status> ReadUntilFour(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await UpToAnyOfFour(reader));
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ReadUntilPrepared(StreamReader& reader, size_t& sum) {
  const streams::Separators separators = {"\n", "\r\n", ";", "\t"};
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader.ReadUntil(separators));
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ReadExactly(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    STREAMS_CO_ASSIGN_OR_RETURN(
        const std::string line,
        co_await reader.ReadExactly(static_cast<int64_t>(kLineSize)));
    sum += line.size();
  }
  co_return absl::OkStatus();
}

Task<absl::Status> ConsumeViews(StreamReader& reader, size_t& sum) {
  for (size_t i = 0; i < kLinesOfChunk; ++i) {
    const absl::string_view buffered = reader.buffered();
    const size_t length = buffered.find('\n') + 1;
    sum += length;
    STREAMS_CO_RETURN_IF_ERROR(reader.Consume(length));
  }
  co_return absl::OkStatus();
}

void ExitIfError(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::exit(1);
}

// One coroutine and one turn of the loop for a chunk.
template <Task<absl::Status> (*kRead)(StreamReader&, size_t&)>
size_t FeedAndRead(const std::string& chunk) {
  static streams::ReadyQueue loop;
  static StreamReader reader(loop);
  size_t sum = 0;
  ExitIfError(reader.FeedData(chunk));
  auto handle = streams::Spawn(loop, kRead(reader, sum));
  while (!handle.done()) loop.RunReady();
  ExitIfError(handle.TakeResult());
  return sum;
}

}  // namespace

const std::vector<ParseCase>& ParseCases() {
  static const auto* const cases = new std::vector<ParseCase>{
      {"memchr_views", LimitOfViews},
      {"memchr_strings", LimitOfStrings},
      {"buffered_and_consume", FeedAndRead<ConsumeViews>},
      {"read_line_view", FeedAndRead<ReadLineViews>},
      {"read_line", FeedAndRead<ReadLines>},
      {"read_line_into", FeedAndRead<ReadLinesInto>},
      {"read_until_1_separator", FeedAndRead<ReadUntilOne>},
      {"read_until_4_separators", FeedAndRead<ReadUntilFour>},
      {"read_until_4_prepared", FeedAndRead<ReadUntilPrepared>},
      {"read_exactly", FeedAndRead<ReadExactly>},
  };
  return *cases;
}

std::string MakeChunk() {
  std::string line(kLineSize, 'x');
  line.back() = '\n';
  std::string chunk;
  for (size_t i = 0; i < kLinesOfChunk; ++i) chunk += line;
  return chunk;
}

}  // namespace streams_benchmark
