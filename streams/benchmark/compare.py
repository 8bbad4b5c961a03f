# SPDX-License-Identifier: Apache-2.0
"""Runs echo servers side by side and prints their speed as a ratio to `raw`.

Rounds are short and interleaved (A B C A B C ...), so that what the machine does
meanwhile hits all alike; what is printed is the median of the rounds. The server
runs on one core, the load on another. Two figures: requests a second, and the
server's CPU time a request, which still tells servers apart when the client is
the bottleneck.
"""

import argparse
import collections
import json
import os
import re
import shlex
import statistics
import subprocess
import sys

Case = collections.namedtuple("Case", "name mode size connections pipeline")

CASES = [
    Case("echo 64 B, 50", "echo", 64, 50, 1),
    Case("echo 1 KiB, 50", "echo", 1024, 50, 1),
    Case("echo 1 KiB, 1", "echo", 1024, 1, 1),
    Case("echo 1 KiB, 1000", "echo", 1024, 1000, 1),
    Case("echo 10 KiB, 50", "echo", 10240, 50, 1),
    Case("echo 100 KiB, 50", "echo", 102400, 50, 1),
    Case("line 64 B, 50", "line", 64, 50, 1),
    Case("line 64 B, 50, by 100", "line", 64, 50, 100),
]
YARDSTICK = "raw"


class Server:
    """An echo server of its own process, pinned to a core."""

    def __init__(self, command, mode, core):
        argv = ["taskset", "-c", str(core), *command, "--port=0", f"--mode={mode}"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.search(r":(\d+)\s*$", line)
        if not match:
            self.stop()
            raise RuntimeError(f"{shlex.join(argv)} said {line!r} and not where it is")
        self.port = int(match.group(1))

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def run_load(load, server, case, seconds, core):
    """One round: (requests per second, server CPU seconds per request)."""
    argv = ["taskset", "-c", str(core), load, f"--port={server.port}"]
    argv += [f"--connections={case.connections}", f"--size={case.size}"]
    argv += [f"--pipeline={case.pipeline}", f"--seconds={seconds}"]
    if case.mode == "line":
        argv.append("--line")
    before = server.cpu_seconds()
    result = subprocess.run(argv, stdout=subprocess.PIPE, check=True, timeout=120)
    used = server.cpu_seconds() - before
    answer = json.loads(result.stdout)
    if not answer["requests"]:
        raise RuntimeError(f"no request was answered in case {case.name!r}")
    return answer["requests"] / answer["seconds"], used / answer["requests"]


def measure(case, servers, options):
    """The medians of one case: {server name: {...}}."""
    running = {
        name: Server(command, case.mode, options.server_core)
        for name, command in servers.items()
    }
    rates = collections.defaultdict(list)
    costs = collections.defaultdict(list)
    try:
        for round_number in range(-1, options.rounds):
            for name, server in running.items():
                rate, cost = run_load(
                    options.load, server, case, options.seconds, options.load_core
                )
                if round_number >= 0:  # The first one warms up.
                    rates[name].append(rate)
                    costs[name].append(cost)
    finally:
        for server in running.values():
            server.stop()
    result = {}
    for name in servers:
        # Ratios round by round: neighbours in time share the machine's mood.
        rate_ratios = [a / b for a, b in zip(rates[name], rates[YARDSTICK])]
        cost_ratios = [b / a for a, b in zip(costs[name], costs[YARDSTICK])]
        result[name] = {
            "requests_per_second": statistics.median(rates[name]),
            "cpu_microseconds": statistics.median(costs[name]) * 1e6,
            "rate_ratio": statistics.median(rate_ratios),
            "cpu_ratio": statistics.median(cost_ratios),
            "rate_spread": [min(rate_ratios), max(rate_ratios)],
            "cpu_spread": [min(cost_ratios), max(cost_ratios)],
        }
    return result


def markdown(results):
    lines = [
        "| case | server | requests/s | ratio | µs CPU/request | ratio | spread |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for case, servers in results.items():
        for name, figures in servers.items():
            low, high = figures["cpu_spread"]
            lines.append(
                f"| {case} | {name} | {figures['requests_per_second']:,.0f} "
                f"| {figures['rate_ratio']:.2f} | {figures['cpu_microseconds']:.2f} "
                f"| {figures['cpu_ratio']:.2f} | {low:.2f}–{high:.2f} |"
            )
    return "\n".join(lines)


def parse_options(argv):
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--load", required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--server",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="a server to measure: it takes --port and --mode and prints HOST:PORT",
    )
    parser.add_argument("--filter", default="", help="only cases that match this regex")
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a round")
    parser.add_argument("--json", metavar="PATH", help="write the figures here too")
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    options = parser.parse_args(argv)
    if os.cpu_count() < 2:
        parser.error("needs two cores: one for the server, one for the load")
    if options.rounds < 1 or not 0 < options.seconds <= 60:
        parser.error("--rounds is at least 1, --seconds at most 60")
    return options


def main(argv):
    options = parse_options(argv)
    servers = {}
    for server in options.server:
        name, _, command = server.partition("=")
        servers[name] = shlex.split(command)
    if YARDSTICK not in servers:
        sys.exit(f"compare: one --server must be named {YARDSTICK}")
    cases = [case for case in CASES if re.search(options.filter, case.name)]
    if not cases:
        names = ", ".join(case.name for case in CASES)
        sys.exit(f"compare: no case matches {options.filter!r}; there are: {names}")
    results = {}
    for number, case in enumerate(cases, 1):
        if sys.stderr.isatty():
            print(f"\r[{number}/{len(cases)}] {case.name:<30}", end="", file=sys.stderr)
        results[case.name] = measure(case, servers, options)
    if sys.stderr.isatty():
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    print(markdown(results))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
