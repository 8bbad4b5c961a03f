#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes into scenario files what CPython does.

    bazel run //oracle:record -- [FILES…] [--python PATH…] [--check]

Runs every scenario on each CPython interpreter that it finds, many times,
perturbed, on an idle machine and on a busy one. What came back is written under
the steps, for each version; a scenario whose outcome varies is refused, unless
it declares the outcomes itself (lines that begin with `|`).

Without FILES: all of conformance/scenarios.
"""

import argparse
import collections
import glob
import os
import sys

from oracle import interpreters, observation
from oracle.annotation import annotate
from oracle.scenario_text import ScenarioText

EXIT_OK = 0
EXIT_REFUSED = 1  # Or, with --check, something is not up to date.
EXIT_USAGE = 2
EXIT_CANNOT_RUN = 3


def parse_arguments(arguments):
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="record", description=__doc__, formatter_class=text
    )
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="another interpreter; so are those in $%s (separated by colons),"
        " beside the system's, those in $PATH and pyenv's" % interpreters.VARIABLE,
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="VERSION",
        help="use this version and no other; can be given several times",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, say what would change"
    )
    parser.add_argument(
        "--repeat",
        type=int,
        default=5,
        metavar="N",
        help="perturbed runs of each scenario on each interpreter: N on an idle"
        " machine and N on a busy one (default: %(default)s)",
    )
    parser.add_argument("--certify", default=observation.certify_path())
    options = parser.parse_args(arguments)
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    if not options.files:
        root = os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")
        pattern = os.path.join(root, "conformance/scenarios/*.scenario")
        options.files = sorted(glob.glob(pattern))
    # `bazel run` starts its programs elsewhere.
    started_in = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    options.files = [os.path.join(started_in, path) for path in options.files]
    missing = [path for path in options.files if not os.path.isfile(path)]
    if missing or not options.files:
        parser.error("no such file: %s" % " ".join(missing or ["*.scenario"]))
    return options


def find_interpreters(options):
    found = interpreters.find(options.python)
    if options.only:
        found = [each for each in found if each.version in options.only]
    if not found:
        raise interpreters.NotAnOracle("no interpreter to record on")
    return found


def passes(repeat):
    """[(what it is called, arguments of the runner)]"""
    cores = str(os.cpu_count() or 1)
    once = ["--jobs", cores]
    repeated = [*once, "--repeat", str(repeat), "--perturb"]
    return [
        ("idle", once),
        ("perturbed", [*repeated, "1"]),
        ("perturbed, on a busy machine", [*repeated, "2", "--load", cores]),
    ]


def observe_all(options, found):
    """Returns the observations, and problems by scenario."""
    documents = collections.defaultdict(list)
    for name, arguments in passes(options.repeat):
        for interpreter in found:
            document = observation.observe(
                options.certify,
                observation.testee_command(interpreter),
                options.files,
                arguments,
            )
            documents[interpreter.version].append(document)
            print("CPython %s, %s" % (interpreter.version, name), flush=True)
    observations, problems = [], collections.defaultdict(list)
    for version, of_version in documents.items():
        more, found_problems = observation.read_documents(of_version, version)
        observations += more
        for scenario, sentences in found_problems.items():
            problems[scenario] += sentences
    return observations, problems


def write_files(options, observations, problems):
    """Returns the files that changed, and a summary in lines."""
    changed, summary = [], []
    for path in options.files:
        with open(path, encoding="utf-8", newline="") as file:
            before = file.read()
        text = ScenarioText(before)
        mine = [each for each in observations if same_file(each.file, path)]
        changes = annotate(text, mine, refused=set(problems))
        for scenario, change in changes.items():
            if change:
                summary.append("%s: %s" % (scenario, change))
        after = text.text()
        if after != before:
            changed.append(path)
            if not options.check:
                with open(path, "w", encoding="utf-8", newline="") as file:
                    file.write(after)
    return changed, summary


def same_file(a, b):
    return os.path.realpath(a) == os.path.realpath(b)


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        found = find_interpreters(options)
        for each in found:
            print("CPython %s: %s" % each)
        observations, problems = observe_all(options, found)
    except (interpreters.NotAnOracle, observation.CannotObserve) as error:
        print("record: %s" % error, file=sys.stderr)
        return EXIT_CANNOT_RUN
    if not observations:
        print("record: no scenario was run", file=sys.stderr)
        return EXIT_CANNOT_RUN
    changed, summary = write_files(options, observations, problems)
    for line in summary:
        print(line)
    for scenario in sorted(problems):
        print("refused %s:" % scenario)
        for sentence in problems[scenario]:
            print("  " + sentence)
    scenarios = {each.scenario for each in observations}
    print(
        "%d scenarios on %d interpreters: %d refused, %d of %d files %s"
        % (
            len(scenarios),
            len(found),
            len(problems),
            len(changed),
            len(options.files),
            "would change" if options.check else "changed",
        )
    )
    return EXIT_REFUSED if problems or (options.check and changed) else EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
