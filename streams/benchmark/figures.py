# SPDX-License-Identifier: Apache-2.0
"""The tables of the pages about speed, from recorded figures.

A page names a table by the lines `<!-- figures: NAME -->` and `<!-- end -->`;
what is between them is written by `bazel run //streams/benchmark:write_figures`
and compared by figures_test, so that no figure is anybody's typing.
"""

import json
import os
import re

from streams.benchmark import capacity
from streams.benchmark import cases
from streams.benchmark import cycles as all_cycles
from streams.benchmark import leads
from streams.benchmark import peers

RECORDED = "streams/benchmark/recorded"
_COUNTS = "streams/benchmark/counts.json"
_FIGURES = {"requests_per_second": "rate", "cpu_microseconds": "CPU"}
_MARKS = {
    leads.AHEAD: "",
    leads.LEVEL: " =",
    leads.BEHIND: " −",
    leads.CLIENT_IS_THE_LIMIT: " †",
    leads.UNKNOWN: " ?",
}
PAGES = (
    "docs/performance.md",
    "docs/scaling.md",
    "docs/decisions/0005-epoll-not-io-uring.md",
)

_BLOCK = re.compile(
    r"^(<!-- figures: (\w+) -->\n)(.*?)^(<!-- end -->\n)", re.MULTILINE | re.DOTALL
)


class FiguresError(Exception):
    """A page, or what was recorded, is not as it should be."""


def _table(head, rows):
    lines = [head, "|---" + "|---:" * (head.count("|") - 2) + "|", *rows]
    return "".join(f"{line}\n" for line in lines)


def _on(record):
    """On what: not all that was recorded is of the same machine."""
    return f"on {record['machine']['cpu']}"


def _cell(figures, figure):
    if figures is None or figure not in figures:
        return "–"
    low, high = figures[figure]["spread"]
    return f"{figures[figure]['ratio']:.2f} ({low:.2f}–{high:.2f})"


def _ratio(figures, figure):
    if figures is None or figure not in figures:
        return "–"
    return f"{figures[figure]['ratio']:.2f}"


def _lead(figures, figure, with_interval):
    """How far this library is ahead of a server, and how sure that is."""
    if figures is None or "our_lead" not in figures:
        return "–"
    compared = figures["our_lead"][figure]
    text = f"{compared['ratio']:.2f}"
    if with_interval and compared["interval"]:
        low, high = compared["interval"]
        text += f" ({low:.2f}–{high:.2f})"
    return text + _MARKS[leads.verdict(compared)]


def _others(recorded):
    """The servers besides raw and this library, in the order of their list."""
    used = {s for record in recorded.values() for s in record["servers"]}
    return [
        peer.name
        for peer in peers.PEERS
        if peer.name in used and not peer.name.startswith(("raw", "streams"))
    ]


def _under_load(bench):
    return {n: r for n, r in bench["cases"].items() if not r.get("idle")}


def ratios(recorded):
    """This library by both figures with spread, the others by CPU time."""
    loads = _under_load(recorded["bench"])
    others = _others(loads)
    rows = []
    for name, record in loads.items():
        servers = record["servers"]
        ours = servers.get(peers.OURS)
        cells = [name, _cell(ours, "requests_per_second")]
        cells.append(_cell(ours, "cpu_microseconds"))
        cells += [_ratio(servers.get(other), "cpu_microseconds") for other in others]
        rows.append(f"| {' | '.join(cells)} |")
    head = "| case | streams: rate | streams: CPU |"
    return _table(head + "".join(f" {other} |" for other in others), rows)


def _beside(recorded, with_interval):
    """The lead over each of the others, by both figures."""
    loads = _under_load(recorded)
    others = _others(loads)
    rows = []
    for name, record in loads.items():
        cells = [
            _lead(record["servers"].get(other), figure, with_interval)
            for other in others
            for figure in _FIGURES
        ]
        if set(cells) != {"–"}:
            rows.append(f"| {' | '.join([name, *cells])} |")
    heads = [f" {o}: {word} |" for o in others for word in _FIGURES.values()]
    return _table("| case |" + "".join(heads), rows)


