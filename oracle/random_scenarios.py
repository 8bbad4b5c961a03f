# SPDX-License-Identifier: Apache-2.0
"""Writes scenarios that nobody thought of: random programs, a seed each.

    python3 -m oracle.random_scenarios --kind reader --seed 1 --count 500

prints them; they have no outcomes, so that `certify --oracle live` judges them
by what CPython does. What a seed gives never changes within a version of this
file. The programs are valid, but not sensible: several coroutines read at the
same time, data comes after EOF, closed writers are written to. They avoid only
what CPython itself does not do the same way every time.
"""

import argparse
import random
import sys

from oracle import random_arguments, random_connections, random_readers
from oracle import random_servers

KINDS = {
    "reader": random_readers.reader_program,
    "connection": random_connections.connection_program,
    "drain": random_connections.drain_program,
    "odd": random_arguments.odd_program,
    "server": random_servers.server_program,
    "tls": random_connections.tls_program,
}


def scenario(kind, seed, edition):
    """The text of the scenario of this kind that `seed` stands for."""
    draw = random.Random("%s %d" % (kind, seed))
    header, lines = KINDS[kind](draw, edition)
    head = ["scenario random-%s/%d" % (kind, seed)]
    head += ['  "What the seed %d gives."' % seed, *header]
    return "\n".join([*head, "", *lines, ""])


def scenarios(kind, first_seed, count, edition):
    seeds = range(first_seed, first_seed + count)
    return "\n".join(scenario(kind, seed, edition) for seed in seeds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=sorted(KINDS), default="reader")
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument(
        "--edition", default="3.15", help="what is newer is not used (3.15)"
    )
    options = parser.parse_args()
    edition = tuple(map(int, options.edition.split(".")[:2]))
    sys.stdout.write(scenarios(options.kind, options.seed, options.count, edition))


if __name__ == "__main__":
    main()
