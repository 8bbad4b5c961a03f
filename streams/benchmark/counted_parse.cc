// SPDX-License-Identifier: Apache-2.0
//
// Runs one case of parse_cases.h so many times, for whoever counts what that
// takes (counts_test):
//
//   counted_parse --case=read_line --chunks=10
//   counted_parse --list        names of all cases, one a line
//   counted_parse --build       how it was built: counts depend on it
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "streams/benchmark/parse_cases.h"

ABSL_FLAG(std::string, case, "", "which case; see --list");
ABSL_FLAG(int, chunks, 1, "how many chunks to read");
ABSL_FLAG(bool, list, false, "print the names of the cases");
ABSL_FLAG(bool, build, false, "print how this was built");

namespace {

#if defined(__clang__)
constexpr char kCompiler[] = "clang";
#else
constexpr char kCompiler[] = "gcc";
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#define STREAMS_BENCHMARK_SANITIZER 1
#endif
#endif

#if defined(STREAMS_BENCHMARK_SANITIZER)
constexpr char kMode[] = "sanitizer";
#elif defined(__OPTIMIZE__)
constexpr char kMode[] = "opt";
#else
constexpr char kMode[] = "fastbuild";
#endif

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_build)) {
    std::printf("%s-%s\n", kCompiler, kMode);
    return 0;
  }
  const bool list = absl::GetFlag(FLAGS_list);
  const std::string name = absl::GetFlag(FLAGS_case);
  for (const auto& parse_case : streams_benchmark::ParseCases()) {
    if (list) std::printf("%s\n", parse_case.name);
    if (name != parse_case.name) continue;
    const std::string chunk = streams_benchmark::MakeChunk();
    for (int i = 0; i < absl::GetFlag(FLAGS_chunks); ++i) {
      if (parse_case.parse(chunk) != chunk.size()) return 1;
    }
    return 0;
  }
  if (list) return 0;
  std::fprintf(stderr, "counted_parse: no case '%s'; see --list\n",
               name.c_str());
  return 2;
}
