# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of the pages anew: bazel run //streams/benchmark:write_figures"""

import os
import sys

from streams.benchmark import figures


def main():
    root = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not root:
        sys.exit("write_figures: start it with bazel run")
    recorded = figures.load(root)
    for page in figures.PAGES:
        path = os.path.join(root, page)
        with open(path, encoding="utf-8") as file:
            before = file.read()
        after = figures.rewrite(before, recorded)
        if after != before:
            with open(path, "w", encoding="utf-8") as file:
                file.write(after)
            print(f"write_figures: {page}")


if __name__ == "__main__":
    main()
