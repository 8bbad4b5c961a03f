# SPDX-License-Identifier: Apache-2.0
"""Who may include whom.

streams -> tls -> transport -> loop -> {coro, os}; conformance knows no
implementation; a testee knows the public API and the protocol, nothing private.
"""

import ast
import re

from tools.tidy import build_file
from tools.tidy import cpp_source
from tools.tidy import source_tree

_CORO = "streams/coro"
_OS = "streams/os"
_LOOP = "streams/loop"
_TRANSPORT = "streams/transport"
_TLS = "streams/tls"
_API = "streams"

# A room -> the rooms that its files may include, besides itself. A room that is
# not named here may not include any: give a new room its line.
ROOMS = {
    _CORO: (),
    _OS: (),
    _LOOP: (_CORO, _OS),
    _TRANSPORT: (_LOOP, _CORO, _OS),
    _TLS: (_TRANSPORT, _LOOP, _CORO, _OS),
    _API: (_TLS, _TRANSPORT, _LOOP, _CORO, _OS),
    "streams/testing": (_API, _TLS, _TRANSPORT, _LOOP, _CORO, _OS),
    # Programs see what a user sees: the package //streams, and the coroutine
    # and loop types that its signatures name.
    "streams/testee": (_API, _LOOP, _CORO, "conformance/protocol"),
    "streams/examples": (_API, _LOOP, _CORO),
    "streams/benchmark": (_API, _TLS, _TRANSPORT, _LOOP, _CORO, _OS),
}

# Only for tests: their rooms may also use the fakes.
_TESTING = "streams/testing"

# Adapters of other implementations; they come and go.
_TESTEES = "conformance/testees"

_OUR_PATH = re.compile(r"^(streams|conformance|oracle|tools|docs)/")


def _room(folder):
    """The longest room that a folder lies in; None outside of streams/."""
    while folder:
        if folder in ROOMS:
            return folder
        folder = folder.rpartition("/")[0]
    return None


def _is_below(folder, ancestor):
    return folder == ancestor or folder.startswith(ancestor + "/")


def _objection(folder, target_folder, is_test):
    """Why a file of `folder` may not use `target_folder`; None if it may."""
    top = folder.partition("/")[0]
    target_top = target_folder.partition("/")[0]
    if _is_below(target_folder, _TESTEES) and not _is_below(folder, _TESTEES):
        return f"nothing depends on {_TESTEES}"
    if top == "conformance":
        if target_top in ("streams", "oracle"):
            return f"conformance/ knows no implementation, so nothing of {target_top}/"
        return None
    if top != "streams":
        return None
    room = _room(folder)
    if target_top != "streams":
        allowed = target_folder in ROOMS[room]
        return None if allowed else f"{room} may not use {target_folder}"
    target_room = _room(target_folder)
    if _is_unlisted(folder, room):
        return f"{folder} has no line in tools/tidy/layers.py that says what it may use"
    if target_room == room or target_room in ROOMS[room]:
        return None
    if is_test and target_room == _TESTING:
        return None
    return f"{room} may not use {target_room}"


def _is_unlisted(folder, room):
    # Below the API package itself, every folder is a room of its own.
    return room == _API and folder != _API


def check_includes(files):
    """Laws of the house, seen from the #include lines."""
    for file in files:
        if not file.is_cpp:
            continue
        is_test = file.name.endswith("_test.cc")
        for include in cpp_source.includes(file.text):
            if include.is_system or not _OUR_PATH.match(include.path):
                continue
            target = include.path.rpartition("/")[0]
            objection = _objection(file.folder, target, is_test)
            if objection:
                yield source_tree.Violation(
                    file.path, include.line, f"{objection} ({include.path})"
                )


def check_deps(files):
    """Laws of the house, seen from the deps of BUILD files."""
    for file in files:
        if not file.is_build:
            continue
        for target in build_file.targets(file.text):
            is_test = target.kind == "cc_test"
            for label in target.deps():
                package = build_file.package_of(label, file.folder)
                if package is None:
                    continue
                objection = _objection(file.folder, package, is_test)
                if objection:
                    yield source_tree.Violation(
                        file.path, target.line, f"{target.name}: {objection} ({label})"
                    )


def check_python_imports(files):
    """Laws of the house, seen from what Python imports."""
    for file in files:
        if not file.is_python:
            continue
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                folder = name.replace(".", "/")
                if not _OUR_PATH.match(folder + "/"):
                    continue
                objection = _objection(file.folder, folder, is_test=False)
                if objection:
                    yield source_tree.Violation(
                        file.path, node.lineno, f"{objection} ({name})"
                    )
