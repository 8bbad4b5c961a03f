# SPDX-License-Identifier: Apache-2.0
"""One loop and two, on two cores that the load shares: what does a loop cost?

bazel run --config=opt //streams/benchmark:scaling -- [--rounds=5] [--json=PATH]

With the clients on the same machine, two loops cannot give twice the rate. What
can be seen is whether a request becomes dearer when another loop runs beside
(they would have to share something), and whether the kernel spreads connections
evenly. See docs/scaling.md.
"""

import argparse
import concurrent.futures
import json
import os
import statistics
import sys

from streams.benchmark import bench
from streams.benchmark import cases
from streams.benchmark import measurement

_SERVER = "streams/examples/reuse_port_echo_server"
_LOAD = "streams/benchmark/load_generator"
_LOOPS = (1, 2)
_CLIENTS = 2  # Processes, so that the load is not what ends on one core.
_CASES = [
    cases.Case("echo/64B/100", "", size=64, connections=100),
    cases.Case("echo/10KiB/100", "", size=10240, connections=100),
]


def share_of_the_busiest(server):
    """Of each thread's CPU time, the part of the busiest: 1/loops is even."""
    times = server.thread_cpu_seconds()
    return max(times) / sum(times)


def one_round(loops, case, setting):
    """What a new server with so many loops does; its connections are its own."""
    server = measurement.Server([_SERVER, f"--loops={loops}"], case, setting)
    loads = []
    try:
        for _ in range(_CLIENTS):
            each = case.connections // _CLIENTS
            loads.append(measurement.Load(server, case, setting, each))
        before = server.cpu_seconds()
        with concurrent.futures.ThreadPoolExecutor(_CLIENTS) as pool:
            answers = list(pool.map(lambda load: load.run(), loads))
        used = server.cpu_seconds() - before
        busiest = share_of_the_busiest(server)
    finally:
        for load in loads:
            load.stop()
        server.stop()
    requests = sum(answer["requests"] for answer in answers)
    return {
        "requests_per_second": sum(a["requests"] / a["seconds"] for a in answers),
        "cpu_microseconds": used / requests * 1e6,
        "busiest_loop": busiest,
        "client_cpu_microseconds": sum(a["cpu_seconds"] for a in answers)
        / requests
        * 1e6,
    }


def measure(case, setting, rounds):
    """The medians of one case, for each number of loops."""
    others = measurement.OtherLoad((0, 1))
    figures = {loops: [] for loops in _LOOPS}
    for _ in range(rounds):
        for loops in _LOOPS:
            figures[loops].append(one_round(loops, case, setting))
    return {
        "other_load": others.share(),
        "loops": {
            str(loops): {
                key: statistics.median(one[key] for one in of_one)
                for key in of_one[0]
            }
            for loops, of_one in figures.items()
        },
    }


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--json", metavar="PATH", help="write the figures here too")
    options = parser.parse_args(argv)
    setting = measurement.Setting(
        load=_LOAD,
        certificate="",
        seconds=options.seconds,
        server_core="0,1",
        load_core="0,1",
    )
    results = {"machine": bench.machine(), "cases": {}}
    for case in _CASES:
        results["cases"][case.name] = measure(case, setting, options.rounds)
    print(json.dumps(results, indent=1))
    if options.json:
        workspace = os.environ.get("BUILD_WORKING_DIRECTORY", "")
        path = os.path.join(workspace, options.json)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
