# SPDX-License-Identifier: Apache-2.0
"""Finds the CPython interpreters of this machine that can be an oracle."""

import collections
import glob
import os
import pwd
import re
import subprocess

# More of them, separated by colons; for programs which no option can reach.
VARIABLE = "ASYNCIO_STREAMS_PYTHONS"
OLDEST = (3, 8)

Interpreter = collections.namedtuple("Interpreter", "version path")

_QUESTION = (
    "import sys, platform;"
    "print('%d.%d.%d' % sys.version_info[:3], sys.version_info.releaselevel,"
    " platform.python_implementation())"
)


class NotAnOracle(Exception):
    """The program is not a released CPython of a version that is supported."""


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def examine(path):
    """Asks the program at `path` which Python it is."""
    try:
        answer = subprocess.run(
            [path, "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.SubprocessError) as error:
        raise NotAnOracle("%s does not run: %s" % (path, error))
    words = answer.split()
    if len(words) != 3 or words[1:] != ["final", "CPython"]:
        raise NotAnOracle("%s is no released CPython: %s" % (path, answer.strip()))
    if version_key(words[0])[:2] < OLDEST:
        raise NotAnOracle("%s is %s, which is too old" % (path, words[0]))
    return Interpreter(words[0], path)


def _candidates():
    yield "/usr/bin/python3"
    for folder in ["/usr/bin"] + os.environ.get("PATH", "").split(":"):
        if folder.endswith("/shims"):
            continue  # pyenv's answer for the current folder, not an interpreter.
        for path in sorted(glob.glob(os.path.join(folder, "python3.*"))):
            if re.fullmatch(r"python3\.\d+", os.path.basename(path)):
                yield path
    # Not by $HOME, which a test does not have.
    home = pwd.getpwuid(os.getuid()).pw_dir
    root = os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv"))
    yield from sorted(glob.glob(os.path.join(root, "versions/3.*/bin/python")))


def find(wanted=()):
    """Returns the interpreters, oldest first, one of each version.

    Those that are `wanted` by path, or listed in the environment, must work:
    otherwise NotAnOracle says why not. Others are left out.
    """
    found = {}
    listed = [path for path in os.environ.get(VARIABLE, "").split(":") if path]
    for path in [*wanted, *listed]:
        interpreter = examine(path)
        found.setdefault(interpreter.version, interpreter)
    for path in _candidates():
        try:
            interpreter = examine(path)
        except NotAnOracle:
            continue
        found.setdefault(interpreter.version, interpreter)
    return sorted(found.values(), key=lambda each: version_key(each.version))
