# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark, with upstream's labels."""

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "benchmark",
    srcs = ["lib/libbenchmark.so"],
    hdrs = glob(["include/benchmark/*.h"]),
    includes = ["include"],
    linkopts = ["-lpthread"],
)

cc_library(
    name = "benchmark_main",
    srcs = ["lib/libbenchmark_main.a"],
    hdrs = glob(["include/benchmark/*.h"]),
    includes = ["include"],
    deps = [":benchmark"],
)
