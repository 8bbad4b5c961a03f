# SPDX-License-Identifier: Apache-2.0
"""The cases that tools/bench measures."""

import dataclasses

SIZES = {"64B": 64, "1KiB": 1024, "10KiB": 10240, "100KiB": 102400}
IDLE_CONNECTIONS = 10000

# More bytes than this, of all connections together, go there and back only a few
# times in a short round.
_MANY_BYTES = 50_000_000
_SECONDS_FOR_MANY_BYTES = 1


@dataclasses.dataclass(frozen=True)
class Case:
    """What a server is asked to do, by how many connections at once.

    The name is stable: it is what --case selects, and the key in the JSON.
    """

    name: str
    says: str
    mode: str = "echo"
    size: int = 64
    connections: int = 50
    pipeline: int = 1
    tls: bool = False
    # A round lasts at least so long, however short the others are.
    least_seconds: float = 0
    # Each request on a connection of its own.
    reconnect: bool = False
    # What is measured is memory while nothing happens.
    idle: bool = False
    # Each server gets those that it has; the others run as ever.
    flags: tuple = ()
    # Only servers that have them all, and the yardstick.
    flags_are_the_point: bool = False


def _steady(tls):
    prefix, with_tls = ("tls-", ", TLS") if tls else ("", "")
    for size_name, size in SIZES.items():
        for connections in (1, 50, 1000):
            has_many_bytes = size * connections > _MANY_BYTES
            yield Case(
                f"{prefix}echo/{size_name}/{connections}",
                f"echo {size_name}, {connections:,} at a time{with_tls}",
                size=size,
                connections=connections,
                tls=tls,
                least_seconds=_SECONDS_FOR_MANY_BYTES if has_many_bytes else 0,
            )
    yield Case(f"{prefix}line/64B/50", f"lines{with_tls}", mode="line", tls=tls)
    yield Case(
        f"{prefix}line-by-100/64B/50",
        f"lines, sent by 100{with_tls}",
        mode="line",
        pipeline=100,
        tls=tls,
    )
    yield Case(
        f"{prefix}line-by-100-cork/64B/50",
        f"lines, sent by 100, answered together{with_tls}",
        mode="line",
        pipeline=100,
        tls=tls,
        flags=("--cork",),
        flags_are_the_point=True,
    )
    yield Case(
        f"{prefix}line-by-100-cork-zero-copy/64B/50",
        f"lines, sent by 100, corked, where they lie{with_tls}",
        mode="line",
        pipeline=100,
        tls=tls,
        flags=("--cork", "--zero_copy"),
        flags_are_the_point=True,
    )


CASES = [
    *_steady(tls=False),
    Case(
        "echo-busy-poll/1KiB/1",
        "echo 1KiB, 1 at a time, busy polling",
        size=1024,
        connections=1,
        flags=("--busy_poll",),
        flags_are_the_point=True,
    ),
    *_steady(tls=True),
    Case("accept/50", "connect, one line, close", mode="line", reconnect=True),
    Case(
        "tls-accept/50",
        "connect, full handshake, one line, close",
        mode="line",
        reconnect=True,
        tls=True,
    ),
    Case(
        f"idle/{IDLE_CONNECTIONS}",
        "memory of an idle connection that has echoed 64B",
        connections=IDLE_CONNECTIONS,
        idle=True,
    ),
    Case(
        f"tls-idle/{IDLE_CONNECTIONS}",
        "memory of an idle connection that has echoed 64B, TLS",
        connections=IDLE_CONNECTIONS,
        idle=True,
        tls=True,
    ),
]

# What this library is to reach of the yardstick, by both figures.
GOALS = {
    "echo/64B/50": 0.97,
    "echo/1KiB/50": 0.97,
    "line/64B/50": 0.97,
    "echo/1KiB/1000": 0.95,
    "echo/10KiB/50": 0.95,
    "echo/100KiB/50": 0.92,
    "echo/1KiB/1": 0.97,
    "line-by-100-cork/64B/50": 0.75,
    "line-by-100-cork-zero-copy/64B/50": 0.75,
    "accept/50": 0.97,
    "tls-echo/64B/50": 0.95,
    "tls-echo/1KiB/50": 0.95,
    "tls-echo/10KiB/50": 0.95,
    "tls-echo/100KiB/50": 0.92,
    "tls-accept/50": 0.95,
    # By requests a second alone: it burns what it can of the processor.
    "echo-busy-poll/1KiB/1": 2.0,
}

# Measured by a program of its own, without servers.
PARSE = "parse"
PARSE_SAYS = "lines of 64B in memory, ns each (Google Benchmark)"
