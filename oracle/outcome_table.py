# SPDX-License-Identifier: Apache-2.0
"""From what every interpreter did to the fewest lines that say it."""

import collections

from oracle import edition_tags

# What came back from one statement: its canonical text, and for an error the
# message, which is a comment (and counts only if the scenario compares it).
Outcome = collections.namedtuple("Outcome", "text message")
NOTHING = Outcome("None", "")

# One line to write: a tag without brackets, perhaps empty, and an outcome.
Line = collections.namedtuple("Line", "tag outcome")


class OutcomeTable:
    """The outcomes of one statement, by variant and version.

    `variables` is [(name, [values])]; a variant is a tuple of one value each.
    """

    def __init__(self, variables, versions, compare_messages=False):
        self._variables = variables
        self._versions = edition_tags.ordered(versions)
        self._compare_messages = compare_messages
        self._cells = {}

    def set(self, variant, version, outcome):
        self._cells[variant, version] = outcome

    def get(self, variant, version):
        return self._cells.get((variant, version))

    def lines(self):
        """Returns the lines; none if there is nothing to say anywhere."""
        if all(outcome.text == NOTHING.text for outcome in self._cells.values()):
            return []
        lines = []
        for variable_tag, variants in self._groups():
            for versions, outcome in self._by_version(variants[0]):
                newest = self._newest_outcome(variants, versions, outcome)
                edition_tag = edition_tags.shortest_tag(self._versions, versions)
                tag = " ".join(part for part in (variable_tag, edition_tag) if part)
                lines.append(Line(tag, newest))
        return lines

    def _key(self, outcome):
        return outcome if self._compare_messages else outcome.text

    def _signature(self, variant):
        """What the variant does in all versions."""
        cells = [self._cells[variant, version] for version in self._versions]
        return tuple(self._key(outcome) for outcome in cells)

    def _variants(self):
        return list(dict.fromkeys(variant for variant, _ in self._cells))

    def _groups(self):
        """Returns [(tag, variants that do the same)], the fewest that are easy
        to read: one for all, or by the values of one variable, or one for each
        variant."""
        variants = self._variants()
        if len({self._signature(variant) for variant in variants}) == 1:
            return [("", variants)]
        for index, (name, values) in enumerate(self._variables):
            by_signature = {}
            for value in values:
                same = [each for each in variants if each[index] == value]
                signatures = {self._signature(each) for each in same}
                if len(signatures) > 1:
                    break
                if same:
                    group = by_signature.setdefault(signatures.pop(), ([], []))
                    group[0].append(value)
                    group[1].extend(same)
            else:
                return [
                    ("%s=%s" % (name, ",".join(values)), same)
                    for values, same in by_signature.values()
                ]
        names = [name for name, _ in self._variables]
        return [
            (" ".join("%s=%s" % pair for pair in zip(names, variant)), [variant])
            for variant in variants
        ]

    def _by_version(self, variant):
        """Returns [(versions, outcome)], the newest first."""
        groups = {}
        for version in reversed(self._versions):
            outcome = self._cells[variant, version]
            groups.setdefault(self._key(outcome), ([], outcome))[0].append(version)
        return groups.values()

    def _newest_outcome(self, variants, versions, outcome):
        """The message of the newest version; of the first variant, if several
        have one of their own."""
        return self._cells[variants[0], edition_tags.ordered(versions)[-1]]
