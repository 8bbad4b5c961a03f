# SPDX-License-Identifier: Apache-2.0
"""Laws about BUILD files: one library per header, no globs of C++."""

from tools.tidy import build_file
from tools.tidy import source_tree

_CPP_ENDINGS = (".h", ".cc", ".cpp", ".hpp", ".inc", "*")


def _targets(files):
    for file in files:
        if file.is_build:
            for target in build_file.targets(file.text):
                yield file, target


def check_one_header(files):
    """A cc_library has one header, so that a dependency says what is used.

    Headers that need each other are one library; a comment above it says why.
    """
    for file, target in _targets(files):
        if target.kind != "cc_library":
            continue
        headers = target.strings.get("hdrs", [])
        above = file.text.splitlines()[: target.line - 1]
        if len(headers) > 1 and not (above and above[-1].startswith("# ")):
            yield source_tree.Violation(
                file.path,
                target.line,
                f"{target.name} has {len(headers)} headers: one cc_library per header,"
                " or a comment above that says why they are one",
            )
        for source in target.strings.get("srcs", []):
            if source.endswith(".h"):
                yield source_tree.Violation(
                    file.path,
                    target.line,
                    f"{target.name} hides {source} in srcs: give it its own library",
                )


def check_no_cpp_globs(files):
    """Every C++ file is named in its target."""
    for file, target in _targets(files):
        if not target.kind.startswith("cc_"):
            continue
        for pattern in target.globs:
            if pattern.endswith(_CPP_ENDINGS):
                yield source_tree.Violation(
                    file.path, target.line, f"{target.name} globs {pattern}"
                )


def check_every_cpp_file_is_built(files):
    """A file that no target names is not compiled, and its test does not run."""
    listed = set()
    for file, target in _targets(files):
        for attribute in ("srcs", "hdrs", "textual_hdrs", "data"):
            for source in target.strings.get(attribute, []):
                listed.add(f"{file.folder}/{source.lstrip(':')}")
    packages = {file.folder for file in files if file.is_build}
    for file in files:
        if not file.is_cpp or file.path in listed:
            continue
        if _is_below_listed(file, packages, listed):
            continue
        yield source_tree.Violation(
            file.path, 1, "no target of its package's BUILD file names it"
        )


def _is_below_listed(file, packages, listed):
    # A BUILD file may name the files of a folder that is not a package.
    folder, name = file.folder, file.name
    while folder and folder not in packages:
        folder, _, last = folder.rpartition("/")
        name = f"{last}/{name}"
    return f"{folder}/{name}" in listed
