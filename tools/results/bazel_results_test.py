# SPDX-License-Identifier: Apache-2.0
"""Tests of the counting of results, on events such as Bazel 4.2 writes."""

import json
import unittest

from tools.results import bazel_results


def _configured(label, kind="cc_test rule"):
    return {
        "id": {"targetConfigured": {"label": label}},
        "configured": {"targetKind": kind},
    }


def _summary(label, status):
    return {
        "id": {"testSummary": {"label": label}},
        "testSummary": {"overallStatus": status},
    }


def _completed(label, success):
    completed = {"success": True} if success else {}
    return {"id": {"targetCompleted": {"label": label}}, "completed": completed}


def _count(*events):
    return bazel_results.count([json.dumps(event) for event in events])


class BazelResultsTest(unittest.TestCase):
    def test_passed_and_failed_are_told_apart(self):
        results = _count(
            _configured("//a:a_test"),
            _configured("//a:b_test"),
            _configured("//a:lib", "cc_library rule"),
            _completed("//a:lib", True),
            _completed("//a:a_test", True),
            _completed("//a:b_test", True),
            _summary("//a:a_test", "PASSED"),
            _summary("//a:b_test", "FAILED"),
        )
        self.assertEqual(results.passed, ("//a:a_test",))
        self.assertEqual(results.failed, ("//a:b_test",))
        self.assertEqual(str(results), "1 passed, 1 failed")
        self.assertFalse(results.good)

    def test_only_passed_is_good(self):
        self.assertTrue(_count(_summary("//a:a_test", "PASSED")).good)
        for status in ("FLAKY", "TIMEOUT", "INCOMPLETE", "NO_STATUS"):
            self.assertFalse(_count(_summary("//a:a_test", status)).good, status)

    def test_a_test_that_never_ran_has_failed(self):
        self.assertEqual(_count(_configured("//a:a_test")).failed, ("//a:a_test",))

    def test_what_does_not_build_or_load_has_failed(self):
        results = _count(
            _configured("//a:lib", "cc_library rule"),
            _completed("//a:lib", False),
            _summary("//b:b_test", "PASSED"),
            {"id": {"pattern": {"pattern": ["//c/..."]}}, "aborted": {}},
            {"id": {"targetCompleted": {"label": "//d:d"}}, "aborted": {}},
        )
        self.assertEqual(results.passed, ("//b:b_test",))
        self.assertEqual(results.failed, ("//a:lib", "//c/...", "//d:d"))

    def test_no_test_at_all_is_not_good(self):
        self.assertFalse(_count().good)
        self.assertFalse(_count(_completed("//a:lib", True)).good)

    def test_a_line_that_was_cut_off_ends_the_events(self):
        events = [json.dumps(_configured("//a:a_test")), '{"id": {"testSum']
        self.assertEqual(bazel_results.count(events).failed, ("//a:a_test",))


if __name__ == "__main__":
    unittest.main()
