# SPDX-License-Identifier: Apache-2.0
"""The programs that format this repository, for tools/format and its tests."""

import dataclasses
import platform
import shutil
import subprocess
import sys
from typing import Callable

from tools.tidy import source_tree

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def _clang_format(_root):
    program = shutil.which("clang-format-14")
    return [program] if program else None


def _buildifier(root):
    machine = _MACHINES.get(platform.machine(), platform.machine())
    program = root.joinpath(
        "tools/tidy/buildifier/node_modules/@bazel/buildifier",
        f"buildifier-linux_{machine}",
    )
    return [str(program)] if program.exists() else None


@dataclasses.dataclass(frozen=True)
class Formatter:
    """A program, and which files it is for. `command` is None if it is missing."""

    command: Callable
    formats: Callable
    check_options: tuple
    fix_options: tuple
    how_to_install: str


FORMATTERS = {
    "clang-format": Formatter(
        command=_clang_format,
        formats=lambda file: file.is_cpp,
        check_options=("--dry-run", "-Werror"),
        fix_options=("-i",),
        how_to_install="clang-format-14 is missing: run tools/setup",
    ),
    "buildifier": Formatter(
        command=_buildifier,
        formats=lambda file: file.is_starlark,
        check_options=("-mode=check", "-lint=off"),
        fix_options=("-mode=fix", "-lint=off"),
        how_to_install="buildifier is missing: run tools/setup --for=format",
    ),
}


def main():
    """Formats every file of the tree, in place."""
    root = source_tree.root()
    files = source_tree.read_tree(root)
    status = 0
    for formatter in FORMATTERS.values():
        command = formatter.command(root)
        if command is None:
            print(f"tools/format: {formatter.how_to_install}", file=sys.stderr)
            status = 1
            continue
        paths = [file.path for file in files if formatter.formats(file)]
        if subprocess.run([*command, *formatter.fix_options, *paths], cwd=root).returncode:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
