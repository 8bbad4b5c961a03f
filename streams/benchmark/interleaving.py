# SPDX-License-Identifier: Apache-2.0
"""Rounds of several servers by turns, so that only the servers differ.

What the machine does meanwhile hits all alike, as rounds are short. Who comes
first is another one in each round; and how a process happens to lie in memory
lasts for a few rounds only, then all are started anew.
"""

import contextlib
import sys

from streams.benchmark import measurement
from streams.benchmark import peers

# So many that count, after one that warms up.
ROUNDS_OF_A_PROCESS = 5


class Participants:
    """The servers of a case that have done all so far, and why others have not."""

    def __init__(self, case, commands):
        self._case = case
        self._commands = dict(commands)
        self.left_out = {}  # {server: why}

    def commands(self, number):
        """(server, its command line) in the order of that round: there and back."""
        items = list(self._commands.items())
        return items[::-1] if number % 2 else items

    @contextlib.contextmanager
    def attempt(self, name):
        """A server that cannot do a case is none of the others' concern."""
        try:
            yield
        except measurement.MeasurementError as error:
            if name == peers.YARDSTICK:
                raise measurement.MeasurementError(f"{name}: {error}") from error
            del self._commands[name]
            self.left_out[name] = str(error)
            print(
                f"\ntools/bench: {self._case.name} without {name}: {error}",
                file=sys.stderr,
            )

    def record(self, values, summarize):
        """Of {server: [what each round gave, ...]}, what is worth keeping."""
        there = {name: values[name] for name, _ in self.commands(0)}
        record = {"servers": summarize(there)}
        if self.left_out:
            record["left_out"] = self.left_out
        return record


def run(participants, start, run_round, count, on_round):
    """{server: [run_round(server), ...]} of servers that start(argv) gives."""
    rounds = {name: [] for name, _ in participants.commands(0)}
    for first in range(0, count, ROUNDS_OF_A_PROCESS):
        end = min(first + ROUNDS_OF_A_PROCESS, count)
        with contextlib.ExitStack() as stack:
            servers = {}
            for name, argv in participants.commands(first):
                with participants.attempt(name):
                    servers[name] = start(argv)
                    stack.callback(servers[name].stop)
            for number in range(first - 1, end):
                on_round(number + 1, count + 1)
                for name, _ in participants.commands(number):
                    with participants.attempt(name):
                        one = run_round(servers[name])
                        if number >= first:  # The first one warms up.
                            rounds[name].append(one)
    return rounds
