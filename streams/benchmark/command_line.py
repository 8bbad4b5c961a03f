# SPDX-License-Identifier: Apache-2.0
"""Runs echo servers side by side and prints their speed as a ratio to `raw`.

Rounds are short and interleaved (A B C C B A ...), so that what the machine does
meanwhile hits all alike; what is printed is the median of the rounds. The server
runs on one core, the load on another. Two figures: requests a second, and the
server's CPU time a request, which still tells servers apart when the client is
the bottleneck. Or, by --cycles, what takes the server's time. See
docs/performance.md.
"""

import argparse
import os

from streams.benchmark import plot

_STATUS = """\
exit status:
  0    every case was measured; who failed in one is left out of it, and named
       below the tables and in the file of --json
  1    a case failed, because raw did in it, or nothing could be measured
  2    the command line or the file of --from is not as it should be
  128  and the number of the signal, of SIGINT, SIGTERM or SIGHUP, that ended it
"""


def _check_cores(parser, options):
    cores = os.sched_getaffinity(0)
    if options.server_core == options.load_core or not cores.issuperset(
        (options.server_core, options.load_core)
    ):
        parser.error(
            "needs two cores, one for the server and one for the load; there are:"
            f" {', '.join(map(str, sorted(cores)))}"
        )


def parse(argv):
    parser = argparse.ArgumentParser(
        prog="tools/bench",
        description=__doc__,
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--case",
        action="append",
        metavar="REGEX",
        help="only cases whose whole name matches (echo/.*/50); may be repeated",
    )
    parser.add_argument(
        "--peers", metavar="A,B", help="only these servers, and raw (see --list)"
    )
    parser.add_argument(
        "--cycles",
        action="store_true",
        help="count, instead of time, the processor's cycles for each request: the"
        " server's own between its system calls, and those within them (cases under"
        " load; servers of one thread, compiled). Medians, with the quartiles",
    )
    parser.add_argument("--list", action="store_true", help="print cases and servers")
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a round")
    parser.add_argument("--json", metavar="PATH", help="write the figures here too")
    parser.add_argument("--plot", metavar="PATH", help="and a picture: .svg, .png")
    parser.add_argument(
        "--from",
        dest="figures",
        metavar="PATH",
        help="measure nothing, print and plot (those --case of) the figures of a"
        " --json file, of all servers in it",
    )
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    options = parser.parse_args(argv)
    if not 1 <= options.rounds <= 1000 or not 0 < options.seconds <= 60:
        parser.error("--rounds is from 1 to 1000, --seconds at most 60")
    if options.figures and options.peers:
        parser.error("--from is of all servers in the file: not with --peers")
    if not options.list and not options.figures:
        _check_cores(parser, options)
    # Not only after all has been measured.
    for path in filter(None, (options.json, options.plot)):
        folder = os.path.dirname(path) or "."
        if not os.access(folder, os.W_OK):
            parser.error(f"cannot write into {folder}")
    if options.plot and options.cycles:
        parser.error("--plot has no picture of --cycles")
    if options.plot:
        try:
            plot.check(options.plot)
        except plot.PlotError as error:
            parser.error(str(error))
    return options
