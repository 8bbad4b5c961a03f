# SPDX-License-Identifier: Apache-2.0
"""Runs echo servers side by side: the program behind tools/bench."""

import dataclasses
import datetime
import os
import platform
import re
import resource
import signal
import sys

from streams.benchmark import cases as all_cases
from streams.benchmark import command_line
from streams.benchmark import comparison
from streams.benchmark import cycles
from streams.benchmark import interleaving
from streams.benchmark import measurement
from streams.benchmark import parse
from streams.benchmark import peers as all_peers
from streams.benchmark import plot
from streams.benchmark import recording
from streams.benchmark import report

# Its key is of the kind that most servers have today: P-256.
_CERTIFICATE = "conformance/certificates/server.pem"

# Of the descriptors that a process may have open, so many are not connections.
_SPARE_DESCRIPTORS = 100


class Ended(BaseException):
    """By a signal: nothing here may take it for a failure of its own."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


def end_by_signals():
    """Has them raise Ended, so that everything that was started is stopped."""

    def end(number, _frame):
        raise Ended(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # In the background, or by nohup, some are not for it.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, end)


def select_cases(patterns):
    """The cases, and whether to measure parsing, that the patterns name."""
    names = [case.name for case in all_cases.CASES] + [all_cases.PARSE]
    if not patterns:
        return list(all_cases.CASES), True
    for pattern in patterns:
        try:
            matches = any(re.fullmatch(pattern, name) for name in names)
        except re.error as error:
            raise ValueError(f"--case={pattern}: {error}") from error
        if not matches:
            raise ValueError(f"no case matches {pattern!r}; see tools/bench --list")
    wanted = {n for n in names if any(re.fullmatch(p, n) for p in patterns)}
    return (
        [case for case in all_cases.CASES if case.name in wanted],
        all_cases.PARSE in wanted,
    )


def setting_for(case, setting):
    seconds = max(setting.seconds, case.least_seconds)
    return dataclasses.replace(setting, seconds=seconds)


def print_list():
    width = max(len(case.name) for case in all_cases.CASES) + 2
    print("Cases:")
    for case in all_cases.CASES:
        print(f"  {case.name:<{width}}{case.says}")
    print(f"  {all_cases.PARSE:<{width}}{all_cases.PARSE_SAYS}")
    print("\nServers:")
    for peer in all_peers.PEERS:
        notes = [] if peer.by_default else ["only if it is named"]
        notes += [] if peer.is_there() else [f"needs {peer.package}"]
        print(
            f"  {peer.name:<{width}}{peer.says}"
            + (f" ({'; '.join(notes)})" if notes else "")
        )


class Progress:
    """A line on a terminal that says how far it is; nothing elsewhere."""

    def __init__(self, total):
        self._total = total
        self._case = ""
        self._number = 0

    def begin(self, case):
        self._number += 1
        self._case = case
        self.show(0, 1)

    def show(self, done, rounds):
        if sys.stderr.isatty():
            line = f"[{self._number}/{self._total}] {self._case}, {done}/{rounds}"
            print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)

    def end(self):
        if sys.stderr.isatty():
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    return {
        "kernel": platform.release(),
        "cpu": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def allow_connections(wanted):
    """Raises the limit of descriptors; how many connections it allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    allowed = min(wanted, hard - _SPARE_DESCRIPTORS)
    if allowed < wanted:
        print(
            f"tools/bench: {allowed} idle connections instead of {wanted}:"
            f" ulimit -Hn is {hard}",
            file=sys.stderr,
        )
    return allowed


