# SPDX-License-Identifier: Apache-2.0
"""The text of a scenario file, as the recorder edits it.

It knows lines, not their grammar: which are steps, outcomes, headers. What the
recorder does not write (steps, comments, blank lines, outcomes that begin with
`|` or carry a word such as `[safe]`) stays as it is, byte for byte.
"""

import collections
import re

from oracle import edition_tags
from oracle.outcome_table import NOTHING, Outcome

_STEP = re.compile(r"(>>|[A-Za-z_]\w*)>(\s|$)")
_SCENARIO = re.compile(r"scenario\s+(\S+)")
_RECORDED = re.compile(r"\s+recorded\s+(\w+)(?:\s+on\s+([^#]*))?")
_FILE_RECORDED = re.compile(r"recorded\s+on\s+([^#]*)")
_TAG = re.compile(r"\[([^\]]*)\]\s*")
_VARYING = re.compile(r"0x[0-9a-f]+|\d+|/tmp/[^\s'\"]*")
_NUMBER = re.compile(r"(\d+):\s+")

# A line with an outcome. `statement` counts from 0; `conditions` is the tag's
# [(variable, values)]; `editions` and `word` are empty if it has none.
OutcomeLine = collections.namedtuple(
    "OutcomeLine", "statement alternative conditions editions word outcome"
)


def split_comment(text):
    """Splits at the `#` that is not inside a string."""
    quote = None
    position = 0
    while position < len(text):
        char = text[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = None
        elif char in "\"'":
            quote = char
        elif char == "#":
            return text[:position].rstrip(), text[position + 1 :].strip()
        position += 1
    return text.rstrip(), ""


def parse_outcome_line(line):
    alternative = line.startswith("|")
    rest = line[1:].lstrip() if alternative else line
    statement, conditions, editions, word = 0, [], "", ""
    # The number and the tag, in either order.
    while True:
        number, tag = _NUMBER.match(rest), _TAG.match(rest)
        if number:
            statement = int(number.group(1)) - 1
        elif tag and _is_tag(tag.group(1), rest[tag.end() :]):
            for part in tag.group(1).split():
                if "=" in part:
                    name, values = part.split("=", 1)
                    conditions.append((name, values.split(",")))
                elif edition_tags.is_edition_set(part):
                    editions = part
                else:
                    word = part
        else:
            break
        rest = rest[(number or tag).end() :]
    text, message = split_comment(rest)
    return OutcomeLine(
        statement, alternative, conditions, editions, word, Outcome(text, message)
    )


def _is_tag(content, rest):
    """`[3.8+] None` has a tag; `[1, 2]` and `["name"]` are lists."""
    return not re.search("[\"'({[]", content) and rest[:1] not in ("", "#")


class Step:
    """A step, and the lines under it."""

    def __init__(self, number, line):
        self.number = number  # As the parser counts lines, from 1.
        self.line = line
        self.below = []  # Comments, blank lines and outcomes.

    def outcome_lines(self):
        return [(each, parse_outcome_line(each)) for each in self.below if _says(each)]

    def by_hand(self, statement):
        """Whether somebody declared what the statement may give."""
        return any(
            parsed.alternative and parsed.statement == statement
            for _, parsed in self.outcome_lines()
        )

    def is_choice(self, statement):
        """Whether another behaviour than CPython's has been allowed."""
        return any(
            parsed.word not in ("", "cpython") and parsed.statement == statement
            for _, parsed in self.outcome_lines()
        )

    def recorded(self, statement, variables, version):
        """What the recorded lines say of a variant ({name: value})."""
        for _, parsed in self.outcome_lines():
            if (
                parsed.statement == statement
                and _is_recorded(parsed)
                and (not parsed.editions or _names(parsed.editions, version))
                and all(variables.get(n) in values for n, values in parsed.conditions)
            ):
                return parsed.outcome
        return NOTHING

    def replace(self, new_lines):
        """Puts `new_lines` where the recorded outcomes were."""
        old = [
            index
            for index, each in enumerate(self.below)
            if _says(each) and _is_recorded(parse_outcome_line(each))
        ]
        at = old[0] if old else 0
        old_lines = {split_comment(self.below[i])[0]: self.below[i] for i in old}
        new_lines = [_keep_comment(old_lines, each) for each in new_lines]
        self.below = [each for i, each in enumerate(self.below) if i not in old]
        self.below[at:at] = new_lines


def _keep_comment(old_lines, new_line):
    """The old line, if it says the same as the new one.

    A comment that somebody put behind an outcome stays as long as the outcome
    does. A message that differs in nothing but a port, an address or the name
    of a temporary file is the same message.
    """
    text, message = split_comment(new_line)
    old_line = old_lines.get(text, new_line)
    _, comment = split_comment(old_line)
    if not message or _VARYING.sub("#", message) == _VARYING.sub("#", comment):
        return old_line
    return new_line


def _says(line):
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _is_recorded(parsed):
    return not parsed.alternative and parsed.word in ("", "cpython")


def _names(editions, version):
    return edition_tags.contains(editions, version)


class Block:
    """One scenario of a file."""

    def __init__(self, scenario_id, line):
        self.id = scenario_id
        self.header = [line]
        self.steps = []

    def recording(self):
        """Returns digest and own list of versions: (None, None) if there is no
        `recorded`, a list of None if it refers to the file's."""
        for line in self.header:
            match = _RECORDED.match(line)
            if match:
                versions = match.group(2)
                return match.group(1), versions.split() if versions else None
        return None, None

    def set_recording(self, digest, versions):
        """`versions` is None if they are those of the file."""
        line = "  recorded " + digest
        if versions is not None:
            line += " on " + " ".join(versions)
        last = 0
        for index, old in enumerate(self.header):
            if _RECORDED.match(old):
                self.header[index] = line
                return
            if _says(old):
                last = index
        self.header.insert(last + 1, line)

    def step(self, number):
        for step in self.steps:
            if step.number == number:
                return step
        raise LookupError("%s has no step in line %d" % (self.id, number))


class ScenarioText:
    """A file: what stands before the first scenario, and the scenarios."""

    def __init__(self, text):
        self.top = []
        self.blocks = []
        block, lines = None, self.top
        for number, line in enumerate(text.splitlines(), start=1):
            scenario = _SCENARIO.match(line)
            if scenario:
                block = Block(scenario.group(1), line)
                self.blocks.append(block)
                lines = block.header
                continue
            if block and _STEP.match(line):
                block.steps.append(Step(number, line))
                lines = block.steps[-1].below
                continue
            lines.append(line)

    def block(self, scenario_id):
        for block in self.blocks:
            if block.id == scenario_id:
                return block
        raise LookupError("there is no scenario " + scenario_id)

    def versions(self):
        for line in self.top:
            match = _FILE_RECORDED.match(line)
            if match:
                return match.group(1).split()
        return []

    def set_versions(self, versions):
        line = "recorded on " + " ".join(versions)
        for index, old in enumerate(self.top):
            if _FILE_RECORDED.match(old):
                self.top[index] = line
                return
        # Behind the comment with which the file begins.
        at = 0
        while at < len(self.top) and self.top[at].startswith("#"):
            at += 1
        self.top.insert(at, line)
        if len(self.top) == at + 1:
            self.top.append("")

    def text(self):
        lines = list(self.top)
        for block in self.blocks:
            lines += block.header
            for step in block.steps:
                lines.append(step.line)
                lines += step.below
        return "\n".join(lines) + "\n"
