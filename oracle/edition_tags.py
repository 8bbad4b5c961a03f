# SPDX-License-Identifier: Apache-2.0
"""Sets of CPython versions, as the tags of outcomes write them.

The recorder's counterpart of conformance/scenario/edition.h, which reads what
is written here. A version is text, "3.11.2"; a bound may also be "3.11".
"""

import re

_VERSION = r"\d+\.\d+(?:\.\d+)?"
_RANGE = re.compile(r"(%s)(?:(\+)|-(%s))?" % (_VERSION, _VERSION))


def numbers(version):
    return tuple(int(part) for part in version.split("."))


def minor(version):
    return ".".join(version.split(".")[:2])


def ordered(versions):
    return sorted(set(versions), key=numbers)


def is_edition_set(text):
    return all(_RANGE.fullmatch(part) for part in text.split(","))


def contains(text, version):
    """Whether the tag `text`, such as "3.8-3.10,3.12+", names `version`."""
    return any(_range_contains(part, numbers(version)) for part in text.split(","))


def _range_contains(part, version):
    first, is_open, last = _RANGE.fullmatch(part).groups()
    if is_open:
        return version >= numbers(first)
    first, last = numbers(first), numbers(last or first)
    # A bound of two numbers stands for all releases of that minor version.
    return version >= first and version[: len(last)] <= last


def shortest_tag(recorded, subset):
    """Returns the tag for `subset`, a part of `recorded`; empty if it is all.

    A run that reaches the newest version is written open-ended: what holds
    now is what is expected of the next release.
    """
    recorded, subset = ordered(recorded), set(subset)
    if not subset or not subset <= set(recorded):
        raise ValueError("%s of %s" % (sorted(subset), recorded))
    if subset == set(recorded):
        return ""
    return ",".join(_run_tag(recorded, run) for run in _runs(recorded, subset))


def _runs(recorded, subset):
    """Groups what stands side by side in `recorded`."""
    runs, before = [], None
    for version in recorded:
        if version in subset:
            if before in subset:
                runs[-1].append(version)
            else:
                runs.append([version])
        before = version
    return runs


def _run_tag(recorded, run):
    first, last = run[0], run[-1]
    same_minor = [v for v in recorded if minor(v) == minor(first)]
    first_text = minor(first) if first == same_minor[0] else first
    if last == recorded[-1]:
        return first_text + "+"
    same_minor = [v for v in recorded if minor(v) == minor(last)]
    last_text = minor(last) if last == same_minor[-1] else last
    if minor(first) == minor(last):
        whole = first_text == last_text
        first_text, last_text = (first_text, "") if whole else (first, last)
        if whole or first == last:
            return first_text
    return first_text + "-" + last_text
