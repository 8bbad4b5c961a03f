// SPDX-License-Identifier: Apache-2.0
//
// Times the cases of parse_cases.h; an iteration is a chunk, an item a line:
//
//   parse_benchmark [--benchmark_filter=read_line] [--benchmark_…]
#include "benchmark/benchmark.h"
#include "streams/benchmark/parse_cases.h"

namespace {

using streams_benchmark::kLinesOfChunk;
using streams_benchmark::MakeChunk;
using streams_benchmark::ParseCase;
using streams_benchmark::ParseCases;
using streams_benchmark::ParseFunction;

void Time(benchmark::State& state, ParseFunction parse) {
  const std::string chunk = MakeChunk();
  for (auto _ : state) {
    if (parse(chunk) != chunk.size()) state.SkipWithError("not all was read");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(kLinesOfChunk));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const ParseCase& parse_case : ParseCases()) {
    benchmark::RegisterBenchmark(parse_case.name, Time, parse_case.parse);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
