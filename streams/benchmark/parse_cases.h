// SPDX-License-Identifier: Apache-2.0
//
// What is read in memory, without a socket: lines of 64 bytes, fed to a reader
// in chunks of 64 KiB. The same cases are timed (parse_benchmark) and counted
// (counted_parse).
#ifndef STREAMS_BENCHMARK_PARSE_CASES_H_
#define STREAMS_BENCHMARK_PARSE_CASES_H_

#include <cstddef>
#include <string>
#include <vector>

namespace streams_benchmark {

inline constexpr size_t kLineSize = 64;
inline constexpr size_t kLinesOfChunk = 1024;

// Takes a chunk apart, and returns how many bytes its lines had together.
using ParseFunction = size_t (*)(const std::string& chunk);

struct ParseCase {
  const char* name;  // Stable: it is a key of the recorded counts.
  ParseFunction parse;
};

// What the library can do, and first what could be done at best: memchr() over
// a chunk that lies there already.
const std::vector<ParseCase>& ParseCases();

// Lines, each ended by "\n".
std::string MakeChunk();

}  // namespace streams_benchmark

#endif  // STREAMS_BENCHMARK_PARSE_CASES_H_
