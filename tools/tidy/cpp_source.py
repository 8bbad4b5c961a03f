# SPDX-License-Identifier: Apache-2.0
"""Just enough reading of C++ to see includes, identifiers and functions.

Not a parser: comments and literals are blanked, then braces are matched. It is
right for code that clang-format has laid out, which another test makes sure of.
"""

import dataclasses
import re

_TOKEN = re.compile(
    r"""
    //[^\n]*                                  # line comment
  | /\*.*?\*/                                 # block comment
  | R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"  # raw string
  | "(?:\\.|[^"\\\n])*"                       # string
  | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'      # character, not a digit separator
    """,
    re.VERBOSE | re.DOTALL,
)

_INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)

_CONTAINER = re.compile(
    r"^(?:export |inline |typedef )*(?:namespace|class|struct|union|enum|extern)\b[^()]*$"
)


@dataclasses.dataclass(frozen=True)
class Include:
    line: int
    path: str
    is_system: bool


@dataclasses.dataclass(frozen=True)
class Function:
    """A function's definition, from the line of its head to its last brace."""

    head: str
    first_line: int
    last_line: int

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments_and_literals(text):
    """The text with the same lines, comments and literals blanked."""
    return _TOKEN.sub(_blank, text)


def _without_comments(text):
    return _TOKEN.sub(
        lambda match: _blank(match) if match.group(0)[0] == "/" else match.group(0),
        text,
    )


def includes(text):
    """The #include lines of a file, those in comments left out."""
    text = _without_comments(text)
    return [
        Include(
            text.count("\n", 0, match.start(1)) + 1,
            match.group(2),
            match.group(1) == "<",
        )
        for match in _INCLUDE.finditer(text)
    ]


def _without_preprocessor(code):
    """Blanks directives, continuation lines included."""
    return re.sub(
        r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank, code, flags=re.MULTILINE
    )


def functions(text):
    """The functions that are defined in a file, lambdas and locals left out."""
    code = _without_preprocessor(without_comments_and_literals(text))
    found = []
    stack = []  # Of (is a scope that functions are defined in, Function's start).
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        position = match.start()
        in_scope = all(is_container for is_container, _ in stack)
        if match.group(0) == "{":
            head = code[head_start:position]
            is_container = in_scope and _is_container_head(head)
            is_function = in_scope and not is_container and _is_function_head(head)
            start = head_start + len(head) - len(head.lstrip())
            stack.append((is_container, start if is_function else None))
        elif match.group(0) == "}":
            if not stack:
                continue
            _, start = stack.pop()
            if start is not None:
                found.append(_function(code, start, position))
        if all(is_container for is_container, _ in stack):
            head_start = match.end()
    return found


def _without_nested(text, opening, closing):
    pattern = re.compile(rf"{opening}[^{opening}{closing}]*{closing}")
    while pattern.search(text):
        text = pattern.sub(" ", text)
    return text


def _is_container_head(head):
    """Whether what follows the head holds declarations: a class, a namespace."""
    head = re.sub(r"\b(?:alignas|__attribute__)\s*\(.*?\)+", "", head, flags=re.DOTALL)
    head = re.sub(r"^\s*template\s*<", "<", head)
    head = re.sub(r"^(?:\s*(?:public|protected|private)\s*:)+", "", head)
    return bool(_CONTAINER.match(_without_nested(head, "<", ">").strip()))


def _is_function_head(head):
    """Whether what follows is a body: not so of an initialiser, `x = {`."""
    if "(" not in head:
        return False
    outside = _without_nested(_without_nested(head, r"\(", r"\)"), "<", ">")
    return "operator" in head or "=" not in outside


def _function(code, start, end):
    head = " ".join(code[start : code.index("{", start)].split())
    return Function(
        head, code.count("\n", 0, start) + 1, code.count("\n", 0, end) + 1
    )
