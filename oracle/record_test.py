# SPDX-License-Identifier: Apache-2.0
"""From the histories of the runner to the text of a scenario file."""

import unittest

from oracle.annotation import annotate, format_line
from oracle.observation import read_documents
from oracle.outcome_table import Outcome, OutcomeTable
from oracle.scenario_text import ScenarioText, parse_outcome_line

_FILE = """\
# What the file is about.

scenario area/first
  "A sentence."
  for transport in tcp, unix
  # A comment of the header.

>>> reader = StreamReader()
# Why this step is here.
>>> await reader.read(1)
>>> reader.feed_data(b"#"); reader.at_eof()

scenario area/second
>>> await reader.read(100)
| b"a"
| b"ab"
"""

_FIRST = {"transport": "tcp"}, {"transport": "unix"}


def entry(step, text, message="", statement=0, **more):
    """`step` counts from 0; where it stands in the file, `place` knows."""
    entry = {"line": step, "statement": statement, "text": text, **more}
    if message:
        entry["message"] = message
    return entry


def document(*runs, scenario="area/first", variables=None, **more):
    """One variant of a scenario; each run is a list of entries."""
    variables = variables or {}
    name = scenario
    if variables:
        name += "[%s]" % ",".join(variables.values())
    described = {
        "id": name,
        "scenario": scenario,
        "file": "area.scenario",
        "variables": variables,
        "digest": "12345678",
        "compare_messages": False,
        "state": "observed",
        "runs": [{"perturbation": "none", "outcomes": run} for run in runs],
    }
    described.update(more)
    return {"scenarios": [described]}


def place(entries, text, scenario):
    numbers = [step.number for step in text.block(scenario).steps]
    return [dict(each, line=numbers[each["line"]]) for each in entries]


def observed(text, by_version, scenario="area/first", variants=_FIRST, **more):
    """{version: entries, or a function of the variables that gives them}."""
    observations = []
    for version, entries in by_version.items():
        for variables in variants:
            run = entries(variables) if callable(entries) else entries
            run = place(run, text, scenario)
            one = document(run, scenario=scenario, variables=variables, **more)
            found, problems = read_documents([one], version)
            assert not problems, problems
            observations += found
    return observations


def steps(text, scenario="area/first"):
    """What stands below the header."""
    text = text.split("scenario %s\n" % scenario)[1].split("\nscenario ")[0]
    return text[text.index(">>>") :].strip().split("\n")


def run(read="b\"\"", message="", at_eof="False"):
    return [
        entry(0, "None"),
        entry(1, read, message),
        entry(2, "None"),
        entry(2, at_eof, statement=1),
    ]


