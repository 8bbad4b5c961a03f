# SPDX-License-Identifier: Apache-2.0
"""certify as a whole: verdicts, reports and exit statuses, with tiny testees."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

CERTIFY = os.path.abspath("conformance/runner/certify")
TINY = os.path.abspath("conformance/runner/testing/tiny_testee.py")

STEPS = """
scenario {id}
  "What goes in comes out."
{header}
>>> echo(1)
1
>>> echo(None)
>>> await echo("never")
pending
"""


class CertifyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def certify(self, *args, mode="good", edition="3.15.2"):
        testee = "%s %s %s %s" % (sys.executable, TINY, mode, edition)
        return self.run_certify(
            "--default-testee", testee, "--reproduce-with", "again", *args
        )

    def run_certify(self, *args):
        return subprocess.run(
            [CERTIFY, *args], capture_output=True, text=True, timeout=240
        )

    def result(self, *args, **kwargs):
        path = self.path("result.json")
        if os.path.exists(path):
            os.remove(path)
        run = self.certify("--json", path, *args, **kwargs)
        with open(path, encoding="utf-8") as file:
            return run, json.load(file)

    def recorded(self, scenario_id="tiny/echo", header=""):
        """A file whose steps count as recorded on 3.15.2."""
        text = STEPS.format(id=scenario_id, header=header)
        name = self.write("plain.scenario", text)
        histories = self.path("histories.json")
        run = self.certify(
            "--observe", "--histories", histories, "--scenarios", name
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        with open(histories, encoding="utf-8") as file:
            digest = json.load(file)["scenarios"][0]["digest"]
        return self.write(
            scenario_id.replace("/", "_") + ".scenario",
            "recorded on 3.15.2\n"
            + STEPS.format(id=scenario_id, header=header + "  recorded " + digest),
        )

    def test_pass(self):
        name = self.recorded()
        run, result = self.result("--oracle", "recorded", "--scenarios", name)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertEqual(
            run.stdout, "certified: 1 of 1 scenarios pass, edition 3.15.2\n"
        )
        self.assertEqual(run.stderr, "")
        self.assertEqual(result["implementation"], {"name": "tiny", "version": "1"})
        self.assertEqual(result["edition"], "3.15.2")
        self.assertEqual(result["oracle"], "recorded")
        self.assertEqual(result["summary"]["total"], 1)
        self.assertEqual(result["summary"]["pass"], 1)
        self.assertEqual(result["summary"]["fail"], 0)
        [scenario] = result["scenarios"]
        self.assertEqual(scenario["id"], "tiny/echo")
        self.assertEqual(scenario["verdict"], "pass")

    def test_fail_shows_the_divergence_and_how_to_repeat_it(self):
        name = self.recorded()
        run, result = self.result(
            "--oracle", "recorded", "--scenarios", name, mode="wrong"
        )
        self.assertEqual(run.returncode, 1)
        self.assertIn("FAIL tiny/echo", run.stdout)
        self.assertIn("  > >>> echo(1)", run.stdout)
        self.assertIn("expected: 1\n        actual:   2\n", run.stdout)
        self.assertIn("--filter '^tiny/echo$'", run.stdout)
        self.assertTrue(
            run.stdout.endswith(
                "not certified: 1 of 1 scenarios fail, edition 3.15.2\n"
            )
        )
        divergence = result["scenarios"][0]["divergence"]
        self.assertEqual(divergence["source"], "echo(1)")
        self.assertEqual(divergence["expected"], "1")
        self.assertEqual(divergence["actual"], "2")

    def test_what_a_testee_says_stays_on_its_line(self):
        name = self.recorded()
        base = ["--oracle", "recorded", "--verbose", "--scenarios", name]
        run = self.certify(*base, mode="deceive")
        self.assertEqual(run.returncode, 1)
        lines = run.stdout.splitlines()
        self.assertEqual([each for each in lines if each.startswith("cert")], [])
        self.assertNotIn("\x1b", run.stdout)

    def test_bad_testees_cost_their_scenario_and_the_run_goes_on(self):
        bad = self.recorded("tiny/bad")
        good = self.write(
            "good.scenario",
            '\nscenario tiny/good\n  "Does not ask for trouble."\n\n>>> echo(1)\n',
        )
        for mode, verdict, says in [
            ("exit", "crash", "exited with status 3"),
            ("abort", "crash", "signal 6"),
            ("hang", "timeout", "did not answer within 0.5 s"),
            ("drip", "timeout", "did not answer within 0.5 s"),
            ("print", "protocol-error", "debug: here"),
            ("flood", "protocol-error", "without end"),
            ("close-output", "protocol-error", "closed its standard output"),
            ("answer-twice", "protocol-error", "answers what was not asked"),
        ]:
            with self.subTest(mode=mode):
                # What ends the others is not the time: with sanitizers, on a busy
                # machine, a flood takes its own.
                deadline = "0.5" if verdict == "timeout" else "100"
                run, result = self.result(
                    "--oracle",
                    "recorded",
                    "--deadline",
                    deadline,
                    "--scenarios",
                    bad,
                    good,
                    mode=mode,
                )
                self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
                scenarios = {s["id"]: s for s in result["scenarios"]}
                self.assertEqual(scenarios["tiny/bad"]["verdict"], verdict)
                self.assertIn(says, scenarios["tiny/bad"]["explanation"])
                self.assertIn("about to " + mode, scenarios["tiny/bad"]["stderr"])
                # Not recorded, and no oracle: but it did run.
                self.assertEqual(scenarios["tiny/good"]["verdict"], "inconclusive")
                self.assertEqual(result["summary"]["total"], 2)

    def test_a_testee_that_does_not_end_well(self):
        name = self.recorded()
        base = ["--oracle", "recorded", "--deadline", "0.5", "--scenarios", name]
        for mode, verdict, says in [
            ("end-badly", "crash", "exited with status 6 at the end of its input"),
            ("linger", "timeout", "did not exit within 0.5 s of the end of its input"),
        ]:
            with self.subTest(mode=mode):
                run, result = self.result(*base, mode=mode)
                self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
                [scenario] = result["scenarios"]
                self.assertEqual(scenario["verdict"], verdict)
                self.assertIn(says, scenario["explanation"])
                self.assertIn("about to " + mode, scenario["stderr"])

    def test_late_answers_win_no_time(self):
        run, result = self.result(
            *["--oracle", "recorded", "--deadline", "0.5"],
            *["--scenarios", self.recorded()],
            mode="drip-late-answers"
        )
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertEqual(result["scenarios"][0]["verdict"], "timeout")

    def test_a_testee_that_cannot_be_spoken_to(self):
        name = self.recorded()
        run = self.certify(
            "--oracle", "recorded", "--scenarios", name, mode="no-hello"
        )
        self.assertEqual(run.returncode, 3)
        self.assertIn("exited with status 5", run.stderr)
        run = self.certify("--scenarios", name, "--testee", "/nonexistent/testee")
        self.assertEqual(run.returncode, 3)
        self.assertIn("/nonexistent/testee", run.stderr)

    def test_live_oracle_is_the_expectation_of_what_is_not_recorded(self):
        name = self.write(
            "new.scenario",
            '\nscenario tiny/new\n  "Nobody recorded it."\n\n>>> echo(1)\n7\n',
        )
        live = ["--oracle", "live:" + sys.executable, "--oracle-program", TINY]
        run, result = self.result(*live, "--scenarios", name)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("the outcome written for echo(1) is 7", run.stdout)
        self.assertIn("live CPython 3.15.2", result["oracle"])
        run, result = self.result(*live, "--scenarios", name, mode="wrong")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(result["scenarios"][0]["verdict"], "fail")

    def test_a_changed_scenario_is_not_judged_by_its_old_recording(self):
        name = self.recorded()
        with open(name, encoding="utf-8") as file:
            text = file.read().replace(">>> echo(1)\n1", ">>> echo(5)\n1")
        self.write("changed.scenario", text)
        run, result = self.result(
            "--oracle", "recorded", "--scenarios", self.path("changed.scenario")
        )
        self.assertEqual(run.returncode, 1)
        [scenario] = result["scenarios"]
        self.assertEqual(scenario["verdict"], "inconclusive")
        self.assertIn("changed since", scenario["explanation"])

    def test_unsupported_is_what_the_testee_declares(self):
        name = self.recorded()
        run, result = self.result(
            "--oracle", "recorded", "--scenarios", name, mode="lacking"
        )
        [scenario] = result["scenarios"]
        self.assertEqual(scenario["verdict"], "unsupported")
        self.assertIn("echo", scenario["explanation"])
        # Nothing ran, and that is no success, for programs neither.
        self.assertEqual(run.returncode, 4, run.stdout)
        self.assertFalse(result["summary"]["as-expected"])
        self.assertIn("none of 1 scenarios could run", run.stdout)

    def test_expected_failures(self):
        name = self.recorded()
        known = self.path("known.failures")
        base = ["--oracle", "recorded", "--scenarios", name]
        listed = base + ["--expected-failures", known]
        run = self.certify(*listed, "--fix", mode="wrong")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        with open(known, encoding="utf-8") as file:
            self.assertIn("tiny/echo\n  gives: echo(1) -> 2\n", file.read())
        run, result = self.result(*listed, mode="wrong")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertEqual(result["scenarios"][0]["verdict"], "expected-fail")
        run, result = self.result(*listed)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(result["scenarios"][0]["verdict"], "unexpected-pass")
        run, result = self.result(*listed, mode="exit")
        self.assertEqual(run.returncode, 1)
        self.assertIn("fails differently: crash", result["stale-expectations"][0])
        run = self.certify(*listed, "--fix", "--filter", "echo", mode="wrong")
        self.assertEqual(run.returncode, 2)

    def test_recheck_judges_without_a_testee(self):
        name = self.recorded()
        histories = self.path("h.json")
        base = ["--oracle", "recorded", "--scenarios", name]
        self.certify(*base, "--histories", histories, mode="wrong")
        run, result = self.result(*base, "--recheck", histories)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(result["scenarios"][0]["divergence"]["actual"], "2")
        self.certify(*base, "--histories", histories)
        run = self.certify(*base, "--recheck", histories)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_recheck_of_a_damaged_history_is_no_pass(self):
        name = self.recorded()
        histories = self.path("h.json")
        base = ["--oracle", "recorded", "--scenarios", name]
        self.certify(*base, "--histories", histories)
        with open(histories, encoding="utf-8") as file:
            document = json.load(file)
        [scenario] = document["scenarios"]
        for damage in ("outcomes", "runs"):
            with self.subTest(damage=damage):
                (scenario if damage == "runs" else scenario["runs"][0]).pop(damage)
                self.write("damaged.json", json.dumps(document))
                run, result = self.result(
                    *base, "--recheck", self.path("damaged.json")
                )
                self.assertEqual(run.returncode, 1, run.stdout)
                self.assertEqual(result["summary"]["inconclusive"], 1)

    def test_repeated_and_disturbed_runs_give_the_same(self):
        name = self.recorded(header="  segments any\n")
        run = self.certify(
            *["--oracle", "recorded", "--scenarios", name],
            *["--repeat", "20", "--perturb", "7", "--jobs", "2"]
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_usage(self):
        name = self.recorded()
        broken = self.write("broken.scenario", "scenario broken\n>>> echo(\n")
        for args, says in [
            (["--scenaros", name], "--scenaros"),
            (["--scenarios", "/nonexistent/x"], "/nonexistent/x"),
            (["--scenarios", broken], "broken.scenario"),
            (["--scenarios", name, "--filter", "("], "regular expression"),
            (["--scenarios", name, "--oracle", "crystal"], "crystal"),
            (["--scenarios", name, "--fix"], "--expected-failures"),
            (["--scenarios", name, "--edition", "new"], "new"),
            (["--scenarios", name, "--testee", "'open"], "quote"),
        ]:
            with self.subTest(args=args):
                run = self.certify(*args)
                self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
                self.assertIn(says, run.stderr)

    def test_a_report_that_cannot_be_written_is_no_success(self):
        name = self.recorded()
        testee = "%s %s" % (sys.executable, TINY)
        for args in ([], ["--list"]):
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                run = subprocess.run(
                    [CERTIFY, "--oracle", "recorded", "--testee", testee]
                    + ["--scenarios", name, *args],
                    stdout=full,
                    stderr=subprocess.PIPE,
                    timeout=240,
                )
                self.assertEqual(run.returncode, 2, run.stderr)
                self.assertIn(b"standard output", run.stderr)

    def test_a_folder_is_no_file(self):
        name = self.recorded()
        folder = self.path("folder")
        os.makedirs(os.path.join(folder, "x.scenario"))
        for args, says in [
            (["--list", "--scenarios", folder], "x.scenario"),
            (["--scenarios", name, "--recheck", folder], folder),
            (["--scenarios", name, "--expected-failures", folder], folder),
        ]:
            with self.subTest(args=args):
                run = self.certify("--oracle", "recorded", *args)
                self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
                self.assertIn("cannot read", run.stderr)
                self.assertIn(says, run.stderr)

    def test_nothing_is_never_a_pass(self):
        name = self.recorded()
        run = self.certify("--scenarios", name, "--filter", "nowhere")
        self.assertEqual(run.returncode, 4)
        self.assertIn("nowhere", run.stderr)
        old = self.recorded("tiny/new", "  since 3.15\n")
        run, result = self.result(
            *["--oracle", "recorded", "--scenarios", old], edition="3.11.2"
        )
        self.assertEqual(run.returncode, 4, run.stdout + run.stderr)
        self.assertFalse(result["summary"]["as-expected"])
        self.assertIn("not certified: no scenario ran", run.stdout)

    def test_of_several_filters_the_last_counts(self):
        """As `bazel test --test_arg=--filter=…` adds one to the test's own."""
        name = self.recorded(header="  for n in 1, 2\n")
        filters = ["--filter=tiny", "--filter=^tiny/echo\\[2\\]$"]
        run = self.certify("--list", "--scenarios", name, *filters)
        self.assertEqual(run.stdout, "tiny/echo[2]\n", run.stderr)

    def test_list_and_help(self):
        name = self.recorded(header="  for n in 1, 2\n")
        run = self.certify("--list", "--scenarios", name)
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stdout, "tiny/echo[1]\ntiny/echo[2]\n")
        run = self.run_certify("--help")
        self.assertEqual(run.returncode, 0)
        self.assertIn("Examples:", run.stdout)


if __name__ == "__main__":
    unittest.main()
