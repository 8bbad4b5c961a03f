# SPDX-License-Identifier: Apache-2.0
"""GoogleTest and GoogleMock, with upstream's labels."""

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "gtest",
    testonly = True,
    srcs = [
        "lib/libgmock.a",
        "lib/libgtest.a",
    ],
    hdrs = glob([
        "include/gmock/**/*.h",
        "include/gtest/**/*.h",
    ]),
    includes = ["include"],
    linkopts = ["-lpthread"],
)

cc_library(
    name = "gtest_main",
    testonly = True,
    srcs = ["lib/libgmock_main.a"],
    # Upstream's :gtest_main also lets a test include what :gtest has.
    hdrs = glob([
        "include/gmock/**/*.h",
        "include/gtest/**/*.h",
    ]),
    includes = ["include"],
    deps = [":gtest"],
)