class AnnotateTest(unittest.TestCase):
    def setUp(self):
        self.text = ScenarioText(_FILE)

    def record(self, by_version, **more):
        """Records, and reads the result as a second run would."""
        changes = annotate(self.text, observed(self.text, by_version, **more))
        result = self.text.text()
        self.text = ScenarioText(result)
        return result, changes

    def test_a_file_that_is_only_read_stays_as_it_is(self):
        self.assertEqual(self.text.text(), _FILE)

    def test_outcomes_stand_under_their_steps(self):
        result, changes = self.record({"3.8.18": run(), "3.11.2": run()})
        self.assertEqual(changes["area/first"], "recorded")
        self.assertEqual(
            steps(result),
            [
                ">>> reader = StreamReader()",
                "# Why this step is here.",
                ">>> await reader.read(1)",
                'b""',
                '>>> reader.feed_data(b"#"); reader.at_eof()',
                "2: False",
            ],
        )
        self.assertIn("\nrecorded on 3.8.18 3.11.2\n", result)
        self.assertIn(
            "  for transport in tcp, unix\n  recorded 12345678\n  # A comment", result
        )

    def test_the_second_run_changes_nothing(self):
        versions = {
            "3.8.18": run("ValueError()", "old text"),
            "3.11.2": run(at_eof="True"),
        }
        first, _ = self.record(versions)
        second, changes = self.record(versions)
        self.assertEqual(first, second)
        self.assertEqual(changes["area/first"], "")

    def test_versions_that_differ_have_tags_newest_first(self):
        result, _ = self.record(
            {"3.8.18": run("pending"), "3.11.2": run("None"), "3.12.1": run("None")}
        )
        self.assertEqual(steps(result)[3:5], ["[3.11+] None", "[3.8] pending"])

    def test_variants_that_differ_have_tags(self):
        def by_transport(variables):
            return run("1" if variables["transport"] == "tcp" else "2")

        result, _ = self.record({"3.8.18": by_transport, "3.11.2": by_transport})
        lines = ["[transport=tcp] 1", "[transport=unix] 2"]
        self.assertEqual(steps(result)[3:5], lines)

    def test_variants_and_versions_that_differ_have_both(self):
        def by_transport(variables):
            return run("1" if variables["transport"] == "tcp" else "2")

        result, _ = self.record({"3.8.18": run("1"), "3.11.2": by_transport})
        lines = ["[transport=tcp] 1", "[transport=unix 3.11+] 2"]
        self.assertEqual(steps(result)[3:6], lines + ["[transport=unix 3.8] 1"])
        again, _ = self.record({"3.8.18": run("1"), "3.11.2": by_transport})
        self.assertEqual(result, again)

    def test_the_message_is_the_newest(self):
        result, _ = self.record(
            {"3.11.2": run("E()", "new"), "3.8.18": run("E()", "old")}
        )
        self.assertEqual(steps(result)[3], "E()  # new")

    def test_messages_count_if_they_are_compared(self):
        result, _ = self.record(
            {"3.11.2": run("E()", "new"), "3.8.18": run("E()", "old")},
            compare_messages=True,
        )
        self.assertEqual(steps(result)[3:5], ["[3.11+] E()  # new", "[3.8] E()  # old"])

    def test_what_another_machine_recorded_stays(self):
        self.record({"3.8.18": run("1"), "3.11.2": run("2")})
        result, _ = self.record({"3.12.1": run("2")})
        self.assertEqual(steps(result)[3:5], ["[3.11+] 2", "[3.8] 1"])
        self.assertIn("recorded on 3.8.18 3.11.2 3.12.1\n", result)
        self.assertIn("  recorded 12345678\n", result)

    def test_other_steps_forget_what_another_machine_recorded(self):
        self.record({"3.8.18": run("1"), "3.11.2": run("2")})
        result, changes = self.record({"3.11.2": run("3")}, digest="87654321")
        self.assertEqual(steps(result)[3], "3")
        self.assertIn("  recorded 87654321 on 3.11.2\n", result)
        self.assertIn("recorded again", changes["area/first"])

    def test_a_scenario_that_is_not_run_keeps_its_versions(self):
        self.record({"3.8.18": run()})
        second = [entry(0, 'b"a"', alternatives=['b"a"', 'b"ab"'])]
        self.record({"3.11.2": second}, scenario="area/second", variants=[{}])
        result = self.text.text()
        self.assertIn("recorded on 3.8.18 3.11.2\n", result)
        self.assertIn("  recorded 12345678 on 3.8.18\n", result)
        self.assertIn("scenario area/second\n  recorded 12345678 on 3.11.2\n", result)

    def test_a_refused_scenario_is_left_alone(self):
        before = self.text.text()
        observations = observed(self.text, {"3.8.18": run()})
        changes = annotate(self.text, observations, {"area/first"})
        self.assertEqual(changes, {"area/second": "not run"})
        self.assertEqual(self.text.text(), before)

    def test_since_limits_the_versions_of_a_scenario(self):
        text = _FILE.replace('  "A sentence."', '  "A sentence."\n  since 3.11')
        self.text = ScenarioText(text)
        other = [entry(0, 'b"a"', alternatives=['b"a"', 'b"ab"'])]
        observations = observed(self.text, {"3.11.2": run()})
        observations += observed(self.text, {"3.8.18": other}, "area/second", [{}])
        annotate(self.text, observations)
        result = self.text.text()
        self.assertIn("recorded on 3.8.18 3.11.2\n", result)
        self.assertIn("  recorded 12345678\n", result)

    def test_declared_outcomes_stay(self):
        second = [entry(0, 'b"a"', alternatives=['b"a"', 'b"ab"'])]
        more = {"scenario": "area/second", "variants": [{}]}
        result, _ = self.record({"3.8.18": second}, **more)
        self.assertEqual(
            steps(result, "area/second"),
            [">>> await reader.read(100)", '| b"a"', '| b"ab"'],
        )

    def test_a_deliberate_choice_makes_the_recorded_one_cpythons(self):
        text = _FILE.replace(
            ">>> await reader.read(1)", '>>> await reader.read(1)\n[safe] b"kept"'
        )
        self.text = ScenarioText(text)
        result, _ = self.record({"3.8.18": run()})
        self.assertEqual(steps(result)[3:5], ['[cpython] b""', '[safe] b"kept"'])

    def test_none_is_said_beside_a_deliberate_choice(self):
        text = _FILE.replace(
            ">>> await reader.read(1)", '>>> await reader.read(1)\n[safe] b"kept"'
        )
        self.text = ScenarioText(text)
        result, _ = self.record({"3.8.18": run("None")})
        self.assertEqual(steps(result)[3:5], ["[cpython] None", '[safe] b"kept"'])

    def test_a_comment_behind_an_outcome_stays_with_it(self):
        self.record({"3.8.18": run()})
        text = self.text.text().replace('b""\n', 'b""  # Because of EOF.\n')
        self.text = ScenarioText(text)
        self.assertEqual(self.record({"3.8.18": run()})[0], text)
        result, _ = self.record({"3.8.18": run('b"x"')})
        self.assertNotIn("Because", result)

    def test_a_message_that_differs_in_a_port_is_no_change(self):
        first, _ = self.record({"3.8.18": run("E()", "refused by port 4711")})
        second, _ = self.record({"3.8.18": run("E()", "refused by port 815")})
        self.assertEqual(first, second)
        third, _ = self.record({"3.8.18": run("E()", "refused")})
        self.assertIn("E()  # refused\n", third)


