# SPDX-License-Identifier: Apache-2.0
"""The files of this repository, as the laws of the house see them."""

import dataclasses
import os
import pathlib

# Made by tools, or a workspace's link to them: not ours to judge.
_SKIPPED_FOLDERS = frozenset({".git", ".servers", "__pycache__", "node_modules"})


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """A file and its text. The path is relative, with slashes."""

    path: str
    text: str

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def is_cpp(self):
        return self.path.endswith((".h", ".cc"))

    @property
    def is_build(self):
        return self.name in ("BUILD", "BUILD.bazel")

    @property
    def is_starlark(self):
        return self.is_build or self.name == "WORKSPACE" or self.path.endswith(".bzl")

    @property
    def is_python(self):
        return self.path.endswith(".py")

    @property
    def is_shell(self):
        return self.path.endswith(".sh") or self.text.startswith("#!/bin/bash")

    @property
    def is_source(self):
        return self.is_cpp or self.is_starlark or self.is_python or self.is_shell


@dataclasses.dataclass(frozen=True)
class Violation:
    """What is against a law, where, in words that say what to do."""

    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def root():
    """The clone that this test was started from.

    Bazel's runfiles are links into it. The laws look at the tree itself, so that
    a new file is under them at once, without being listed anywhere.
    """
    return pathlib.Path(os.path.realpath(__file__)).parents[2]


def _is_generated(folder, name):
    return name in _SKIPPED_FOLDERS or (
        name.startswith("bazel-") and os.path.islink(os.path.join(folder, name))
    )


def read_tree(top):
    """Every text file below `top`, as a list of SourceFile, sorted by path."""
    files = []
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = sorted(
            name for name in subfolders if not _is_generated(folder, name)
        )
        for name in sorted(names):
            full_path = pathlib.Path(folder, name)
            if full_path.is_symlink() or not full_path.is_file():
                continue
            try:
                text = full_path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            files.append(SourceFile(full_path.relative_to(top).as_posix(), text))
    return files
