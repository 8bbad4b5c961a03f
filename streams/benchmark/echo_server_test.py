# SPDX-License-Identifier: Apache-2.0
"""What the echo server is asked for is what it does, or it says why not."""

import subprocess
import unittest

_PROGRAM = "streams/benchmark/echo_server"
_CERTIFICATE = "conformance/certificates/server.pem"
_TIMEOUT_SECONDS = 60


def run_server(*arguments):
    """Its exit status and what it says; it is ended if it serves."""
    with subprocess.Popen(
        [_PROGRAM, "--port=0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout.readline():
            process.kill()
            return "it serves", ""
        _, errors = process.communicate(timeout=_TIMEOUT_SECONDS)
        return process.returncode, errors


class EchoServerTest(unittest.TestCase):
    def assert_refused(self, arguments, status, *parts):
        with self.subTest(arguments):
            found, errors = run_server(*arguments)
            self.assertEqual(found, status, errors)
            for part in parts:
                self.assertIn(part, errors)

    def test_usage(self):
        cases = (
            (["--mode=shout"], "--mode is echo or line, not 'shout'"),
            (["--port=65536"], "--port is from 0 to 65535"),
            (["--port=-1"], "--port is from 0 to 65535"),
            (["8888"], "unexpected argument '8888'"),
            (["--busy_poll", "on"], "unexpected argument 'on'"),
            ([f"--tls_key={_CERTIFICATE}"], "--tls_key needs --tls_cert"),
        )
        for arguments, message in cases:
            self.assert_refused(arguments, 2, f"echo_server: {message}")

    def test_a_key_may_be_with_its_certificate(self):
        for arguments in (
            [f"--tls_cert={_CERTIFICATE}"],
            [f"--tls_cert={_CERTIFICATE}", f"--tls_key={_CERTIFICATE}"],
        ):
            self.assertEqual(run_server(*arguments), ("it serves", ""))

    def test_a_file_that_cannot_be_used_is_named(self):
        missing = "[Errno 2] No such file or directory"
        cases = (
            (["--tls_cert=/no/cert.pem"], "/no/cert.pem", missing),
            (
                [f"--tls_cert={_CERTIFICATE}", "--tls_key=/no/key.pem"],
                "/no/key.pem",
                missing,
            ),
            (["--tls_cert=/dev/null"], "/dev/null", "[SSL"),
        )
        for arguments, *parts in cases:
            self.assert_refused(arguments, 1, *parts)


if __name__ == "__main__":
    unittest.main()
