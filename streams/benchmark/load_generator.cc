// SPDX-License-Identifier: Apache-2.0
//
// The load of the benchmarks: N connections, each sends a message, waits until
// all of it has come back, and sends the next. Bounded in time and in count.
//
//   load_generator --port=N --connections=50 --size=1024 --seconds=1
//                  [--pipeline=1] [--line] [--reconnect] [--tls] [--ready]
//
// Prints one line of JSON: {"requests": n, "seconds": s, "cpu_seconds": c}, the
// last being its own CPU time, which tells whether it was the bottleneck.
//
// With --ready it prints `ready` when its connections stand and have carried a
// message each, starts at a line on stdin, and keeps the connections until
// stdin ends: whoever measures sees neither their opening nor their end, and
// can look at them while they are idle.
#include <stdio.h>
#include <time.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "streams/benchmark/load.h"

ABSL_FLAG(std::string, host, "127.0.0.1", "IPv4 address of the server");
ABSL_FLAG(int, port, 0, "TCP port of the server");
ABSL_FLAG(int, connections, 50, "concurrent connections, 1 to 10000");
ABSL_FLAG(int, size, 1024, "bytes of a message");
ABSL_FLAG(int, pipeline, 1, "messages that are sent together");
ABSL_FLAG(bool, line, false, "messages are lines: the last byte is \\n");
ABSL_FLAG(bool, reconnect, false, "each batch on a connection of its own");
ABSL_FLAG(bool, tls, false, "TLS 1.3; the certificate is not verified");
ABSL_FLAG(bool, ready, false, "be told when to start and to end; see above");
ABSL_FLAG(double, seconds, 1.0, "how long to run, at most 60");
ABSL_FLAG(int64_t, requests, int64_t{1} << 40, "how many requests at most");

namespace {

using streams_benchmark::Destination;
using streams_benchmark::Load;

bool InRange(const char* flag, double value, double low, double high) {
  if (value >= low && value <= high) return true;
  fprintf(stderr, "load_generator: --%s must be from %g to %g\n", flag, low,
          high);
  return false;
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) / 1e9;
}

// False at the end of stdin.
bool AwaitLine() {
  for (;;) {
    const int character = getchar();
    if (character == '\n') return true;
    if (character == EOF) return false;
  }
}

void RunAndPrint(Load& load) {
  const double cpu_start = CpuSeconds();
  const Load::Clock::time_point start = Load::Clock::now();
  const int64_t done = load.Run(
      start + std::chrono::microseconds(
                  static_cast<int64_t>(absl::GetFlag(FLAGS_seconds) * 1e6)),
      absl::GetFlag(FLAGS_requests));
  const std::chrono::duration<double> elapsed = Load::Clock::now() - start;
  printf("{\"requests\": %lld, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n",
         static_cast<long long>(done), elapsed.count(),
         CpuSeconds() - cpu_start);
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const int size = absl::GetFlag(FLAGS_size);
  const int connections = absl::GetFlag(FLAGS_connections);
  const int pipeline = absl::GetFlag(FLAGS_pipeline);
  if (!InRange("size", size, 1, 1 << 24) ||
      !InRange("connections", connections, 1, 10000) ||
      !InRange("pipeline", pipeline, 1, 10000) ||
      !InRange("seconds", absl::GetFlag(FLAGS_seconds), 0.001, 60) ||
      !InRange("port", absl::GetFlag(FLAGS_port), 1, 65535)) {
    return 2;
  }
  std::string message(static_cast<size_t>(size), 'x');
  if (absl::GetFlag(FLAGS_line)) message.back() = '\n';
  Destination destination;
  destination.host = absl::GetFlag(FLAGS_host);
  destination.port = static_cast<uint16_t>(absl::GetFlag(FLAGS_port));
  destination.tls = absl::GetFlag(FLAGS_tls);
  Load load(destination, message, pipeline, absl::GetFlag(FLAGS_reconnect));
  load.Open(connections);
  if (!absl::GetFlag(FLAGS_ready)) {
    RunAndPrint(load);
    return 0;
  }
  printf("ready\n");
  fflush(stdout);
  if (!AwaitLine()) return 0;
  RunAndPrint(load);
  AwaitLine();
  return 0;
}
