# SPDX-License-Identifier: Apache-2.0
"""Where the servers of Debian are that tests talk to, if they are there.

Installed on the system, or unpacked by `tools/setup --for=servers` into the
folder .servers of the clone.
"""

import os
import pathlib
import socket
import unittest

_SYSTEM = pathlib.Path("/")


def _unpacked():
    # Bazel's runfiles are links into the clone.
    return pathlib.Path(os.path.realpath(__file__)).parents[2] / ".servers"


def find_program(path):
    """The full path of a program such as usr/sbin/nginx, or a skipped test."""
    for root in (_SYSTEM, _unpacked()):
        if os.access(root / path, os.X_OK):
            return root / path
    name = path.rpartition("/")[2]
    raise unittest.SkipTest(
        f"{name} is not installed: `tools/setup --for=servers` unpacks it"
    )


def environment():
    """What a server needs to find the libraries that were unpacked with it."""
    folder = _unpacked() / "usr/lib" / f"{os.uname().machine}-linux-gnu"
    return {**os.environ, "LD_LIBRARY_PATH": str(folder)}


def listen_on_loopback(host="127.0.0.1"):
    """A listening socket, on a port that the system chooses."""
    return socket.create_server((host, 0))
