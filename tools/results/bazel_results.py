# SPDX-License-Identifier: Apache-2.0
"""Counts a `bazel test` run's results, from its stream of build events.

    bazel_results.py EVENTS.json     prints `N passed, N failed`

Counts test targets. One that was asked for and did not pass has failed, be it
that it could not be built, that it ran out of time, or that it never ran. Exit
status: 0 if all passed and there was at least one, 1 otherwise.
"""

import dataclasses
import json
import sys


@dataclasses.dataclass(frozen=True)
class Results:
    passed: tuple
    failed: tuple

    def __str__(self):
        return f"{len(self.passed)} passed, {len(self.failed)} failed"

    @property
    def good(self):
        return bool(self.passed) and not self.failed


def _read_events(lines):
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            # Bazel was killed while it wrote: what is missing counts as failed.
            return


def count(lines):
    """The results of a run, from the lines of --build_event_json_file."""
    asked_for = set()
    passed = set()
    broken = set()
    for event in _read_events(lines):
        event_id = event.get("id", {})
        if "targetConfigured" in event_id:
            kind = event.get("configured", {}).get("targetKind", "")
            if kind.endswith("_test rule"):
                asked_for.add(event_id["targetConfigured"]["label"])
        elif "testSummary" in event_id and "testSummary" in event:
            label = event_id["testSummary"]["label"]
            asked_for.add(label)
            if event["testSummary"].get("overallStatus") == "PASSED":
                passed.add(label)
        elif "pattern" in event_id and "aborted" in event:
            broken.update(event_id["pattern"].get("pattern", []))
        elif "targetCompleted" in event_id and "aborted" in event:
            broken.add(event_id["targetCompleted"]["label"])
        elif "targetCompleted" in event_id:
            if not event.get("completed", {}).get("success", False):
                broken.add(event_id["targetCompleted"]["label"])
    failed = (asked_for | broken) - (passed - broken)
    return Results(tuple(sorted(passed - broken)), tuple(sorted(failed)))


def main(arguments):
    with open(arguments[1], encoding="utf-8") as events:
        results = count(events)
    for label in results.failed:
        print(f"failed: {label}")
    print(results)
    return 0 if results.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
