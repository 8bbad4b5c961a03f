# SPDX-License-Identifier: Apache-2.0
"""Several loops listen on one port, all of them serve, and each echoes."""

import contextlib
import glob
import re
import socket
import subprocess
import unittest

_PROGRAM = "streams/examples/reuse_port_echo_server"
_LOOPS = 3
# That one of three loops gets none of so many is a chance of 1 in 10^10.
_CONNECTIONS = 64
_TIMEOUT_SECONDS = 60


def listening_sockets(port):
    """How many sockets of this machine listen on an IPv4 port."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        lines = [line.split() for line in file]
    # local_address is ADDRESS:PORT, and state 0A is LISTEN.
    return sum(
        words[3] == "0A" and words[1].endswith(f":{port:04X}") for words in lines[1:]
    )


def epoll_instances(pid):
    """For each epoll of a process: how many descriptors it watches."""
    counts = []
    for path in glob.glob(f"/proc/{pid}/fdinfo/*"):
        with contextlib.suppress(FileNotFoundError), open(path, encoding="ascii") as f:
            watched = re.findall(r"^tfd:", f.read(), re.MULTILINE)
            if watched:
                counts.append(len(watched))
    return counts


class ReusePortEchoTest(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [_PROGRAM, "--port=0", f"--loops={_LOOPS}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.stop)
        line = self.process.stdout.readline()
        self.port = int(re.fullmatch(r"3 loops on 127\.0\.0\.1:(\d+)\n", line).group(1))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def test_all_loops_serve(self):
        self.assertEqual(listening_sockets(self.port), _LOOPS)
        idle = epoll_instances(self.process.pid)
        self.assertEqual(len(idle), _LOOPS)
        with contextlib.ExitStack() as stack:
            connections = [
                stack.enter_context(
                    socket.create_connection(
                        ("127.0.0.1", self.port), timeout=_TIMEOUT_SECONDS
                    )
                )
                for _ in range(_CONNECTIONS)
            ]
            for number, connection in enumerate(connections):
                connection.sendall(b"%d" % number)
            for number, connection in enumerate(connections):
                self.assertEqual(connection.recv(100), b"%d" % number)
            busy = epoll_instances(self.process.pid)
        self.assertEqual(sum(busy) - sum(idle), _CONNECTIONS)
        # Every loop has some of them.
        self.assertGreater(min(busy), max(idle))

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            done = subprocess.run(
                [_PROGRAM, f"--port={port}"],
                capture_output=True,
                check=False,
                text=True,
                timeout=_TIMEOUT_SECONDS,
            )
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
