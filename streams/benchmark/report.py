# SPDX-License-Identifier: Apache-2.0
"""The figures as tables in Markdown."""

from streams.benchmark import comparison
from streams.benchmark import cycles
from streams.benchmark import leads

# Above it, times say little.
_OTHERS_ARE_QUIET = 0.05


def _spread(figure):
    low, high = figure["spread"]
    return f"{low:.2f}–{high:.2f}"


def _load_rows(cases):
    yield (
        "| case | server | requests/s | ratio | spread | µs of CPU | ratio | spread |"
        " server, client busy |"
    )
    yield "|---|---|---:|---:|---|---:|---:|---|---:|"
    for case, record in cases.items():
        for name, figures in record["servers"].items():
            rate, cost = figures["requests_per_second"], figures["cpu_microseconds"]
            limit = " †" if comparison.client_is_the_limit(figures) else ""
            yield (
                f"| {case} | {name} | {rate['median']:,.0f}"
                f" | {rate['ratio']:.2f}{limit} | {_spread(rate)} | {cost['median']:.2f} | {cost['ratio']:.2f}"
                f" | {_spread(cost)} | {figures['server_cpu']:.0%},"
                f" {figures['client_cpu']:.0%} |"
            )


def _lead_rows(cases):
    yield "| case | beside | rate | 95 % | | CPU | 95 % | |"
    yield "|---|---|---:|---|---|---:|---|---|"
    for case, record in cases.items():
        for name, figures in record["servers"].items():
            if "our_lead" not in figures:
                continue
            cells = [case, name]
            for compared in figures["our_lead"].values():
                low, high = compared["interval"] or (None, None)
                cells += [
                    f"{compared['ratio']:.2f}",
                    "–" if low is None else f"{low:.2f}–{high:.2f}",
                    leads.verdict(compared),
                ]
            yield f"| {' | '.join(cells)} |"


def _idle_rows(cases):
    yield "| case | server | bytes for each connection | of raw's |"
    yield "|---|---|---:|---:|"
    for case, record in cases.items():
        for name, figures in record["servers"].items():
            size = figures["bytes"]
            yield (
                f"| {case} | {name} | {size['median']:,.0f} | {1 / size['ratio']:.2f} |"
            )


def _parse_rows(figures):
    yield "| in memory | ns for each line |"
    yield "|---|---:|"
    for name, nanoseconds in figures.items():
        yield f"| {name} | {nanoseconds:.1f} |"


def markdown(results):
    """All tables, and what there is to be said about them."""
    loads = {n: r for n, r in results["cases"].items() if not r.get("idle")}
    idles = {n: r for n, r in results["cases"].items() if r.get("idle")}
    blocks = []
    if loads:
        blocks.append(list(_load_rows(loads)))
        notes = list(_notes(loads))
        if notes:
            blocks.append(notes)
        if any("our_lead" in f for r in loads.values() for f in r["servers"].values()):
            blocks.append(["This library beside each of the others (above 1: ahead):"])
            blocks.append(list(_lead_rows(loads)))
    if idles:
        blocks.append(list(_idle_rows(idles)))
    if results.get("cycles"):
        blocks.append(list(cycles.rows(results["cycles"])))
    if results.get("parse"):
        blocks.append(list(_parse_rows(results["parse"])))
    if missing := list(_missing(results)):
        blocks.append(missing)
    return "\n\n".join("\n".join(block) for block in blocks)


def _missing(results):
    """Whom and what there are no figures of, and why."""
    for kind in ("cases", "cycles"):
        for case, record in results.get(kind, {}).items():
            for name, why in record.get("left_out", {}).items():
                yield f"{case} without {name}: {why}"
    for case, why in results.get("failed", {}).items():
        yield f"{case} failed: {why}"


def _notes(loads):
    if any(
        comparison.client_is_the_limit(figures)
        for record in loads.values()
        for figures in record["servers"].values()
    ):
        yield "† The client was the bottleneck: believe the CPU time."
    others = max(record["other_load"] for record in loads.values())
    if others > _OTHERS_ARE_QUIET:
        yield (
            f"Other processes used up to {others:.0%} of the two cores: believe the"
            " ratios more than the figures, and both little."
        )
