# SPDX-License-Identifier: Apache-2.0
"""The targets of a BUILD file, read without Bazel: Starlark parses as Python."""

import ast
import dataclasses


@dataclasses.dataclass(frozen=True)
class Target:
    """A rule's call: its kind, its name, and the strings of each attribute."""

    kind: str
    name: str
    line: int
    strings: dict
    globs: tuple

    def deps(self):
        return self.strings.get("deps", [])


def _strings(node):
    return [
        child.value
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and isinstance(child.value, str)
    ]


def _globs(node):
    return [
        pattern
        for child in ast.walk(node)
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "glob"
        for pattern in _strings(child)
    ]


def targets(text):
    """The targets of a BUILD file's text, also those within a comprehension."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        strings = {
            keyword.arg: _strings(keyword.value)
            for keyword in node.keywords
            if keyword.arg
        }
        if "name" not in strings:
            continue
        found.append(
            Target(
                kind=node.func.id,
                name="".join(strings["name"]),
                line=node.lineno,
                strings=strings,
                globs=tuple(_globs(node)),
            )
        )
    return found


def package_of(label, own_package):
    """The package of a label of this workspace; None of an external one."""
    if label.startswith("@asyncio_streams//"):
        label = label[len("@asyncio_streams") :]
    if label.startswith("@"):
        return None
    if label.startswith("//"):
        return label[2:].partition(":")[0]
    return own_package
