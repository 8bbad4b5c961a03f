# SPDX-License-Identifier: Apache-2.0
"""The echo examples print what their Python counterparts print.

Every client talks to every server, TCP and Unix, C++ and Python; what both sides
print is compared line by line with the conversation of Python with itself.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

FOLDER = "streams/examples"

_ADDRESS = re.compile(r"\('127\.0\.0\.1', (\d+)\)|127\.0\.0\.1:(\d+)")


def _cpp(name):
    return [f"{FOLDER}/{name}"]


def _python(name):
    return [sys.executable, f"{FOLDER}/{name}.py"]


class EchoTest(unittest.TestCase):
    maxDiff = None

    def converse(self, server_command, client_command, address, server_lines):
        """What the client, and the server, print in one conversation."""
        with subprocess.Popen(
            [*server_command, address], stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                serving = server.stdout.readline()
                found = _ADDRESS.search(serving)
                if found:
                    address = found[1] or found[2]
                client = subprocess.run(
                    [*client_command, address],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                    timeout=30,
                )
                said = [serving]
                said += [server.stdout.readline() for _ in range(server_lines)]
            finally:
                server.kill()
        said = [_ADDRESS.sub("ADDRESS", line.rstrip("\n")) for line in said]
        return client.stdout.splitlines(), said

    def every_pair(self, kind, address, client_says, server_says):
        names = f"{kind}_echo_server", f"{kind}_echo_client"
        for server in _python(names[0]), _cpp(names[0]):
            for client in _python(names[1]), _cpp(names[1]):
                with self.subTest(server=server[-1], client=client[-1]):
                    self.assertEqual(
                        self.converse(server, client, address, len(server_says) - 1),
                        (client_says, server_says),
                    )

    def test_tcp(self):
        self.every_pair(
            "tcp",
            "0",
            ["Send: 'Hello World!'", "Received: 'Hello World!'", "Close the connection"],
            [
                "Serving on ADDRESS",
                "Received 'Hello World!' from ADDRESS",
                "Send: 'Hello World!'",
                "Close the connection",
            ],
        )

    def test_unix(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "echo")
            self.every_pair(
                "unix",
                path,
                [
                    "Send: 'Hello World!'",
                    "Received: 'Hello World!'",
                    "Close the connection",
                ],
                [f"Serving on {path}", "Echo: 'Hello World!'", "Close the connection"],
            )

    def fails(self, client_command, words):
        client = subprocess.run(
            client_command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.assertEqual(client.returncode, 1)
        self.assertEqual(client.stdout, "")
        self.assertIn(words, client.stderr)

    def test_a_client_without_a_server_says_why_it_fails(self):
        # Port 1 is privileged, and not used.
        for client in _python("tcp_echo_client"), _cpp("tcp_echo_client"):
            self.fails([*client, "1"], "Connect call failed ('127.0.0.1', 1)")
        for client in _python("unix_echo_client"), _cpp("unix_echo_client"):
            self.fails([*client, "/no/such/path"], "[Errno 2] No such file or directory")


class WaitForDataTest(unittest.TestCase):

    def test_it_prints_what_python_prints(self):
        said = [
            subprocess.run(
                program, check=True, stdout=subprocess.PIPE, text=True, timeout=30
            ).stdout
            for program in (_python("wait_for_data"), _cpp("wait_for_data"))
        ]
        self.assertEqual(said, ["Received: 'abc'\n"] * 2)


if __name__ == "__main__":
    unittest.main()
