# SPDX-License-Identifier: Apache-2.0
"""The external repositories that this workspace builds with.

Each is an overlay over a package of Debian 12 that carries the labels of the
upstream project, and is only defined if the loading workspace has not defined
a repository of that name: a workspace that brings its own Abseil builds
//streams with it, without any change here.
"""

load("//tools/system_libraries:absl.bzl", "absl_overlay")
load("//tools/system_libraries:bazel_rules.bzl", "coverage_tools_overlay", "rules_cc_overlay")
load("//tools/system_libraries:overlay.bzl", "library_overlay")

def _define(rule, name, **kwargs):
    if not native.existing_rule(name):
        rule(name = name, **kwargs)

def asyncio_streams_repositories():
    """Defines every repository that //streams and //conformance depend on."""
    bazel_rules_repositories()
    _define(absl_overlay, "com_google_absl")
    _define(
        library_overlay,
        "boringssl",
        build_file = Label("//tools/system_libraries:boringssl.BUILD.tpl"),
        debian_package = "android-libboringssl-dev",
        headers = {"/usr/include/android/openssl": "openssl"},
    )
    _define(
        library_overlay,
        "com_google_googletest",
        build_file = Label("//tools/system_libraries:googletest.BUILD.tpl"),
        debian_package = "libgtest-dev libgmock-dev",
        headers = {
            "/usr/include/gmock": "gmock",
            "/usr/include/gtest": "gtest",
        },
        libraries = ["libgmock.a", "libgmock_main.a", "libgtest.a"],
    )
    _define(
        library_overlay,
        "com_github_google_benchmark",
        build_file = Label("//tools/system_libraries:benchmark.BUILD.tpl"),
        debian_package = "libbenchmark-dev",
        headers = {"/usr/include/benchmark": "benchmark"},
        libraries = ["libbenchmark.so", "libbenchmark_main.a"],
    )
    _define(
        library_overlay,
        "nlohmann_json",
        build_file = Label("//tools/system_libraries:nlohmann_json.BUILD.tpl"),
        debian_package = "nlohmann-json3-dev",
        headers = {"/usr/include/nlohmann": "nlohmann"},
    )
    _define(
        library_overlay,
        "cli11",
        build_file = Label("//tools/system_libraries:cli11.BUILD.tpl"),
        debian_package = "libcli11-dev",
        headers = {"/usr/include/CLI": "CLI"},
    )

def bazel_rules_repositories():
    """Defines what Bazel itself would otherwise download for any C++ test."""
    _define(
        native.local_repository,
        "rules_java",
        path = "/usr/share/bazel/rules/java",
    )
    _define(
        native.local_repository,
        "rules_proto",
        path = "/usr/share/bazel/rules/proto",
    )
    _define(
        native.local_repository,
        "bazel_skylib",
        path = "/usr/share/bazel/tools/skylib",
    )
    _define(
        native.local_repository,
        "platforms",
        path = "/usr/share/bazel/platforms",
    )
    _define(rules_cc_overlay, "rules_cc")
    _define(coverage_tools_overlay, "remote_coverage_tools")
