# SPDX-License-Identifier: Apache-2.0
"""The machine's C++ compiler, as Bazel finds it, with headers of its own only.

For layering_check, Bazel lists all of /usr/include as headers of the compiler,
which every target may include: those of each library too that somebody has
installed. clang looks at each of them in every compilation, which takes it
longer the more is installed, and a library that is not a dependency goes
unnoticed. Here the list ends with what compiler, C library and kernel bring.
"""

load("@bazel_tools//tools/cpp:cc_configure.bzl", "cc_autoconf_impl")

_MODULE_MAP = "module.modulemap"

# Below /usr/include, and below /usr/include/<machine>-linux-gnu.
_SYSTEM_FOLDERS = [
    "arpa",
    "asm",
    "asm-generic",
    "bits",
    "c++",
    "gnu",
    "linux",
    "net",
    "netinet",
    "netpacket",
    "rpc",
    "scsi",
    "sys",
]

def _is_of_the_system(header):
    if not header.startswith("/usr/include/"):
        return not header.startswith("/usr/local/")
    folders = header.split("/")[3:-1]
    if folders and folders[0].endswith("-linux-gnu"):
        folders = folders[1:]
    return not folders or folders[0] in _SYSTEM_FOLDERS

def _system_compiler_impl(ctx):
    cc_autoconf_impl(ctx)
    if not ctx.path(_MODULE_MAP).exists:  # Only clang reads one.
        return
    ctx.file(_MODULE_MAP, "\n".join([
        line
        for line in ctx.read(_MODULE_MAP).splitlines()
        if "\"" not in line or _is_of_the_system(line.split("\"")[1])
    ]) + "\n", executable = False)

system_compiler = repository_rule(
    implementation = _system_compiler_impl,
    configure = True,
    environ = [
        "BAZEL_COMPILER",
        "BAZEL_CXXOPTS",
        "BAZEL_LINKLIBS",
        "BAZEL_LINKOPTS",
        "CC",
        "CPLUS_INCLUDE_PATH",
    ],
    doc = "@local_config_cc, which Bazel's own C++ toolchain refers to.",
)
