# SPDX-License-Identifier: Apache-2.0
"""Every deliberately wrong testee is caught, by the scenario that should.

For each fault of faulty_testee.py: the scenario that must notice it, the
verdict, the exit status, and what the report has to say. All other scenarios
of the file have to run to their end: one bad scenario costs only itself.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import unittest

from oracle import observation

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_SCENARIOS = os.path.join(os.path.dirname(_FOLDER), "conformance/scenarios")

Report = collections.namedtuple("Report", "status output scenarios")


def certify(fault, scenario_file, *arguments):
    """Runs a wrong testee, or, if `fault` is None, the oracle itself.

    The report's `scenarios` maps an id to what is said of it.
    """
    program = "faulty_testee.py" if fault else "testee.py"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        testee = "'%s' '%s' %s" % (
            sys.executable,
            os.path.join(_FOLDER, program),
            fault or "",
        )
        command = [observation.certify_path(), "--testee", testee, "--json", path]
        # Live: the test is about the runner, not about what has been recorded.
        command += ["--oracle", "live:" + sys.executable]
        command += ["--oracle-program", os.path.join(_FOLDER, "testee.py")]
        command += ["--scenarios", os.path.join(_SCENARIOS, scenario_file)]
        result = subprocess.run(
            command + list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        scenarios = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                scenarios = json.load(file)["scenarios"]
    output = result.stdout.decode(errors="replace")
    return Report(result.returncode, output, {each["id"]: each for each in scenarios})


class FaultyTesteeTest(unittest.TestCase):
    def assert_caught(self, report, scenario, verdict, *explanation):
        self.assertEqual(report.status, 1, report.output)
        self.assertIn(scenario, report.scenarios, report.output)
        found = report.scenarios[scenario]
        self.assertEqual(found["verdict"], verdict, found)
        for text in explanation:
            self.assertIn(text, found["explanation"])
        # What a person sees names the scenario, and how to run just that.
        self.assertIn("%s %s " % (verdict.upper(), scenario), report.output)
        self.assertIn("again: ", report.output)
        self.assertIn("not certified", report.output.splitlines()[-1])

    def assert_others(self, report, verdicts=("pass",), at_least=5):
        """All others that the fault does not touch passed."""
        passed = [e for e in report.scenarios.values() if e["verdict"] == "pass"]
        self.assertGreaterEqual(len(passed), at_least)
        others = {each["verdict"] for each in report.scenarios.values()}
        self.assertLessEqual(others, {"pass", *verdicts}, report.output)

    def test_drops_the_byte_after_a_separator(self):
        report = certify("drops-the-byte-after-a-separator", "at_eof.scenario")
        self.assert_caught(
            report,
            "at-eof/last-line",
            "fail",
            "`await reader.readline()`",
            'expected b"two\\n"',
            'got b"wo\\n"',
        )
        self.assert_others(report, ["fail"])
        # The transcript up to the divergence, and both sides of it.
        self.assertIn('        expected: b"two\\n"\n', report.output)
        self.assertIn('        actual:   b"wo\\n"\n', report.output)

    def test_has_a_limit_that_is_one_too_small(self):
        report = certify("has-a-limit-that-is-one-too-small", "read_until.scenario")
        scenario = "read-until/exactly-the-limit[1]"
        expected = 'expected b"abcd-", and got LimitOverrunError(consumed=4)'
        self.assert_caught(report, scenario, "fail", expected)
        self.assert_others(report, ["fail"])

    def test_does_not_wait_for_all_bytes(self):
        report = certify("does-not-wait-for-all-bytes", "read_exactly.scenario")
        scenario = "read-exactly/waits-for-all"
        self.assert_caught(report, scenario, "fail", "`task`", "expected pending")
        self.assert_others(report, ["fail"])

    def test_trusts_every_certificate(self):
        report = certify("trusts-every-certificate", "tls_handshake.scenario")
        scenario = "tls-handshake/wrong-host[1.3]"
        self.assert_caught(report, scenario, "fail", "expected SSLError()", "got None")
        self.assert_others(report, ["fail"])

    def test_closes_without_close_notify(self):
        report = certify("closes-without-close-notify", "tls.scenario")
        scenario = "tls/close[1.2]"
        self.assert_caught(report, scenario, "fail", "received_close_notify()")
        self.assert_others(report, ["fail"])

    @unittest.skipIf(sys.version_info < (3, 11), "the fault is one of 3.11's TLS")
    def test_takes_plaintext_for_decrypted_data(self):
        report = certify("takes-plaintext-for-decrypted-data", "tls.scenario")
        scenario = "tls/plaintext-in-the-midst[1.3]"
        got = 'got b"220 this was put in by somebody else\\r\\n"'
        self.assert_caught(report, scenario, "fail", "expected SSLError()", got)
        self.assert_others(report, ["fail"])

    @unittest.skipIf(sys.version_info < (3, 11), "start_tls came with 3.11")
    def test_goes_on_in_the_clear(self):
        # Not all: where a whole record is waited for, it is in vain.
        only = ["--filter", "start-tls/(close-after|client-hello|segments|timeout)"]
        report = certify("goes-on-in-the-clear", "start_tls.scenario", *only)
        scenario = "start-tls/close-after-the-upgrade[1.3]"
        expected = 'expected b"last words", and got SSLError()'
        self.assert_caught(report, scenario, "fail", expected)
        self.assert_others(report, ["fail"])

    def test_loses_data_when_cancelled(self):
        report = certify("loses-data-when-cancelled", "reader_cancellation.scenario")
        scenario = "reader-cancellation/read-exactly"
        self.assert_caught(report, scenario, "fail", 'expected b"abcd"', "got pending")
        self.assert_others(report, ["fail"])

    def test_forgets_the_fin(self):
        arguments = ["--filter", "peer-sees-eof.tcp|wait-closed-after-a-reset|abort-tw"]
        report = certify("forgets-the-fin", "closing.scenario", *arguments)
        scenario = "closing/peer-sees-eof[tcp]"
        self.assert_caught(report, scenario, "fail", "the peer waited for EOF")
        self.assert_others(report, ["fail"], at_least=2)

    def test_crashes(self):
        report = certify("crashes", "at_eof.scenario")
        scenario = "at-eof/error-is-not-eof"
        self.assert_caught(report, scenario, "crash", "signal 11", "set_exception")
        self.assert_others(report, ["crash"])
        self.assertIn("about to crash", report.output)

    def test_exits(self):
        report = certify("exits", "at_eof.scenario")
        scenario = "at-eof/error-is-not-eof"
        self.assert_caught(report, scenario, "crash", "exited with status 7")
        self.assert_others(report, ["crash"])

    def test_hangs(self):
        report = certify("hangs", "at_eof.scenario")
        scenario = "at-eof/error-is-not-eof"
        self.assert_caught(report, scenario, "timeout", "did not answer", "10 s")
        self.assert_others(report, ["timeout"])

    def test_prints(self):
        report = certify("prints", "at_eof.scenario")
        scenario = "at-eof/error-is-not-eof"
        self.assert_caught(report, scenario, "protocol-error", "DEBUG: set_exception")
        self.assert_others(report, ["protocol-error"])

    def test_claims_a_clock_that_it_has_not(self):
        fault = "claims-a-clock-that-it-has-not"
        report = certify(fault, "reader_cancellation.scenario")
        scenario = "reader-cancellation/time-out"
        self.assert_caught(report, scenario, "crash", "advance_clock", "status 1")
        self.assert_others(report, ["crash"])
        self.assertIn("unknown type of message", report.output)

    def test_never_calls_the_exception_handler(self):
        fault = "never-calls-the-exception-handler"
        report = certify(fault, "server.scenario", "--filter", "server/c")
        scenario = "server/callback-raises[tcp]"
        expected = 'expected ["exception_handler"], and got []'
        self.assert_caught(report, scenario, "fail", expected)
        self.assert_others(report, ["fail"], at_least=2)

    def test_waits_for_good(self):
        arguments = ["--filter", "at-eof/fresh-reader"]
        report = certify("waits-for-good", "at_eof.scenario", *arguments)
        scenario = "at-eof/fresh-reader"
        self.assert_caught(report, scenario, "timeout", "did not answer")

    def test_starts_with_nonsense(self):
        report = certify("starts-with-nonsense", "at_eof.scenario")
        self.assertEqual(report.status, 3)
        self.assertIn("Welcome to the testee!", report.output)
        self.assertEqual(report.scenarios, {})

    def test_an_unknown_fault_is_no_testee_either(self):
        report = certify("no-such-fault", "at_eof.scenario")
        self.assertEqual(report.status, 3)
        self.assertIn("usage: faulty_testee.py", report.output)

    def test_cpython_itself_passes(self):
        # Else every assertion above could be met by a runner that only fails.
        report = certify(None, "at_eof.scenario")
        self.assertEqual(report.status, 0, report.output)
        self.assert_others(report, [])


if __name__ == "__main__":
    unittest.main()
