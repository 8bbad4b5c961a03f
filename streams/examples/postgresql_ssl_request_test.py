# SPDX-License-Identifier: Apache-2.0
"""postgresql_ssl_request against a real PostgreSQL: STARTTLS by another name."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

from streams.examples import real_servers

CPP = ["streams/examples/postgresql_ssl_request"]
PYTHON = [sys.executable, "streams/examples/postgresql_ssl_request.py"]
CERTIFICATES = pathlib.Path("conformance/certificates")
CA = CERTIFICATES / "ca.pem"

_NOBODY = 65534
_READY = "database system is ready to accept connections"
_PORT_IS_TAKEN = "could not create any TCP/IP sockets"


def _as_nobody(command):
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return command
    # A clone that only root can read is to be read all the same.
    capability = "+dac_override"
    return [
        "setpriv",
        f"--reuid={_NOBODY}",
        f"--regid={_NOBODY}",
        "--clear-groups",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        *command,
    ]


class Postgresql:
    """A server of its own, over TLS or without, that trusts everybody."""

    def __init__(self, folder, tls):
        self._programs = real_servers.find_program(
            "usr/lib/postgresql/15/bin/initdb"
        ).parent
        self._data = pathlib.Path(folder, "data")
        self._key = pathlib.Path(folder, "server.pem")
        shutil.copyfile(CERTIFICATES / "server.pem", self._key)
        self._key.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(self._key, _NOBODY, _NOBODY)
            os.chown(folder, _NOBODY, _NOBODY)
        self._run_initdb()
        self.process = None
        while self.process is None:
            with real_servers.listen_on_loopback() as free:
                self.port = free.getsockname()[1]
            self.process = self._start(tls)

    def _run_initdb(self):
        subprocess.run(
            _as_nobody(
                [
                    str(self._programs / "initdb"),
                    f"--pgdata={self._data}",
                    "--auth=trust",
                    "--username=tester",
                    "--locale=C",
                    "--no-sync",
                ]
            ),
            env=real_servers.environment(),
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _start(self, tls):
        """None if somebody else has taken the port meanwhile."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "ssl": "on" if tls else "off",
            "ssl_cert_file": self._key,
            "ssl_key_file": self._key,
        }
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        process = subprocess.Popen(
            _as_nobody(command),
            env=real_servers.environment(),
            cwd="/",
            stderr=subprocess.PIPE,
            text=True,
        )
        said = []
        for line in process.stderr:
            said.append(line)
            if _READY in line:
                # It goes on saying things, which nobody needs.
                thread = threading.Thread(target=process.stderr.read, daemon=True)
                thread.start()
                return process
        process.communicate()
        if any(_PORT_IS_TAKEN in line for line in said):
            return None
        raise RuntimeError("".join(said))

    def stop(self):
        # SIGINT: it ends its sessions and itself.
        self.process.send_signal(2)
        self.process.wait()
        self.process.stderr.close()


@contextlib.contextmanager
def postgresql(tls):
    with tempfile.TemporaryDirectory() as folder:
        server = Postgresql(folder, tls)
        try:
            yield server
        finally:
            server.stop()


def run(program, port, trusted=CA):
    """Runs a client that trusts the certificates of a file, no others."""
    return subprocess.run(
        [*program, "localhost", str(port)],
        env={**os.environ, "SSL_CERT_FILE": str(trusted), "SSL_CERT_DIR": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
    )


class RealServerTest(unittest.TestCase):

    def test_a_session_over_tls(self):
        with postgresql(tls=True) as server:
            said = [run(program, server.port) for program in (PYTHON, CPP)]
            stranger = run(CPP, server.port, CERTIFICATES / "other_ca.pem")
        for result in said:
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.returncode, 0)
        lines = said[1].stdout.splitlines()
        self.assertEqual(lines[0], "TLSv1.3")
        self.assertIn("client_encoding = SQL_ASCII", lines)
        self.assertTrue([line for line in lines if line.startswith("server_version = ")])
        self.assertEqual(lines, said[0].stdout.splitlines())

        self.assertIn("certificate verify failed", stranger.stderr)
        self.assertEqual((stranger.returncode, stranger.stdout), (1, ""))

    def test_a_server_without_tls(self):
        with postgresql(tls=False) as server:
            result = run(CPP, server.port)
        self.assertIn("the server has no TLS", result.stderr)
        self.assertEqual((result.returncode, result.stdout), (1, ""))


class InjectionTest(unittest.TestCase):
    """Somebody in between answers for the server, in front of its handshake."""

    def test_plaintext_behind_the_answer_is_taken_for_the_handshake(self):
        # As a man in the middle would, without a handshake (CVE-2021-23222).
        with real_servers.listen_on_loopback() as listener:
            thread = threading.Thread(target=_inject, args=[listener])
            thread.start()
            result = run(CPP, listener.getsockname()[1])
            thread.join()
        self.assertIn("WRONG_VERSION_NUMBER", result.stderr)
        self.assertEqual((result.returncode, result.stdout), (1, ""))


def _inject(listener):
    connection, _ = listener.accept()
    with connection:
        connection.recv(8, socket.MSG_WAITALL)
        connection.sendall(b"SR\0\0\0\x08\0\0\0\0")
        while connection.recv(1000):
            pass


if __name__ == "__main__":
    unittest.main()
