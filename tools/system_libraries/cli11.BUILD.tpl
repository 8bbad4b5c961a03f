# SPDX-License-Identifier: Apache-2.0
"""CLI11, with the label of the Bazel Central Registry.

It throws: a target that includes it has copts = ["-fexceptions"].
"""

cc_library(
    name = "cli11",
    hdrs = glob(["include/CLI/**/*.hpp"]),
    includes = ["include"],
    visibility = ["//visibility:public"],
)
