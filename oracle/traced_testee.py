# SPDX-License-Identifier: Apache-2.0
"""The oracle, writing down which lines of asyncio/streams.py it executes.

    python3 oracle/traced_testee.py FOLDER
"""

import asyncio.streams
import json
import os
import sys

import testee


def main():
    folder = sys.argv[1]
    path = asyncio.streams.__file__
    executed = set()

    def trace_line(frame, event, argument):
        executed.add(frame.f_lineno)
        return trace_line

    def trace(frame, event, argument):
        if frame.f_code.co_filename == path:
            return trace_line(frame, event, argument)
        return None

    sys.settrace(trace)
    status = testee.main([])
    sys.settrace(None)
    # One file a process: the runner starts a testee again that has died.
    name = os.path.join(folder, "%d.json" % os.getpid())
    with open(name, "w", encoding="utf-8") as file:
        json.dump({"path": path, "lines": sorted(executed)}, file)
    return status


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