class VariationTest(unittest.TestCase):
    def problems(self, *runs, **more):
        return read_documents([document(*runs, **more)], "3.11.2")[1]

    def test_what_never_varies_is_no_problem(self):
        self.assertEqual(self.problems(run(), run()), {})

    def test_what_varies_is_named(self):
        ((scenario, sentences),) = self.problems(run("1"), run("2"), run("1")).items()
        self.assertEqual(scenario, "area/first")
        self.assertEqual(len(sentences), 1)
        for part in ("on 3.11.2, line 1", "1 (2 times", "2 (1 times"):
            self.assertIn(part, sentences[0])

    def test_messages_may_vary_unless_they_are_compared(self):
        runs = run("E()", "at 0x1"), run("E()", "at 0x2")
        self.assertEqual(self.problems(*runs), {})
        self.assertIn("at 0x2", str(self.problems(*runs, compare_messages=True)))

    def test_between_two_calls_of_the_runner(self):
        documents = [document(run("1")), document(run("2"))]
        self.assertIn("varies", str(read_documents(documents, "3.11.2")[1]))

    def test_declared_outcomes_may_vary_but_no_other_may_come(self):
        declared = {"alternatives": ['b"a"', 'b"ab"']}
        a = [entry(0, 'b"a"', **declared)]
        ab = [entry(0, 'b"ab"', **declared)]
        abc = [entry(0, 'b"abc"', **declared)]
        self.assertEqual(self.problems(a, ab), {})
        self.assertIn("is not among the declared", str(self.problems(a, abc)))

    def test_a_crash_is_a_problem_and_unsupported_is_none(self):
        crash = self.problems(state="crash", explanation="signal 11")
        self.assertIn("signal 11", str(crash))
        self.assertEqual(self.problems(state="unsupported"), {})
        self.assertIn("came that far", str(self.problems(run(), run()[:2])))


class LineTest(unittest.TestCase):
    def test_lines_are_read_as_they_are_written(self):
        for number, tag, text, message in [
            (0, "", 'b"#[1]"', ""),
            (2, "3.8-3.10,3.12+", "E(consumed=6)", "what # happened"),
            (1, "transport=unix tls=1.2,1.3 3.11.2 cpython", "[1, 2]", ""),
            (0, "", '["pause_reading"]', ""),
        ]:
            line = format_line(number, tag, Outcome(text, message))
            parsed = parse_outcome_line(line)
            self.assertEqual(parsed.statement, max(number - 1, 0), line)
            self.assertEqual(parsed.outcome, Outcome(text, message), line)
            words = ["%s=%s" % (n, ",".join(v)) for n, v in parsed.conditions]
            words += [each for each in (parsed.editions, parsed.word) if each]
            self.assertEqual(" ".join(words), tag, line)

    def test_no_single_variable_decides(self):
        table = OutcomeTable([("a", ["x", "y"]), ("b", ["1", "2"])], ["3.8.18"])
        for variant in [("x", "1"), ("x", "2"), ("y", "1"), ("y", "2")]:
            same = variant in (("x", "1"), ("y", "2"))
            table.set(variant, "3.8.18", Outcome("same" if same else "other", ""))
        lines = [(line.tag, line.outcome.text) for line in table.lines()]
        self.assertEqual(lines[:2], [("a=x b=1", "same"), ("a=x b=2", "other")])
        self.assertEqual(len(lines), 4)


if __name__ == "__main__":
    unittest.main()
