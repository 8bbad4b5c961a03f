# SPDX-License-Identifier: Apache-2.0
"""Takes the code out of the documentation, so that it is compiled and run.

  extract_code.py program NAME LANGUAGE PAGE   one program of a page
  extract_code.py snippets PAGE...             all other C++ of the pages

What a block is for is said by a comment in the line above its fence:

  <!-- program: NAME -->         a program; those of one name print the same,
                                 in whatever language they are. Those in C++
                                 are put into the frame of their page.
  <!-- frame -->                 what is around programs: the line
                                 `// Here is the program.` stands for them
  <!-- coroutine: PARAMETERS --> statements of a coroutine
  <!-- named: NAME -->           declarations, in the namespace NAME for a test
  <!-- not compiled: REASON -->  looked at by people only

A block of C++ with no such comment holds declarations. Each is compiled in a
namespace of its own.
"""

import dataclasses
import pathlib
import re
import sys

_BLOCK = re.compile(
    r"^(?:<!-- (?P<kind>[a-z ]+)(?:: (?P<argument>.*?))? -->\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PLACE = "// Here is the program.\n"

_SNIPPETS_HEAD = """\
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "streams/streams.h"
"""


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block. `kind` is None if no comment says what it is for."""

    page: str
    line: int
    kind: str
    argument: str
    language: str
    text: str

    def located(self):
        """The text, with a directive that makes errors point to the page."""
        return f'#line {self.line} "{self.page}"\n{self.text}'


def blocks(page):
    """All fenced blocks of a page that name a language."""
    text = pathlib.Path(page).read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("text")) + 1
        yield Block(str(page), line, **match.groupdict())


def _only(found, what):
    if len(found) != 1:
        raise SystemExit(f"extract_code: {len(found)} blocks for {what}, not one")
    return found[0]


def program(name, language, page):
    """The text of a program, as a compiler or an interpreter takes it."""
    of_page = list(blocks(page))
    block = _only(
        [
            block
            for block in of_page
            if (block.kind, block.argument, block.language)
            == ("program", name, language)
        ],
        f"{name} in {language}",
    )
    if language != "cpp":
        return block.text
    frame = _only([block for block in of_page if block.kind == "frame"], "the frame")
    head, _, tail = frame.text.partition(_PLACE)
    return f"{head}{block.located()}{tail}"


def snippets(pages):
    """Everything in C++ that is no program, as one source file."""
    parts = [_SNIPPETS_HEAD]
    number = 0
    for page in pages:
        for block in blocks(page):
            if block.language != "cpp":
                continue
            if block.kind in ("program", "frame", "not compiled"):
                continue
            number += 1
            name = block.argument if block.kind == "named" else f"snippet_{number}"
            parts.append(f"namespace {name} {{\nusing namespace streams;\n")
            if block.kind == "coroutine":
                parts.append(
                    f"Task<absl::Status> Coroutine({block.argument}) {{\n"
                    f"{block.located()}co_return absl::OkStatus();\n}}\n"
                )
            elif block.kind in (None, "named"):
                code = re.sub(r"^#include .*$", "", block.located(), flags=re.MULTILINE)
                parts.append(code)
            else:
                raise SystemExit(f"extract_code: {page}: no such kind: {block.kind}")
            parts.append("}\n")
    if not number:
        raise SystemExit("extract_code: no code on these pages")
    return "".join(parts)


def main():
    if sys.argv[1:2] == ["program"] and len(sys.argv) == 5:
        print(program(*sys.argv[2:]), end="")
    elif sys.argv[1:2] == ["snippets"] and len(sys.argv) > 2:
        print(snippets(sys.argv[2:]), end="")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
