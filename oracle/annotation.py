# SPDX-License-Identifier: Apache-2.0
"""Writes what the interpreters did into the text of a scenario file."""

import collections
import difflib

from oracle import edition_tags
from oracle.outcome_table import NOTHING, OutcomeTable


def annotate(text, observations, refused=()):
    """Changes `text`, a ScenarioText, and returns {scenario: what changed}.

    `observations` are those of this file. What was recorded on an interpreter
    that is not here now stays, as long as the steps are the same. Scenarios in
    `refused` are left alone.
    """
    by_scenario = collections.defaultdict(list)
    for each in observations:
        by_scenario[each.scenario].append(each)
    changes = {}
    file_versions = _file_versions(text, observations)
    top_before = text.versions()
    recordings = {}
    for block in text.blocks:
        # Before the file's own list changes what "as the file" means.
        recordings[block.id] = _Recording(block, by_scenario[block.id], top_before)
    for block in text.blocks:
        recording = recordings[block.id]
        if block.id in refused:
            recording.keep_versions(file_versions)
        elif recording.observed:
            changes[block.id] = recording.write(file_versions)
        else:
            recording.keep_versions(file_versions)
            changes[block.id] = recording.why_not()
    if any(block.recording()[0] for block in text.blocks):
        text.set_versions(file_versions)
    return changes


def _file_versions(text, observations):
    seen = {each.version for each in observations if each.state == "observed"}
    return edition_tags.ordered(seen | set(text.versions()))


class _Recording:
    """One scenario: what was recorded, and what has been observed now."""

    def __init__(self, block, observations, file_versions):
        self._block = block
        self._all = observations
        self.observed = [each for each in observations if each.state == "observed"]
        self._digest, own = block.recording()
        self._since, self._until = _bounds(block)
        self._old_versions = []
        if self._digest:
            self._old_versions = self._applicable(
                file_versions if own is None else own
            )

    def _applicable(self, versions):
        """Those that `since` and `until` leave."""
        return [
            each
            for each in versions
            if (not self._since or edition_tags.contains(self._since + "+", each))
            and (
                not self._until
                or edition_tags.contains("3.0-" + self._until, each)
            )
        ]

    def why_not(self):
        if not self._all:
            return "not run"
        return "; ".join(
            sorted({"%s %s" % (each.state, each.explanation) for each in self._all})
        ).strip()

    def keep_versions(self, file_versions):
        """Names the old versions, if the file's are others now."""
        if self._digest:
            self._set_recording(self._digest, self._old_versions, file_versions)

    def _set_recording(self, digest, versions, file_versions):
        as_file = versions == self._applicable(file_versions)
        self._block.set_recording(digest, None if as_file else versions)

    def write(self, file_versions):
        """Writes outcomes and digest; returns what changed, in words."""
        before = self._lines()
        digest = self.observed[0].digest
        versions = {each.version for each in self.observed}
        variants = {each.variant: each.variables for each in self.observed}
        kept = []
        if digest == self._digest:
            kept = [each for each in self._old_versions if each not in versions]
        self._write_outcomes(edition_tags.ordered(versions | set(kept)), kept, variants)
        all_versions = edition_tags.ordered(versions | set(kept))
        self._set_recording(digest, all_versions, file_versions)
        if self._digest is None:
            return "recorded"
        after = self._lines()
        if digest != self._digest:
            return "recorded again, its steps have changed"
        if before == after:
            return ""
        return "changed:\n" + "\n".join(_difference(before, after))

    def _lines(self):
        return [
            line for step in self._block.steps for line in (step.line, *step.below)
        ]

    def _write_outcomes(self, versions, kept, variants):
        names = list(next(iter(variants.values())))
        variables = [
            (name, list(dict.fromkeys(each[name] for each in variants.values())))
            for name in names
        ]
        now = {(each.variant, each.version): each for each in self.observed}
        keys = sorted({key for each in self.observed for key in each.outcomes})
        statements = collections.Counter(line for line, _ in keys)
        lines = collections.defaultdict(list)
        for line, statement in keys:
            step = self._block.step(line)
            if step.by_hand(statement):
                continue
            table = OutcomeTable(
                variables, versions, self.observed[0].compare_messages
            )
            for variant, values in variants.items():
                for version in versions:
                    if version in kept:
                        outcome = step.recorded(statement, values, version)
                    else:
                        observation = now[variant, version]
                        outcome = observation.outcomes[line, statement]
                    table.set(tuple(values.values()), version, outcome)
            found = table.lines()
            if not found and step.is_choice(statement):
                found = [("", NOTHING)]  # Beside the others, None must be said.
            for tag, outcome in found:
                if step.is_choice(statement):
                    tag = (tag + " cpython").strip()
                number = statement + 1 if statements[line] > 1 else 0
                lines[line].append(format_line(number, tag, outcome))
        for step in self._block.steps:
            if step.number in statements:
                step.replace(lines[step.number])


def format_line(number, tag, outcome):
    """`number` is 0 if the step has but one statement."""
    text = outcome.text
    if tag:
        text = "[%s] %s" % (tag, text)
    if number:
        text = "%d: %s" % (number, text)
    if outcome.message:
        text += "  # " + outcome.message
    return text


def _bounds(block):
    bounds = {"since": None, "until": None}
    for line in block.header[1:]:
        words = line.split()
        if len(words) >= 2 and words[0] in bounds:
            bounds[words[0]] = words[1]
    return bounds["since"], bounds["until"]


def _difference(before, after):
    return [
        "    " + line
        for line in difflib.unified_diff(before, after, n=1, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
