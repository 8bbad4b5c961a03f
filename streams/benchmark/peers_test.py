# SPDX-License-Identifier: Apache-2.0
"""The servers that tools/bench compares do what a case asks for."""

import contextlib
import os
import socket
import ssl
import struct
import unittest

from streams.benchmark import cases
from streams.benchmark import measurement
from streams.benchmark import peers

_FOLDER = "streams/benchmark"
_CERTIFICATE = "conformance/certificates/server.pem"
_TIMEOUT_SECONDS = 60
_LINES = b"".join(b"%063d\n" % number for number in range(100))

# struct tcp_info of <linux/tcp.h>: tcpi_data_segs_in, a 32-bit number.
_DATA_SEGMENTS_OFFSET = 152

# Of a hundred answers that leave together; Go makes a few TLS records of them.
_TOGETHER = 3

_LINE_BY_LINE = [case for case in cases.CASES if "line-by-100/" in case.name]
_CORKED = [case for case in cases.CASES if "--cork" in case.flags]


def running(case):
    """The case's peers that were built for this test, and their command lines."""
    for peer in peers.PEERS:
        if peer.can_run(case) and peer.is_there():
            argv = peers.command(peer, case, _FOLDER, "")
            program = argv[0] if peer.target else peers.PYTHON_PROGRAM
            if os.path.exists(program):
                yield peer, argv


@contextlib.contextmanager
def client_of(argv, case):
    core = str(min(os.sched_getaffinity(0)))
    setting = measurement.Setting(
        load="", certificate=_CERTIFICATE, seconds=0, server_core=core, load_core=core
    )
    server = measurement.Server(argv, case, setting)
    try:
        with contextlib.closing(Client(server.port, case.tls)) as client:
            yield client
    finally:
        server.stop()


class Client:
    """A connection that knows in how many segments it was answered."""

    def __init__(self, port, tls):
        self._socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context(cafile=_CERTIFICATE)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self._socket = context.wrap_socket(self._socket)

    def close(self):
        self._socket.close()

    def send(self, data):
        self._socket.sendall(data)

    def receive(self, size):
        received = b""
        while len(received) < size:
            data = self._socket.recv(size - len(received))
            if not data:
                break
            received += data
        return received

    def segments(self):
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return struct.unpack_from("=I", info, _DATA_SEGMENTS_OFFSET)[0]


class LinesTest(unittest.TestCase):
    def segments_of_a_hundred_lines(self, argv, case):
        with client_of(argv, case) as client:
            client.send(b"first\n")  # TLS sends its session tickets with it.
            self.assertEqual(client.receive(6), b"first\n")
            before = client.segments()
            client.send(_LINES)
            self.assertEqual(client.receive(len(_LINES)), _LINES)
            return client.segments() - before

    def test_some_are_there(self):
        for case in (*_LINE_BY_LINE, *_CORKED):
            names = {peer.name for peer, _ in running(case)}
            self.assertLessEqual({"raw", "streams"}, names, case.name)

    def test_corked_lines_leave_together(self):
        for case in _CORKED:
            for peer, argv in running(case):
                with self.subTest(case.name, peer=peer.name):
                    segments = self.segments_of_a_hundred_lines(argv, case)
                    self.assertLessEqual(segments, _TOGETHER)

    def test_others_leave_one_by_one(self):
        for case in _LINE_BY_LINE:
            for peer, argv in running(case):
                with self.subTest(case.name, peer=peer.name):
                    segments = self.segments_of_a_hundred_lines(argv, case)
                    if peer.name == "uvloop":
                        self.assertLessEqual(segments, _TOGETHER)
                    else:
                        # Not a hundred: the kernel puts together what comes
                        # when ten segments, its first window, are on their way.
                        self.assertGreater(segments, _TOGETHER)

    def test_no_answer_waits_for_the_rest_of_the_next_line(self):
        for case in (*_LINE_BY_LINE, *_CORKED):
            for peer, argv in running(case):
                with self.subTest(case.name, peer=peer.name):
                    with client_of(argv, case) as client:
                        client.send(b"one\ntwo\nthr")
                        self.assertEqual(client.receive(8), b"one\ntwo\n")
                        client.send(b"ee\nfour\n")
                        self.assertEqual(client.receive(11), b"three\nfour\n")


if __name__ == "__main__":
    unittest.main()
