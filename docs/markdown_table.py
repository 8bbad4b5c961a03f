# SPDX-License-Identifier: Apache-2.0
"""Tables of the documentation, for the tests that hold them to their word."""

import re


def rows(text, heading):
    """The rows of the first table below `heading`, as lists of cells."""
    section = text.split(f"\n{heading}\n", 1)[1]
    lines = section[section.index("\n|") + 1 :].splitlines()
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        # A | within code is written \|.
        cells = re.split(r"(?<!\\)\|", line.strip()[1:-1])
        found.append([cell.strip().replace("\\|", "|") for cell in cells])
    return found[2:]


def code(cell):
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
