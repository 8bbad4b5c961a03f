# SPDX-License-Identifier: Apache-2.0
"""The load is what it says it is: against the yardsticks, and a broken server."""

import contextlib
import json
import re
import socket
import subprocess
import threading
import unittest

_FOLDER = "streams/benchmark"
_CERTIFICATE = "conformance/certificates/server.pem"
_TIMEOUT_SECONDS = 60


def run_load(port, *arguments, stdin=""):
    return subprocess.run(
        [f"{_FOLDER}/load_generator", f"--port={port}", "--seconds=60", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )


@contextlib.contextmanager
def serving(program, *arguments):
    with subprocess.Popen(
        [f"{_FOLDER}/{program}", "--port=0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline()
            yield int(re.search(r":(\d+)\s*$", line).group(1))
        finally:
            process.kill()


TLS = (f"--tls_cert={_CERTIFICATE}", f"--tls_key={_CERTIFICATE}")


class LoadTest(unittest.TestCase):
    def assert_answered(self, done, at_least):
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout.splitlines()[-1])
        self.assertGreaterEqual(answer["requests"], at_least)
        # The count is a bound: what comes back in the same turn still counts.
        self.assertLessEqual(answer["requests"], at_least + 50 * 100)
        self.assertGreater(answer["seconds"], 0)

    def test_all_kinds_of_load(self):
        kinds = (
            ["--size=64"],
            ["--size=300000", "--connections=3"],
            ["--size=64", "--pipeline=100"],
            ["--size=64", "--reconnect"],
        )
        servers = (
            ("raw_echo_server", [], []),
            ("raw_tls_echo_server", list(TLS), ["--tls"]),
        )
        for program, server_arguments, load_arguments in servers:
            for mode in ("echo", "line"):
                with serving(program, f"--mode={mode}", *server_arguments) as port:
                    for kind in kinds:
                        with self.subTest(program=program, mode=mode, kind=kind):
                            line = ["--line"] if mode == "line" else []
                            done = run_load(
                                port, "--requests=400", *kind, *line, *load_arguments
                            )
                            self.assert_answered(done, 400)

    def test_corked_lines(self):
        for program, arguments, tls in (
            ("raw_echo_server", [], []),
            ("raw_tls_echo_server", list(TLS), ["--tls"]),
        ):
            with serving(program, "--mode=line", "--cork", *arguments) as port:
                done = run_load(
                    port, "--requests=400", "--pipeline=100", "--line", *tls
                )
                self.assert_answered(done, 400)

    def test_is_told_when_to_start(self):
        with serving("raw_echo_server") as port:
            done = run_load(port, "--requests=100", "--ready", stdin="\n")
            self.assertTrue(done.stdout.startswith("ready\n"))
            self.assert_answered(done, 100)

    def test_ends_without_having_started(self):
        with serving("raw_echo_server") as port:
            done = run_load(port, "--connections=10", "--ready")
            self.assertEqual((done.returncode, done.stdout), (0, "ready\n"))

    def broken_server(self, answer):
        """Answers the first bytes of its only client with `answer`, and closes."""
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with listener, listener.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return listener.getsockname()[1]

    def test_a_server_that_closes(self):
        done = run_load(self.broken_server(b"x"), "--connections=1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the server closed the connection", done.stderr)

    def test_a_server_that_says_too_much(self):
        done = run_load(self.broken_server(b"x" * 65), "--connections=1", "--size=64")
        self.assertEqual(done.returncode, 1)
        self.assertIn("more came back than was sent", done.stderr)

    def test_a_server_that_does_not_speak_tls(self):
        done = run_load(self.broken_server(b"nonsense"), "--connections=1", "--tls")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the handshake failed", done.stderr)

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        done = run_load(port)
        self.assertEqual(done.returncode, 1)
        self.assertIn("connect: Connection refused", done.stderr)

    def test_bounds(self):
        for argument in ("--connections=10001", "--seconds=61", "--size=0"):
            done = run_load(1, argument)
            self.assertEqual(done.returncode, 2, argument)


if __name__ == "__main__":
    unittest.main()
