# SPDX-License-Identifier: Apache-2.0
"""JSON for Modern C++, with the label of the Bazel Central Registry."""

cc_library(
    name = "json",
    hdrs = glob(["include/nlohmann/**/*.hpp"]),
    includes = ["include"],
    visibility = ["//visibility:public"],
)
