# SPDX-License-Identifier: Apache-2.0
"""The case `parse`: what Google Benchmark says of lines in memory."""

import json
import os
import subprocess

from streams.benchmark import measurement

TARGET = "parse_benchmark"


def nanoseconds(answer):
    """{case: ns for each line}, the medians of Google Benchmark's JSON."""
    runs = [r for r in answer["benchmarks"] if r.get("aggregate_name") == "median"]
    # Interleaved as they were, they come in any order.
    runs.sort(key=lambda run: run["family_index"])
    return {run["run_name"]: 1e9 / run["items_per_second"] for run in runs}


def measure(folder, setting, rounds):
    argv = ["taskset", "-c", setting.server_core, os.path.join(folder, TARGET)]
    argv += ["--benchmark_format=json", f"--benchmark_min_time={setting.seconds / 5}"]
    # One alone would have no median.
    argv += [f"--benchmark_repetitions={max(rounds, 2)}"]
    argv += ["--benchmark_enable_random_interleaving"]
    argv += ["--benchmark_report_aggregates_only"]
    done = subprocess.run(argv, capture_output=True, check=False, text=True)
    if done.returncode != 0:
        raise measurement.MeasurementError(f"{TARGET} failed: {done.stderr}")
    return nanoseconds(json.loads(done.stdout))
