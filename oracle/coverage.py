#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which lines of asyncio/streams.py no scenario reaches.

    bazel run //oracle:coverage -- [FILES…] [--python PATH]

For the authors of scenarios: a line that is never executed is behaviour that
nobody has written down. It runs the testee with a trace function, which makes
it slow, and changes nothing else.
"""

import argparse
import glob
import json
import os
import sys
import tempfile

from oracle import interpreters, observation

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def functions_of(path):
    """Returns {first line: (name, lines that hold code)} of a source file."""
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    functions = {}

    def visit(code, name):
        lines = {line for _, _, line in code.co_lines() if line}
        if code.co_flags & 0x2:  # CO_NEWLOCALS: a function, not a class body.
            functions[code.co_firstlineno] = name, lines - {code.co_firstlineno}
        for constant in code.co_consts:
            if hasattr(constant, "co_lines"):
                inner = constant.co_name
                visit(constant, name + "." + inner if name else inner)

    visit(code, "")
    return functions


def report(path, executed):
    """Prints the functions with lines that were not executed; returns counts."""
    with open(path, encoding="utf-8") as file:
        source = file.read().splitlines()
    total = missing = 0
    for _, (name, lines) in sorted(functions_of(path).items()):
        left = sorted(lines - executed)
        total += len(lines)
        missing += len(left)
        if left:
            print("%s: %d of %d lines not reached" % (name, len(left), len(lines)))
        for line in left:
            print("  %5d  %s" % (line, source[line - 1].rstrip()))
    return total, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--certify", default=observation.certify_path())
    options = parser.parse_args()
    root = os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")
    started_in = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    files = [os.path.join(started_in, path) for path in options.files]
    files = files or glob.glob(os.path.join(root, "conformance/scenarios/*.scenario"))
    interpreter = interpreters.examine(options.python)
    with tempfile.TemporaryDirectory() as folder:
        command = "'%s' '%s' '%s'" % (
            interpreter.path,
            os.path.join(_FOLDER, "traced_testee.py"),
            folder,
        )
        observation.observe(options.certify, command, sorted(files))
        executed, path = set(), None
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                traced = json.load(file)
            path = traced["path"]
            executed.update(traced["lines"])
    if path is None:
        print("coverage: the testee did not run to its end", file=sys.stderr)
        return 3
    total, missing = report(path, executed)
    print(
        "CPython %s: %d of %d lines of %s are reached"
        % (interpreter.version, total - missing, total, path)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
