# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for repositories that Bazel 4.2 refers to on its own account."""

_RULES_CC = '''"""The native rules: Debian's bazel-rules-cc needs a newer Bazel."""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
fdo_prefetch_hints = native.fdo_prefetch_hints
fdo_profile = native.fdo_profile
objc_library = native.objc_library
'''

# Every test depends on this target; only `bazel coverage` runs it.
_COVERAGE_TOOLS = '''filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
'''

def _rules_cc_overlay_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"rules_cc\")\n", executable = False)
    ctx.file("BUILD", "", executable = False)
    ctx.file("cc/BUILD", "", executable = False)
    ctx.file("cc/defs.bzl", _RULES_CC, executable = False)

rules_cc_overlay = repository_rule(implementation = _rules_cc_overlay_impl)

def _coverage_tools_overlay_impl(ctx):
    ctx.file(
        "WORKSPACE",
        "workspace(name = \"remote_coverage_tools\")\n",
        executable = False,
    )
    ctx.file("BUILD", _COVERAGE_TOOLS, executable = False)

coverage_tools_overlay = repository_rule(
    implementation = _coverage_tools_overlay_impl,
)
