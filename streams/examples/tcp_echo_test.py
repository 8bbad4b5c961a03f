# SPDX-License-Identifier: Apache-2.0
"""The echo examples print the same as asyncio's, whoever talks to whom."""

import asyncio
import re
import subprocess
import sys
import unittest

CLIENT = "streams/examples/tcp_echo_client"
SERVER = "streams/examples/tcp_echo_server"

_ADDRESS = re.compile(r"\('127\.0\.0\.1', (\d+)\)|127\.0\.0\.1:(\d+)")

SENT = "Send: 'Hello World!'"
GOT = "Received: 'Hello World!'"
CLOSED = "Close the connection"


async def python_client(port):
    """What the C++ example does, said in Python."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    message = "Hello World!"
    print(f"Send: {message!r}")
    writer.write(message.encode())
    await writer.drain()
    print(f"Received: {(await reader.read(100)).decode()!r}")
    print(CLOSED)
    writer.close()
    await writer.wait_closed()


async def _echo(reader, writer):
    message = (await reader.read(100)).decode()
    print(f"Received {message!r} from {writer.get_extra_info('peername')}")
    print(f"Send: {message!r}")
    writer.write(message.encode())
    await writer.drain()
    print(CLOSED, flush=True)
    writer.close()
    await writer.wait_closed()


async def python_server(port):
    server = await asyncio.start_server(_echo, "127.0.0.1", port)
    for socket in server.sockets:
        print(f"Serving on {socket.getsockname()}", flush=True)
    await server.serve_forever()


def _python(role):
    return [sys.executable, __file__, role]


def _without_ports(line):
    return _ADDRESS.sub("ADDRESS", line.rstrip("\n"))


class EchoExamplesTest(unittest.TestCase):

    def converse(self, server_command, client_command):
        """What the client and the server print in one conversation."""
        with subprocess.Popen(
            [*server_command, "0"], stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                serving = server.stdout.readline()
                found = _ADDRESS.search(serving)
                self.assertIsNotNone(found, serving)
                client = subprocess.run(
                    [*client_command, found[1] or found[2]],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                said = [serving] + [server.stdout.readline() for _ in range(3)]
            finally:
                server.kill()
        return client.stdout.splitlines(), [_without_ports(line) for line in said]

    def test_every_pair_of_client_and_server(self):
        expected = self.converse(_python("server"), _python("client"))
        self.assertEqual(expected[0], [SENT, GOT, CLOSED])
        self.assertEqual(
            expected[1],
            [
                "Serving on ADDRESS",
                "Received 'Hello World!' from ADDRESS",
                SENT,
                CLOSED,
            ],
        )
        for server, client in [
            ([SERVER], [CLIENT]),
            ([SERVER], _python("client")),
            (_python("server"), [CLIENT]),
        ]:
            with self.subTest(server=server[0], client=client[0]):
                self.assertEqual(self.converse(server, client), expected)

    def test_a_client_without_a_server_fails(self):
        # Port 1 is privileged, and not used.
        client = subprocess.run([CLIENT, "1"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(client.returncode, 1)
        self.assertIn("Connect call failed ('127.0.0.1', 1)", client.stderr)


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        asyncio.run(python_client(int(sys.argv[2])))
    elif sys.argv[1:2] == ["server"]:
        asyncio.run(python_server(int(sys.argv[2])))
    else:
        unittest.main()
