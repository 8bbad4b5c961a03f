# SPDX-License-Identifier: Apache-2.0
"""Laws about every file: its size, its name, its first line, its waiting."""

import ast
import posixpath
import re

from tools.tidy import cpp_source
from tools.tidy import source_tree

FILE_LINES = 400
FUNCTION_LINES = 70

_BANNED_NAMES = frozenset(
    "common helper helpers manager managers misc util utils utility utilities".split()
)

_SPDX = "SPDX-License-Identifier: Apache-2.0"

# Whatever makes a test wait for time to pass instead of for what it tests.
_SLEEP = re.compile(
    r"\b(?:usleep|nanosleep|clock_nanosleep|sleep_for|sleep_until|SleepFor)\s*\("
    r"|(?<![\w.])sleep\s*\(\s*[^)\s]"
    r"|\btime\.sleep\s*\("
    r"|\basyncio\.sleep\s*\(\s*(?!0\s*\))"
)
_SHELL_SLEEP = re.compile(r"^\s*(?:sleep|usleep)\s+\S", re.MULTILINE)


def check_file_size(files):
    """A file has one subject, and fewer than 400 lines; a BUILD file is a list."""
    for file in files:
        lines = file.text.count("\n")
        if file.is_source and not file.is_build and lines >= FILE_LINES:
            yield source_tree.Violation(
                file.path, lines, f"{lines} lines; a file has fewer than {FILE_LINES}"
            )


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def _functions(file):
    if file.is_cpp:
        for function in cpp_source.functions(file.text):
            yield function.head, function.first_line, function.last_line
    elif file.is_python or file.path.endswith(".bzl"):
        yield from _python_functions(file.text)


def check_function_size(files):
    """A function has fewer than 70 lines."""
    for file in files:
        for name, first, last in _functions(file):
            if last - first + 1 >= FUNCTION_LINES:
                yield source_tree.Violation(
                    file.path,
                    first,
                    f"{last - first + 1} lines; a function has fewer than"
                    f" {FUNCTION_LINES}: {name[:60]}",
                )


def check_names(files):
    """A name says what a thing is about; these say that nobody knew."""
    for file in files:
        words = re.split(r"[/_.\-]", file.path.lower())
        for word in sorted(_BANNED_NAMES.intersection(words)):
            yield source_tree.Violation(
                file.path, 1, f"'{word}' in a name says nothing: name the subject"
            )


def check_licence_line(files):
    """The first line (the second, after #!) names the licence."""
    for file in files:
        if not file.is_source or not file.text:
            continue
        lines = file.text.splitlines()
        first = lines[1] if lines[0].startswith("#!") and lines[1:] else lines[0]
        comment = "//" if file.is_cpp else "#"
        if first != f"{comment} {_SPDX}":
            yield source_tree.Violation(
                file.path, 1, f"the first line is '{comment} {_SPDX}'"
            )


def is_test(file):
    """Whether a file is a test, by its name or by the room that it is in."""
    return (
        re.search(r"_test\.(cc|py|sh)$", file.path) is not None
        or re.search(r"(^|/)test_[^/]*\.py$", file.path) is not None
        or ("/testing/" in file.path and file.is_cpp)
    )


def check_no_sleep(files):
    """Nothing in a test is put in order by sleeping."""
    for file in files:
        if not is_test(file):
            continue
        pattern, text = _SLEEP, file.text
        if file.is_cpp:
            text = cpp_source.without_comments_and_literals(text)
        elif file.is_python:
            text = _python_code(text)
        elif file.is_shell:
            pattern = _SHELL_SLEEP
        for match in pattern.finditer(text):
            yield source_tree.Violation(
                file.path,
                text.count("\n", 0, match.start()) + 1,
                "a test does not sleep: wait for the event itself",
            )


def _python_code(text):
    """The text with its string literals and comments blanked."""
    token = r'("""|\'\'\')(?:\\.|.)*?\1|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\#[^\n]*'
    return re.sub(
        token,
        lambda match: re.sub(r"[^\n]", " ", match.group(0)),
        text,
        flags=re.DOTALL,
    )


def check_links(files):
    """A link within the documentation leads to a file that is there."""
    paths = {file.path for file in files}
    folders = {path[:index] for path in paths for index in _slashes(path)}
    for file in files:
        if not file.path.endswith(".md"):
            continue
        for match in re.finditer(r"\]\(([^)\s]+)\)", file.text):
            target = match.group(1).partition("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            path = posixpath.normpath(posixpath.join(file.folder, target))
            if path not in paths and path not in folders:
                yield source_tree.Violation(
                    file.path,
                    file.text.count("\n", 0, match.start()) + 1,
                    f"the link leads nowhere: {target}",
                )


def _slashes(path):
    return [index for index, character in enumerate(path) if character == "/"]
