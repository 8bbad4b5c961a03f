# SPDX-License-Identifier: Apache-2.0
"""The figures as a picture: server CPU time a request, compared with `raw`."""

from streams.benchmark import peers

# One colour for each server, whatever the others are; grey is the yardstick.
_COLOURS = {
    "raw": "#9a9a9a",
    "raw-each-line": "#707b7c",
    "raw-busy-poll": "#515a5a",
    "streams": "#c0392b",
    "streams-zero-copy": "#e59866",
    "asio": "#2471a3",
    "libuv": "#17a589",
    "go": "#7d3c98",
    "asyncio": "#d4ac0d",
    "uvloop": "#a6acaf",
    "raw-uring": "#566573",
}


class PlotError(Exception):
    """What is missing for a picture."""


def _import_matplotlib():
    try:
        import matplotlib
    except ImportError as error:
        raise PlotError(
            "a plot needs matplotlib (Debian: python3-matplotlib;"
            " tools/setup --for=bench)"
        ) from error
    matplotlib.use("Agg")
    # The same figures make the same file.
    matplotlib.rcParams["svg.hashsalt"] = "tools/bench"
    matplotlib.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot

    return pyplot


def check(path):
    """Raises PlotError where write() could only fail."""
    if not path.endswith((".svg", ".png")):
        raise PlotError(f"a plot is .svg or .png, not {path}")
    _import_matplotlib()


def _series(results):
    """[case name], {server: [CPU ratio or None for each case]}."""
    cases = [n for n, r in results["cases"].items() if not r.get("idle")]
    used = {s for n in cases for s in results["cases"][n]["servers"]}
    series = {}
    for peer in peers.PEERS:
        if peer.name in used and peer.name != peers.YARDSTICK:
            series[peer.name] = [
                results["cases"][case]["servers"]
                .get(peer.name, {})
                .get("cpu_microseconds", {})
                .get("ratio")
                for case in cases
            ]
    return cases, series


def write(results, path):
    """Writes the picture, in the format that the path's ending names."""
    pyplot = _import_matplotlib()
    cases, series = _series(results)
    if not cases or not series:
        raise PlotError("no case under load, or no server but the yardstick: no plot")
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.13 * len(cases) * len(series)))
    height = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        axes.barh(
            [row + index * height for row in range(len(cases))],
            [value or 0 for value in values],
            height=height,
            label=name,
            color=_COLOURS[name],
        )
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks([row + 0.4 - height / 2 for row in range(len(cases))], cases)
    axes.invert_yaxis()
    axes.set_xlabel("CPU of a hand-written loop / CPU of this one (longer is better)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=4, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    try:
        figure.savefig(path, metadata={"Date": None} if path.endswith("svg") else None)
    except (OSError, ValueError) as error:
        raise PlotError(f"cannot write {path}: {error}") from error
