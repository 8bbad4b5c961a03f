# SPDX-License-Identifier: Apache-2.0
"""This library beside each other server: by how much, and how sure that is.

Round by round the ratio of two neighbours in time is one observation. Where the
median of all such ratios lies is told whatever the noise is like, as far as rounds
don't depend on each other: of n rounds, as many lie below it as of n coins fall on
one side. Rounds of the same processes do, a little (interleaving.py).
"""

import math
import statistics

# Less than one interval of twenty misses the median it is about.
CONFIDENCE = 0.95

AHEAD, LEVEL, BEHIND, UNKNOWN = "ahead", "level", "behind", "too few rounds"
# Of a rate: the client had no more to give, whose rate it is then.
CLIENT_IS_THE_LIMIT = "the client's limit"


def ratios(values, others, higher_is_better):
    """Round by round: neighbours in time share the machine's mood."""
    if higher_is_better:
        return [value / other for value, other in zip(values, others)]
    return [other / value for value, other in zip(values, others)]


def interval(values):
    """Between which two of them the median is; None of fewer than six."""
    values = sorted(values)
    missed = 0.0
    outside = 0  # So many on each side are left out.
    for below in range(len(values)):
        missed += 2 * math.comb(len(values), below) / 2 ** len(values)
        if missed > 1 - CONFIDENCE:
            break
        outside = below + 1
    if not outside:
        return None
    return [values[outside - 1], values[-outside]]


def compare(values, others, higher_is_better):
    """The figures of one comparison; above 1, `values` are the better ones."""
    observed = ratios(values, others, higher_is_better)
    return {"ratio": statistics.median(observed), "interval": interval(observed)}


def verdict(compared):
    """What can be said of compare()'s figures."""
    if compared.get("client_is_the_limit"):
        return CLIENT_IS_THE_LIMIT
    if compared["interval"] is None:
        return UNKNOWN
    low, high = compared["interval"]
    if low > 1:
        return AHEAD
    return BEHIND if high < 1 else LEVEL
