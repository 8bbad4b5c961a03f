# SPDX-License-Identifier: Apache-2.0
"""Laws about C++: what only one room may name, and what a header looks like."""

import re

from tools.tidy import cpp_source
from tools.tidy import source_tree

# Headers through which a program reaches the kernel.
_SYSTEM_CALL_HEADER = re.compile(
    r"^(sys/(?!types\.h).*|linux/.*|netinet/.*|arpa/.*|net/.*|asm/.*"
    r"|(aio|dirent|fcntl|grp|ifaddrs|liburing|mqueue|netdb|poll|pthread|pwd|sched"
    r"|semaphore|signal|spawn|syscall|termios|ucontext|unistd)\.h"
    r"|csignal|filesystem|semaphore)$"
)

# A sentence is not enough where a stranger starts to read.
_PUBLIC_HEADER_LINES = 3
_UMBRELLA = "streams/streams.h"

# Programs and tests play the other side: a real peer, a signal, a second thread.
_MAY_CALL_THE_SYSTEM = (
    "streams/os/",
    "streams/examples/",
    "streams/benchmark/",
    "streams/testee/",
)


def check_system_calls(files):
    """Within streams/, only os/ makes system calls; tests are outside of it."""
    for file in files:
        if (
            not file.is_cpp
            or not file.path.startswith("streams/")
            or file.path.startswith(_MAY_CALL_THE_SYSTEM)
            or file.name.endswith("_test.cc")
        ):
            continue
        for include in cpp_source.includes(file.text):
            if include.is_system and _SYSTEM_CALL_HEADER.match(include.path):
                yield source_tree.Violation(
                    file.path,
                    include.line,
                    f"<{include.path}>: only streams/os makes system calls",
                )


def check_coroutine_handle(files):
    """Only coro/ names coroutine_handle: nobody else resumes or destroys."""
    for file in files:
        if not file.is_cpp or file.path.startswith("streams/coro/"):
            continue
        code = cpp_source.without_comments_and_literals(file.text)
        for number, line in enumerate(code.splitlines(), 1):
            if re.search(r"\bcoroutine_handle\b", line):
                yield source_tree.Violation(
                    file.path, number, "only streams/coro names coroutine_handle"
                )


def check_header_guard(files):
    """A header is guarded by its full path, as Google's style has it."""
    for file in files:
        if not file.path.endswith(".h"):
            continue
        guard = re.sub(r"[^A-Z0-9]", "_", file.path.upper()) + "_"
        if f"#ifndef {guard}\n#define {guard}\n" not in file.text:
            yield source_tree.Violation(file.path, 1, f"the include guard is {guard}")


def check_header_comment(files):
    """A header says what it is about: the public API's in a block of lines."""
    public = _public_headers(files)
    for file in files:
        if not file.path.endswith(".h"):
            continue
        lines = _PUBLIC_HEADER_LINES if file.path in public else 1
        block = rf"(^[ \t]*//[^\n]*\n){{{lines}}}"
        if not re.search(block, _prose(file.text), re.MULTILINE):
            yield source_tree.Violation(
                file.path,
                1,
                f"no comment of {lines} lines or more says what the header is about",
            )


def _public_headers(files):
    """What the umbrella header brings along, and itself."""
    return {
        path
        for file in files
        if file.path == _UMBRELLA
        for path in [file.path, *(i.path for i in cpp_source.includes(file.text))]
        if path.startswith("streams/") and path.count("/") == 1
    }


def _prose(text):
    """The text without its licence line and the comment that closes the guard."""
    return "\n".join(
        line
        for line in text.splitlines()
        if "SPDX-License-Identifier" not in line and not line.startswith("#endif")
    ) + "\n"
