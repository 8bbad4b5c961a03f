# SPDX-License-Identifier: Apache-2.0
"""Measures what counts_test compares, and writes it into counts.json.

bazel run [--config=opt] //streams/benchmark:record_counts

The instructions of the build that it was started in, and the system calls;
those of other builds stay as they are.
"""

import json
import os
import sys

from streams.benchmark import counts

_FOLDER = "streams/benchmark"
_TOLERANCE = 0.03


def main():
    missing = counts.missing_tools()
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if missing or not workspace:
        sys.exit(
            f"record_counts: not installed: {', '.join(missing)}"
            if missing
            else "record_counts: start it with bazel run"
        )
    programs = counts.Programs(_FOLDER)
    build = programs.build()
    if build.endswith("-sanitizer"):
        sys.exit("record_counts: not with a sanitizer")
    path = os.path.join(workspace, _FOLDER, "counts.json")
    recorded = {"tolerance": _TOLERANCE, "instructions": {}}
    if os.path.exists(path):
        recorded = counts.load(path)
    before = {**recorded["instructions"].get(build, {})}
    before.update(counts.flatten(recorded.get("system_calls", {})))
    measured = counts.measure(programs)
    recorded["instructions"][build] = measured["instructions"]
    recorded["system_calls"] = measured["system_calls"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")
    now = {**measured["instructions"], **counts.flatten(measured["system_calls"])}
    for line in counts.differences(before, now, 0):
        print(line)
    print(f"record_counts: {path} has the counts of {build}")


if __name__ == "__main__":
    main()
