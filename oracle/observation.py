# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios on an interpreter, and finds what varies between the runs."""

import collections
import json
import os
import shlex
import subprocess
import tempfile

from oracle.outcome_table import Outcome

# What one interpreter did in one variant of a scenario. `outcomes` maps
# (line, statement) to Outcome. `state` is "observed", or says why it is not.
Observation = collections.namedtuple(
    "Observation",
    "file scenario variant variables version digest compare_messages"
    " state explanation outcomes",
)


class CannotObserve(Exception):
    """The runner itself failed: there is nothing to judge."""


def certify_path():
    """The runner, among the files that Bazel gave this program."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.join(root, "conformance/runner/certify")


def testee_command(interpreter):
    folder = os.path.dirname(os.path.abspath(__file__))
    program = os.path.join(folder, "testee.py")
    return " ".join(shlex.quote(each) for each in (interpreter.path, program))


def observe(certify, testee, files, arguments=()):
    """Returns the document that the runner writes: see `--histories` there."""
    with tempfile.TemporaryDirectory() as folder:
        histories = os.path.join(folder, "histories.json")
        command = [certify, "--observe", "--histories", histories]
        command += ["--testee", testee]
        command += [*arguments, "--scenarios", *files]
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            with open(histories, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError) as error:
            raise CannotObserve(
                "%s: exit status %d, %s\n%s"
                % (
                    " ".join(command),
                    result.returncode,
                    error,
                    result.stdout.decode(errors="replace"),
                )
            )


def outcome_of(entry):
    return Outcome(entry["text"], entry.get("message", ""))


def read_documents(documents, version):
    """Compares all runs of an interpreter.

    Returns (observations, problems): one observation for each variant, and the
    problems, in words, by the id of their scenario.
    """
    by_variant = {}
    for document in documents:
        for entry in document["scenarios"]:
            by_variant.setdefault(entry["id"], []).append(entry)
    observations, problems = [], collections.defaultdict(list)
    for variant, entries in by_variant.items():
        first = entries[0]
        bad = [each for each in entries if each["state"] != first["state"]] or [first]
        state = bad[0]["state"]
        runs = [run for each in entries for run in each.get("runs", [])]
        outcomes = {}
        if state == "observed":
            where = "%s on %s" % (variant, version)
            compared = first["compare_messages"]
            outcomes, varying = compare_runs(runs, where, compared)
            problems[first["scenario"]] += varying
        elif state not in ("unsupported", "not-applicable"):
            problems[first["scenario"]].append(
                "%s on %s: %s: %s"
                % (variant, version, state, bad[0].get("explanation", ""))
            )
        observations.append(
            Observation(
                first["file"],
                first["scenario"],
                variant,
                first["variables"],
                version,
                first["digest"],
                first["compare_messages"],
                state,
                bad[0].get("explanation", ""),
                outcomes,
            )
        )
    return observations, {key: found for key, found in problems.items() if found}


def compare_runs(runs, where, compare_messages):
    """Returns the outcomes, and sentences about those that vary."""
    seen, declared = {}, {}
    all_runs = sum(run.get("count", 1) for run in runs)
    for run in runs:
        for entry in run["outcomes"]:
            key = entry["line"], entry["statement"]
            outcome = outcome_of(entry)
            shown = outcome if compare_messages else outcome.text
            counts = seen.setdefault(key, collections.OrderedDict())
            count = counts.setdefault(shown, [outcome, 0, run["perturbation"]])
            count[1] += run.get("count", 1)  # Equal runs are told once.
            if "alternatives" in entry:
                declared[key] = entry["alternatives"]
    problems = []
    for key, counts in sorted(seen.items()):
        line, statement = key
        place = "%s, line %d" % (where, line)
        if statement:
            place += ", statement %d" % (statement + 1)
        if key in declared:
            for outcome, _, perturbation in counts.values():
                if outcome.text not in declared[key]:
                    problems.append(
                        "%s: %s is not among the declared outcomes %s (perturbed: %s)"
                        % (place, outcome.text, " | ".join(declared[key]), perturbation)
                    )
        elif len(counts) > 1:
            each = "; ".join(
                "%s (%d times, first when perturbed: %s)"
                % (show(outcome, compare_messages), count, perturbation)
                for outcome, count, perturbation in counts.values()
            )
            problems.append("%s: the outcome varies: %s" % (place, each))
        if sum(count for _, count, _ in counts.values()) != all_runs:
            problems.append("%s: not every run came that far" % place)
    outcomes = {key: next(iter(counts.values()))[0] for key, counts in seen.items()}
    return outcomes, problems


def show(outcome, with_message):
    if with_message and outcome.message:
        return "%s  # %s" % outcome
    return outcome.text
