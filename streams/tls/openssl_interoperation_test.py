# SPDX-License-Identifier: Apache-2.0
"""Our TLS against Python's, which is OpenSSL's."""

import socket
import ssl
import subprocess
import tempfile
import unittest

PROGRAM = "streams/testing/tls_echo"
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


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
