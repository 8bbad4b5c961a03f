# SPDX-License-Identifier: Apache-2.0
"""Cycles that a server takes for a request: its own, and within system calls.

A library that is loaded into the server (cycle_counter.cc) reads the processor's
time-stamp counter before and after each system call, and adds up the differences
in a file that is mapped here. These figures tell changes of the program's own
part apart, which in its CPU time disappear behind the kernel's.
"""

import ctypes
import dataclasses
import mmap
import os
import statistics
import struct
import time

from streams.benchmark import interleaving
from streams.benchmark import measurement

TARGET = "libcycle_counter.so"

# Of system calls; `other` are those by which connections come and go.
KINDS = ("receive", "send", "wait", "other")
OWN = "own"

# Counts in cycle_counter.cc: the last reading, own cycles; of each kind cycles
# and calls.
_LAYOUT = struct.Struct(f"={2 + 2 * len(KINDS)}Q")


@dataclasses.dataclass(frozen=True)
class Counts:
    """What has been added up since the server was started."""

    last: int  # What was read when the last call began or, later, ended.
    cycles: dict  # {OWN or kind: so many}
    calls: dict  # {kind: so many}

    @staticmethod
    def unpack(data):
        last, own, *sums = _LAYOUT.unpack_from(data)
        cycles = {OWN: own, **dict(zip(KINDS, sums[0::2]))}
        return Counts(last, cycles, dict(zip(KINDS, sums[1::2])))


@dataclasses.dataclass(frozen=True)
class Round:
    """What one round gave, of all its requests together."""

    requests: int
    cycles: dict
    calls: dict


class CountedServer(measurement.Server):
    """A server with the library in it."""

    def __init__(self, argv, case, setting, library):
        self._now = ctypes.CDLL(library).CycleCounterNow
        self._now.restype = ctypes.c_uint64
        # Not a file on a disk: whenever such a page was written back, the next
        # write to it is a page fault.
        self._file = os.memfd_create("cycles")
        os.ftruncate(self._file, _LAYOUT.size)
        self._counts = mmap.mmap(self._file, _LAYOUT.size, prot=mmap.PROT_READ)
        path = f"/proc/{os.getpid()}/fd/{self._file}"
        # By `env`, so that only the server has it, and not what starts it.
        prefix = ["env", f"LD_PRELOAD={library}", f"CYCLE_COUNTS={path}"]
        super().__init__([*prefix, *argv], case, setting)

    def counts(self):
        return Counts.unpack(self._counts)

    def cycles_since(self, counts):
        """How far the counter has gone on since those were added up."""
        return self._now() - counts.last

    def await_idle(self):
        """Returns when everything that has been sent to it is done with."""
        deadline = time.monotonic() + measurement.TIMEOUT_SECONDS
        while (states := self.thread_states()) != ["S"]:
            if len(states) > 1:
                self.fail(
                    f"has {len(states)} threads; cycles are counted of servers that"
                    " have one"
                )
            if states in ([], ["Z"]):
                self.fail("has died")
            if time.monotonic() > deadline:
                self.fail("does not come to rest")

    def stop(self):
        super().stop()
        self._counts.close()
        os.close(self._file)


def run_round(server, case, setting):
    """Loads the server for a while. What precedes and follows is not counted."""
    load = measurement.Load(server, case, setting, case.connections)
    try:
        server.await_idle()
        before = server.counts()
        idle = server.cycles_since(before)  # Will be part of the first wait.
        answer = load.run()
        # At once: what the server still has to answer is nobody's request.
        after = server.counts()
        elapsed = server.cycles_since(before) - idle
    finally:
        load.stop()
    cycles = {name: n - before.cycles[name] for name, n in after.cycles.items()}
    calls = {kind: n - before.calls[kind] for kind, n in after.calls.items()}
    cycles["wait"] -= idle
    requests = answer["requests"]
    if not requests:
        server.fail(f"answered no request in case {case.name}")
    if not all(calls[kind] for kind in ("receive", "send", "wait")):
        server.fail(
            f"answered {requests} requests, and no system calls for that were counted:"
            " it is linked statically, or makes them without the C library"
        )
    if not 0 < sum(cycles.values()) <= elapsed:
        server.fail(
            f"took {sum(cycles.values())} cycles of {elapsed} that went by: the"
            " processor's time-stamp counters do not agree"
        )
    return Round(requests, cycles, calls)


def _figure(values):
    quartiles = [values[0]] * 3
    if len(values) > 1:
        quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": quartiles[1], "quartiles": [quartiles[0], quartiles[2]]}


def summarize(rounds):
    """{server: [Round, ...]} -> {server: figures of a request}"""
    return {
        name: {
            "cycles": {
                part: _figure([one.cycles[part] / one.requests for one in of_one])
                for part in (OWN, *KINDS)
            },
            "calls": {
                kind: _figure([one.calls[kind] / one.requests for one in of_one])
                for kind in KINDS
            },
        }
        for name, of_one in rounds.items()
    }


def measure(case, commands, setting, library, count, on_round):
    """One case under load: the figures, and who was left out."""
    participants = interleaving.Participants(case, commands)
    rounds = interleaving.run(
        participants,
        lambda argv: CountedServer(argv, case, setting, library),
        lambda server: run_round(server, case, setting),
        count,
        on_round,
    )
    return participants.record(rounds, summarize)


def _cell(figure):
    low, high = figure["quartiles"]
    return f"{figure['median']:,.0f} ({low:,.0f}–{high:,.0f})"


def rows(recorded):
    """The table in Markdown: medians, with the quartiles."""
    yield (
        "| case | server | own cycles | receiving | sending | waiting | other calls |"
        " waits |"
    )
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for case, record in recorded.items():
        for name, figures in record["servers"].items():
            cells = [_cell(figures["cycles"][part]) for part in (OWN, *KINDS)]
            cells.append(f"{figures['calls']['wait']['median']:.2f}")
            yield f"| {case} | {name} | {' | '.join(cells)} |"