def _verdicts(recorded):
    """In words: how often it is ahead, and where it isn't."""
    where = {verdict: [] for verdict in _MARKS}
    loads = _under_load(recorded)
    for name, record in loads.items():
        for other in _others(loads):
            lead = record["servers"].get(other, {}).get("our_lead", {})
            for figure, compared in lead.items():
                place = f"{name} beside {other} ({_FIGURES[figure]})"
                where[leads.verdict(compared)].append(place)
    text = (
        f"Of {sum(map(len, where.values()))} comparisons (a case, a peer, a figure),"
        f" in {recorded['rounds']} rounds of {recorded['seconds']:g} s: ahead in"
        f" {len(where[leads.AHEAD])}, level in {len(where[leads.LEVEL])}, behind in"
        f" {len(where[leads.BEHIND])}; in {len(where[leads.CLIENT_IS_THE_LIMIT])} the"
        " rate was the client's.\n"
    )
    if where[leads.BEHIND]:
        text += "Behind: " + "; ".join(where[leads.BEHIND]) + ".\n"
    return text


def beside_all(recorded):
    return _beside(recorded["bench"], with_interval=False)


def verdicts_all(recorded):
    return _verdicts(recorded["bench"])


def beside_closest(recorded):
    return _beside(recorded["closest"], with_interval=True)


def verdicts_closest(recorded):
    return _verdicts(recorded["closest"])


def goals(recorded):
    """What this library is to reach, and what it does in more rounds."""
    rows = []
    for name, goal in cases.GOALS.items():
        raw = recorded["goals"]["cases"][name]["servers"][peers.YARDSTICK]
        rate, cpu = (_lead(raw, figure, True) for figure in _FIGURES)
        rows.append(f"| {name} | {goal:.2f} | {rate} | {cpu} |")
    return _table("| case | goal | rate | CPU |", rows)


def _beside_yardstick(recorded, yardstick):
    """Another one than raw, in the cases that it is for."""
    rows = []
    for name, record in recorded["goals"]["cases"].items():
        figures = record["servers"].get(yardstick)
        if figures is not None:
            cells = [name, *(_cell(figures, figure) for figure in _FIGURES)]
            cells += [_lead(figures, figure, True) for figure in _FIGURES]
            rows.append(f"| {' | '.join(cells)} |")
    head = f"| case | {yardstick}: rate | CPU | streams to it: rate | CPU |"
    return _table(head, rows)


def corked(recorded):
    """Corked lines, beside a yardstick that looks at each of them, too."""
    return _beside_yardstick(recorded, "raw-each-line")


def busy_polled(recorded):
    """As much as busy polling can give, and what this library has of it."""
    return _beside_yardstick(recorded, "raw-busy-poll")


def absolute(recorded):
    """What raw and this library do, not as ratios."""
    rows = []
    for name, record in _under_load(recorded["bench"]).items():
        cells = [name]
        for server in (peers.YARDSTICK, peers.OURS):
            figures = record["servers"].get(server)
            if figures is None:
                cells += ["–", "–"]
                continue
            cells.append(f"{figures['requests_per_second']['median']:,.0f}")
            cells.append(f"{figures['cpu_microseconds']['median']:.2f}")
        rows.append(f"| {' | '.join(cells)} |")
    return _table("| case | raw: requests/s | µs | streams: requests/s | µs |", rows)


def idle(recorded):
    records = {n: r for n, r in recorded["bench"]["cases"].items() if r.get("idle")}
    names = sorted({s for r in records.values() for s in r["servers"]})
    order = [peer.name for peer in peers.PEERS if peer.name in names]
    rows = []
    for name, record in records.items():
        cells = [name]
        for server in order:
            figures = record["servers"].get(server)
            cells.append(f"{figures['bytes']['median']:,.0f}" if figures else "–")
        rows.append(f"| {' | '.join(cells)} |")
    return _table("| case |" + "".join(f" {server} |" for server in order), rows)


def parse(recorded):
    rows = [f"| `{n}` | {ns:.1f} |" for n, ns in recorded["parse"]["parse"].items()]
    head = f"| lines of 64 B in memory, {_on(recorded['parse'])} | ns each |"
    return _table(head, rows)


def machine(recorded):
    """In words: on what, when, and how quiet it was."""
    bench = recorded["bench"]
    other = [record["other_load"] for record in _under_load(bench).values()]
    versions = ", ".join(f"{n} {v}" for n, v in sorted(bench["versions"].items()))
    return (
        f"{bench['date']}; {bench['machine']['cpu']}, {bench['machine']['cores']}"
        f" cores, Linux {bench['machine']['kernel']}; {bench['rounds']} rounds of"
        f" {bench['seconds']:g} s;\nother processes used {min(other):.0%} to"
        f" {max(other):.0%} of both cores meanwhile.\nDebian's packages: {versions}.\n"
    )


