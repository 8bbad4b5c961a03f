# SPDX-License-Identifier: Apache-2.0
"""Our TLS against Python's, which is OpenSSL's."""

import socket
import ssl
import struct
import subprocess
import tempfile
import unittest

PROGRAM = "streams/testing/tls_echo"
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


SIGNATURE_ALGORITHMS = 13  # Of a ClientHello's extensions. RFC 8446, 4.2
SHA1 = {"0201", "0203"}  # rsa_pkcs1_sha1, ecdsa_sha1.


def offered_signature_algorithms(hello):
    """Those of a ClientHello, in hexadecimal. RFC 8446, 4.1.2 and 4.2.3"""
    at = 5 + 4 + 2 + 32  # Record, message, version, random.
    at += 1 + hello[at]  # Session.
    at += 2 + int.from_bytes(hello[at : at + 2], "big")  # Ciphers.
    at += 1 + hello[at]  # Compression.
    at += 2
    while at < len(hello):
        kind, size = struct.unpack_from(">HH", hello, at)
        at += 4
        if kind == SIGNATURE_ALGORITHMS:
            return [hello[i : i + 2].hex() for i in range(at + 2, at + size, 2)]
        at += size
    raise AssertionError("no signature_algorithms")


class Echo:
    """Our end, with what it says are the certificates."""

    def __init__(self, role):
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(60)
        descriptor = theirs.fileno()
        self.process = subprocess.Popen(
            [PROGRAM, str(descriptor), role],
            pass_fds=[descriptor],
            stdout=subprocess.PIPE,
            text=True,
        )
        theirs.close()
        lines = iter(self.process.stdout.readline, "\n")
        self.certificates = "".join(line for line in lines if line)
        self.process.stdout.close()

    def close(self):
        self.socket.close()
        return self.process.wait(60)


class OpensslInteroperationTest(unittest.TestCase):

    def echo_and_close(self, connection, version):
        self.assertEqual(connection.version(), version.name.replace("_", "."))
        text = bytes(range(256)) * 400
        connection.sendall(b"hello")
        self.assertEqual(connection.recv(100), b"hello")
        connection.sendall(text)
        echoed = b""
        while len(echoed) < len(text):
            echoed += connection.recv(65536)
        self.assertEqual(echoed, text)
        # close_notify both ways, or this raises.
        connection.unwrap()

    def test_python_is_the_client(self):
        for version in VERSIONS:
            with self.subTest(version.name):
                echo = Echo("server")
                context = ssl.create_default_context(cadata=echo.certificates)
                context.maximum_version = version
                connection = context.wrap_socket(
                    echo.socket, server_hostname="localhost"
                )
                self.echo_and_close(connection, version)
                connection.close()
                self.assertEqual(echo.close(), 0)

    def test_python_is_the_server(self):
        for version in VERSIONS:
            with self.subTest(version.name):
                echo = Echo("client")
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.maximum_version = version
                with tempfile.NamedTemporaryFile("w") as file:
                    # Without the authority's, which is the first.
                    end = "-----END CERTIFICATE-----\n"
                    file.write(echo.certificates.partition(end)[2])
                    file.flush()
                    context.load_cert_chain(file.name)
                connection = context.wrap_socket(echo.socket, server_side=True)
                self.echo_and_close(connection, version)
                connection.close()
                self.assertEqual(echo.close(), 0)

    def test_we_offer_the_signatures_that_openssl_offers(self):
        echo = Echo("client")
        hello = b""
        while len(hello) < 5 or len(hello) < 5 + int.from_bytes(hello[3:5], "big"):
            hello += echo.socket.recv(65536)
        ours = offered_signature_algorithms(hello)
        self.assertEqual(echo.close(), 1)
        outgoing = ssl.MemoryBIO()
        connection = ssl.create_default_context().wrap_bio(
            ssl.MemoryBIO(), outgoing, server_hostname="localhost"
        )
        with self.assertRaises(ssl.SSLWantReadError):
            connection.do_handshake()
        theirs = offered_signature_algorithms(outgoing.read())
        self.assertTrue(ours)
        self.assertFalse(SHA1.intersection(ours))
        self.assertEqual(ours, [algorithm for algorithm in theirs if algorithm in ours])

    def test_python_does_not_trust_us(self):
        echo, other = Echo("server"), Echo("server")
        context = ssl.create_default_context(cadata=other.certificates)
        with self.assertRaises(ssl.SSLCertVerificationError):
            context.wrap_socket(echo.socket, server_hostname="localhost")
        # An alert to the one, an EOF to the other.
        self.assertEqual(echo.close(), 1)
        self.assertEqual(other.close(), 1)


if __name__ == "__main__":
    unittest.main()
