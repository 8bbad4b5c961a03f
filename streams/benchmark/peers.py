# SPDX-License-Identifier: Apache-2.0
"""The servers that tools/bench compares, and what each needs and can do."""

import dataclasses
import os
import subprocess
import sys

PACKAGE = "//streams/benchmark"
YARDSTICK = "raw"
OURS = "streams"
PYTHON_PROGRAM = "streams/benchmark/peers/asyncio_echo_server.py"


@dataclasses.dataclass(frozen=True)
class Peer:
    """A server: a target that Bazel builds, or the Python program."""

    name: str
    says: str
    target: str = ""  # Empty: the Python program.
    tls_target: str = ""  # The same unless it is another one.
    arguments: tuple = ()
    modes: tuple = ("echo", "line")
    tls: bool = True
    flags: tuple = ()  # Those of cases.Case.flags that it has.
    only_with: tuple = ()  # Those of them that it is for.
    is_yardstick: bool = False  # Compared with, whatever a case is about.
    # The Debian package that it is built from, and a file of it.
    package: str = ""
    needs: str = ""
    by_default: bool = True
    # By --cycles: one thread, compiled, and its system calls are the C library's.
    can_be_counted: bool = True

    def target_for(self, case):
        return self.tls_target if case.tls and self.tls_target else self.target

    def can_run(self, case):
        if case.flags_are_the_point and not self.is_yardstick:
            if not set(case.flags) <= set(self.flags):
                return False
        if not set(self.only_with) <= set(case.flags):
            return False
        return case.mode in self.modes and (self.tls or not case.tls)

    def is_there(self):
        return not self.needs or os.path.exists(self.needs)


PEERS = [
    Peer(
        YARDSTICK,
        "a hand-written epoll loop; with TLS, on BoringSSL",
        target="raw_echo_server",
        tls_target="raw_tls_echo_server",
        flags=("--cork",),
        is_yardstick=True,
    ),
    Peer(
        "raw-each-line",
        "raw that looks at each line, where lines are corked",
        target="raw_echo_server",
        arguments=("--each_line",),
        modes=("line",),
        tls=False,
        flags=("--cork",),
        only_with=("--cork",),
        is_yardstick=True,
        by_default=False,
    ),
    Peer(
        "raw-busy-poll",
        "raw that busy polls, too",
        target="raw_echo_server",
        modes=("echo",),
        tls=False,
        flags=("--busy_poll",),
        only_with=("--busy_poll",),
        is_yardstick=True,
        by_default=False,
    ),
    Peer(
        OURS,
        "this library",
        target="echo_server",
        flags=("--cork", "--zero_copy", "--busy_poll"),
    ),
    Peer(
        "streams-zero-copy",
        "this library, by the calls that give views",
        target="echo_server",
        arguments=("--zero_copy",),
        flags=("--cork", "--busy_poll"),
        by_default=False,
    ),
    Peer(
        "asio",
        "Boost.Asio, coroutines; OpenSSL",
        target="asio_echo_server",
        flags=("--cork",),
        package="libboost-dev",
        needs="/usr/include/boost/asio.hpp",
    ),
    Peer(
        "libuv",
        "libuv, callbacks",
        target="libuv_echo_server",
        tls=False,
        flags=("--cork",),
        package="libuv1-dev",
        needs="/usr/include/uv.h",
    ),
    Peer(
        "go",
        "Go, a goroutine for each connection",
        target="go_echo_server",
        flags=("--cork",),
        package="golang-go",
        needs="/usr/bin/go",
        can_be_counted=False,
    ),
    Peer(
        "asyncio",
        "CPython's asyncio",
        package="python3",
        can_be_counted=False,
    ),
    Peer(
        "uvloop",
        "uvloop in CPython",
        arguments=("--uvloop",),
        flags=("--cork",),  # It does that unasked.
        package="python3-uvloop",
        needs="/usr/lib/python3/dist-packages/uvloop",
        can_be_counted=False,
    ),
    Peer(
        "raw-uring",
        "a hand-written io_uring loop",
        target="raw_uring_echo_server",
        modes=("echo",),
        tls=False,
        package="liburing-dev",
        needs="/usr/include/liburing.h",
        by_default=False,
        can_be_counted=False,
    ),
]


class BuildError(Exception):
    """Bazel said why."""


def select(names):
    """The peers of these names; the yardstick is always among them.

    Those whose package is missing are left out, aloud.
    """
    known = {peer.name for peer in PEERS}
    unknown = sorted(set(names) - known)
    if unknown:
        raise ValueError(
            f"no peer {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        )
    selected = []
    for peer in PEERS:
        wanted = peer.name in names if names else peer.by_default
        if not wanted and peer.name != YARDSTICK:
            continue
        if peer.is_there():
            selected.append(peer)
        else:
            print(
                f"tools/bench: without {peer.name}: {peer.package} is not installed"
                " (tools/setup --for=bench)",
                file=sys.stderr,
            )
    return selected


def countable(selected, names):
    """Those of the selected peers whose cycles can be counted.

    Who is named, and cannot, is an error.
    """
    wrong = [p.name for p in selected if p.name in names and not p.can_be_counted]
    if wrong:
        raise ValueError(
            f"the cycles of {', '.join(wrong)} cannot be counted; those of"
            f" {', '.join(p.name for p in PEERS if p.can_be_counted)} can"
        )
    return [peer for peer in selected if peer.can_be_counted]


def build(targets, root):
    """Builds them, optimised. Returns the folder that they are in."""
    labels = [f"{PACKAGE}:{target}" for target in sorted(targets)]
    options = ["--config=opt", "--ui_event_filters=-info,-stdout"]
    if not sys.stderr.isatty():
        options += ["--noshow_progress", "--noshow_loading_progress"]
    built = subprocess.run(
        ["bazel", "build", *options, *labels],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    if built.returncode != 0:
        raise BuildError(f"bazel build failed: {' '.join(labels)}")
    info = subprocess.run(
        ["bazel", "info", "--config=opt", "bazel-bin"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        text=True,
    )
    return os.path.join(info.stdout.strip(), "streams/benchmark")


def command(peer, case, folder, root):
    """The command line of the server for a case, without port and TLS files."""
    target = peer.target_for(case)
    if target == "go_echo_server":
        target += "_binary"  # A rule may not have the name of what it makes.
    argv = [os.path.join(folder, target)]
    if not target:
        argv = ["/usr/bin/python3", os.path.join(root, PYTHON_PROGRAM)]
    argv += [*peer.arguments, f"--mode={case.mode}"]
    return argv + [flag for flag in case.flags if flag in peer.flags]


def versions(peers):
    """What Debian calls the versions of what the peers are built from."""
    packages = [peer.package for peer in peers if peer.package]
    if not packages:
        return {}
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${Version}\n", *packages],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
        text=True,
    )
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())