def loops(recorded):
    """One loop and two, clients on the same two cores."""
    rows = []
    for name, record in recorded["scaling"]["cases"].items():
        for count, figures in record["loops"].items():
            rows.append(
                f"| {name} | {count} | {figures['requests_per_second']:,.0f}"
                f" | {figures['cpu_microseconds']:.2f}"
                f" | {figures['client_cpu_microseconds']:.2f}"
                f" | {figures['busiest_loop']:.0%} |"
            )
    head = f"| case, {_on(recorded['scaling'])} | loops | requests/s | µs, server |"
    return _table(head + " µs, clients | busiest loop |", rows)


def core_limits(recorded):
    """What one core does, and how many of them fill a network."""
    networks = capacity.NETWORKS
    rows = []
    by_name = {case.name: case for case in cases.CASES}
    for name, record in _under_load(recorded["bench"]).items():
        ours = record["servers"].get(peers.OURS)
        if ours is None or not re.fullmatch(r"(tls-)?echo/\w+/50", name):
            continue
        cost = ours["cpu_microseconds"]["median"]
        size = by_name[name].size
        filled = [
            capacity.cores_to_fill(bits, size, cost) for bits in networks.values()
        ]
        rate = capacity.rate_of_a_core(cost)
        gigabits = rate * capacity.bits_on_the_wire(size) / 1e9
        rows.append(
            f"| {name} | {cost:.2f} | {rate:,.0f} | {gigabits:.2f}"
            + "".join(f" | {cores:.1f}" for cores in filled)
            + " |"
        )
    head = f"| case, {_on(recorded['bench'])} | µs | requests/s of a core |"
    head += " Gbit/s each way |"
    return _table(head + "".join(f" cores to fill {n} |" for n in networks), rows)


def uring(recorded):
    """Two hand-written loops: io_uring's against epoll's."""
    rows = []
    for name, record in recorded["uring"]["cases"].items():
        figures = record["servers"]["raw-uring"]
        cells = [name, _cell(figures, "requests_per_second")]
        cells.append(_cell(figures, "cpu_microseconds"))
        rows.append(f"| {' | '.join(cells)} |")
    return _table(f"| case, {_on(recorded['uring'])} | rate | CPU |", rows)


def cycles(recorded):
    """What is the program's own, and what the kernel's."""
    rows = all_cycles.rows(recorded["cycles"]["cycles"])
    return "".join(f"{row}\n" for row in rows)


def counts(recorded):
    """What counts_test holds on to: instructions of the optimised build."""
    calls = recorded["counts"]["system_calls"]
    instructions = recorded["counts"]["instructions"]["clang-opt"]
    rows = []
    for name in sorted({*calls, *instructions}):
        number = instructions.get(name)
        listed = ", ".join(
            f"{call} {often:g}" for call, often in calls.get(name, {}).items()
        )
        rows.append(f"| {name} | {number:,.0f} |" if number else f"| {name} | – |")
        rows[-1] += f" {listed or '–'} |"
    return _table("| case | instructions | system calls |", rows)


TABLES = {
    table.__name__: table
    for table in (
        ratios,
        beside_all,
        verdicts_all,
        beside_closest,
        verdicts_closest,
        goals,
        corked,
        busy_polled,
        absolute,
        idle,
        parse,
        machine,
        loops,
        core_limits,
        uring,
        cycles,
        counts,
    )
}


def load(root):
    names = ("bench", "closest", "cycles", "goals", "parse", "scaling", "uring")
    paths = {name: f"{RECORDED}/{name}.json" for name in names}
    paths["counts"] = _COUNTS
    recorded = {}
    for name, path in paths.items():
        with open(os.path.join(root, path), encoding="utf-8") as file:
            recorded[name] = json.load(file)
    return recorded


def rewrite(text, recorded):
    """The page with its tables as the recorded figures have them."""

    def replace(match):
        begin, name, _, end = match.groups()
        if name not in TABLES:
            raise FiguresError(f"no table {name}; there are {', '.join(TABLES)}")
        return begin + TABLES[name](recorded) + end

    if text.count("<!-- figures:") != len(_BLOCK.findall(text)):
        raise FiguresError("a `<!-- figures: NAME -->` without its `<!-- end -->`")
    return _BLOCK.sub(replace, text)