class Bench:
    """Everything that is measured in one go, and what came of it."""

    def __init__(self, options, peers, cases, with_parse, root):
        self._options = options
        self._peers = peers
        self._cases = cases
        self._with_parse = with_parse
        self._root = root
        self._progress = Progress(len(cases) + with_parse)
        targets = {p.target_for(c) for p in peers for c in cases if p.can_run(c)}
        targets |= {"load_generator"} if cases else set()
        targets |= {parse.TARGET} if with_parse else set()
        targets |= {cycles.TARGET} if options.cycles else set()
        self._folder = all_peers.build(targets - {""}, root)

    def run(self):
        setting = measurement.Setting(
            load=os.path.join(self._folder, "load_generator"),
            certificate=os.path.join(self._root, _CERTIFICATE),
            seconds=self._options.seconds,
            server_core=str(self._options.server_core),
            load_core=str(self._options.load_core),
        )
        results = self._describe()
        try:
            self._measure_all(setting, results)
        finally:
            self._progress.end()
        return results

    def _measure_all(self, setting, results):
        for case in self._cases:
            self._progress.begin(case.name)
            try:
                if self._options.cycles:
                    counted = results.setdefault("cycles", {})
                    record = self._count(case, setting_for(case, setting))
                    counted[case.name] = record
                else:
                    record = self._measure(case, setting_for(case, setting))
                    results["cases"][case.name] = record
            except measurement.MeasurementError as error:
                # The others are not to be lost with it.
                results["failed"][case.name] = str(error)
                print(f"\ntools/bench: {case.name}: {error}", file=sys.stderr)
        if self._with_parse:
            self._progress.begin(all_cases.PARSE)
            rounds = self._options.rounds
            results["parse"] = parse.measure(self._folder, setting, rounds)

    def _describe(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        return {
            "format": recording.FORMAT,
            "date": now.isoformat(" ", "minutes"),
            "machine": machine(),
            "rounds": self._options.rounds,
            "seconds": self._options.seconds,
            "rounds_of_a_process": interleaving.ROUNDS_OF_A_PROCESS,
            "versions": all_peers.versions(self._peers),
            "cases": {},
            "failed": {},
        }

    def _commands(self, case):
        """{server: its command line} of those that can run the case."""
        return {
            peer.name: all_peers.command(peer, case, self._folder, self._root)
            for peer in self._peers
            if peer.can_run(case)
        }

    def _count(self, case, setting):
        library = os.path.join(self._folder, cycles.TARGET)
        rounds = self._options.rounds
        commands = self._commands(case)
        show = self._progress.show
        record = cycles.measure(case, commands, setting, library, rounds, show)
        return {"says": case.says, **record}

    def _measure(self, case, setting):
        commands = self._commands(case)
        record = {"says": case.says}
        if case.idle:
            connections = allow_connections(case.connections)
            record["idle"] = True
            record["connections"] = connections
            record |= comparison.measure_idle(
                case, commands, setting, connections, self._progress.show
            )
            return record
        cores = (self._options.server_core, self._options.load_core)
        others = measurement.OtherLoad(cores)
        record |= comparison.measure_load(
            case, commands, setting, self._options.rounds, self._progress.show
        )
        record["other_load"] = others.share()
        return record


def read_figures(path, patterns):
    """What --json wrote, of those cases."""
    results = recording.read(path)
    cases, with_parse = select_cases(patterns)
    wanted = {case.name for case in cases}
    for kind in results.keys() & {"cases", "cycles", "failed"}:
        results[kind] = {n: r for n, r in results[kind].items() if n in wanted}
    if not with_parse:
        results.pop("parse", None)
    return results


def select(options):
    """What Bench() takes: the servers, the cases, whether to measure parsing."""
    names = [name for name in (options.peers or "").split(",") if name]
    peers = all_peers.select(names)
    cases, with_parse = select_cases(options.case)
    if options.cycles:
        peers = all_peers.countable(peers, names)
        cases, with_parse = [case for case in cases if not case.idle], False
        if not cases:
            raise ValueError("--cycles is of cases under load, and none is among them")
    return peers, cases, with_parse


def run(options):
    """The exit status."""
    try:
        if options.figures:
            results = read_figures(options.figures, options.case)
        else:
            selected = select(options)
    except (OSError, ValueError) as error:
        print(f"tools/bench: error: {error}", file=sys.stderr)
        return 2
    try:
        if not options.figures:
            path = os.path.abspath(__file__)
            root = os.path.dirname(os.path.dirname(os.path.dirname(path)))
            results = Bench(options, *selected, root).run()
        print(report.markdown(results))
        if options.json:
            recording.write(results, options.json)
        if options.plot:
            plot.write(results, options.plot)
    except (
        OSError,
        ValueError,
        all_peers.BuildError,
        measurement.MeasurementError,
        plot.PlotError,
    ) as error:
        print(f"tools/bench: {error}", file=sys.stderr)
        return 1
    return 1 if results["failed"] else 0


def main(argv):
    options = command_line.parse(argv)
    if options.list:
        print_list()
        return 0
    end_by_signals()
    try:
        return run(options)
    except Ended as error:
        print(f"tools/bench: ended by {error}", file=sys.stderr)
        return error.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
