# SPDX-License-Identifier: Apache-2.0
"""print_http_headers against a real nginx, beside its Python counterpart."""

import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from streams.examples import real_servers

CPP = ["streams/examples/print_http_headers"]
PYTHON = [sys.executable, "streams/examples/print_http_headers.py"]
CERTIFICATES = pathlib.Path("conformance/certificates")
CA = str(CERTIFICATES / "ca.pem")

_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{http};
    listen 127.0.0.1:{https} ssl;
    listen 127.0.0.2:{stranger} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {certificate};
    root {folder};
    location /moved {{ return 301 http://127.0.0.1:1/elsewhere; }}
    location /query {{ add_header X-Query $args; return 204; }}
  }}
}}
"""


def run(program, *arguments):
    return subprocess.run(
        [*program, *arguments], capture_output=True, text=True, timeout=60
    )


class Nginx:
    """A server of its own: over sockets that are listening before it starts."""

    def __init__(self, folder):
        program = real_servers.find_program("usr/sbin/nginx")
        self.http = real_servers.listen_on_loopback()
        self.https = real_servers.listen_on_loopback()
        # Under an address that its certificate does not have.
        self.stranger = real_servers.listen_on_loopback("127.0.0.2")
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                http=self.http.getsockname()[1],
                https=self.https.getsockname()[1],
                stranger=self.stranger.getsockname()[1],
                certificate=(CERTIFICATES / "server.pem").resolve(),
            )
        )
        sockets = [each.fileno() for each in self._sockets()]
        # This is how nginx gives its sockets to its successor.
        inherited = "".join(f"{number};" for number in sockets)
        self.process = subprocess.Popen(
            [program, "-p", folder, "-c", configuration],
            env={**real_servers.environment(), "NGINX": inherited},
            pass_fds=sockets,
            stderr=subprocess.PIPE,
        )

    def _sockets(self):
        return self.http, self.https, self.stranger

    def stop(self):
        # Not killed: it ends its worker process.
        self.process.terminate()
        self.process.communicate()
        for each in self._sockets():
            each.close()


class RealServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        pathlib.Path(folder.name).chmod(0o755)
        pathlib.Path(folder.name, "index.html").write_text("<p>Hello.\n")
        nginx = Nginx(folder.name)
        cls.addClassCleanup(nginx.stop)
        cls.http = f"http://127.0.0.1:{nginx.http.getsockname()[1]}"
        cls.https = f"https://localhost:{nginx.https.getsockname()[1]}"
        cls.stranger = f"https://127.0.0.2:{nginx.stranger.getsockname()[1]}"

    def same_as_python(self, *arguments):
        """What both print, without the time of day."""
        said = []
        for program in (PYTHON, CPP):
            result = run(program, *arguments)
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.returncode, 0)
            lines = result.stdout.splitlines()
            said.append([line for line in lines if "> Date: " not in line])
        self.assertEqual(said[1], said[0])
        self.assertTrue(all(line.startswith("HTTP header> ") for line in said[0]))
        return said[0]

    def test_http(self):
        lines = self.same_as_python(self.http)
        self.assertEqual(lines[:2], [
            "HTTP header> HTTP/1.1 200 OK", "HTTP header> Server: nginx"
        ])
        self.assertIn("HTTP header> Content-Length: 10", lines)

    def test_https(self):
        lines = self.same_as_python(self.https, CA)
        self.assertEqual(lines[0], "HTTP header> HTTP/1.1 200 OK")
        self.assertIn("HTTP header> Content-Length: 10", lines)

    def test_https_of_a_server_that_the_system_does_not_trust(self):
        result = run(CPP, self.https)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(
            "certificate verify failed: unable to get local issuer certificate",
            result.stderr,
        )

    def test_https_with_a_name_that_the_certificate_has_not(self):
        result = run(CPP, self.stranger, CA)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("IP address mismatch", result.stderr)

    def test_https_of_a_port_of_http(self):
        result = run(CPP, self.http.replace("http:", "https:"), CA)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("WRONG_VERSION_NUMBER", result.stderr)

    def test_a_redirect_is_printed_and_not_followed(self):
        lines = self.same_as_python(f"{self.http}/moved")
        self.assertEqual(lines[0], "HTTP header> HTTP/1.1 301 Moved Permanently")
        self.assertIn("HTTP header> Location: http://127.0.0.1:1/elsewhere", lines)

    def test_what_is_not_there(self):
        lines = self.same_as_python(f"{self.http}/nothing")
        self.assertEqual(lines[0], "HTTP header> HTTP/1.1 404 Not Found")

    def test_the_query_is_sent_and_the_fragment_is_not(self):
        lines = self.same_as_python(f"{self.http}/query?a=1&b=2#here")
        self.assertIn("HTTP header> X-Query: a=1&b=2", lines)


class ErrorsTest(unittest.TestCase):
    def fails(self, status, words, *arguments):
        result = run(CPP, *arguments)
        self.assertEqual(result.stdout, "")
        self.assertIn(words, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertEqual(result.returncode, status)

    def test_usage(self):
        self.fails(2, "usage: print_http_headers URL [CA_FILE]")
        self.fails(2, "usage:", "a", "b", "c")

    def test_what_is_no_url(self):
        for url, words in [
            ("localhost", "neither http nor https"),
            ("ftp://localhost/", "neither http nor https"),
            ("http://", "no host"),
            ("http:///path", "no host"),
            ("http://me@localhost/", "a user name"),
            ("http://localhost:0/", "the port is not a number from 1 to 65535"),
            ("http://localhost:65536/", "the port is not"),
            ("http://localhost:http/", "the port is not"),
            ("http://[::1/", "a bracket is not closed"),
            ("http://localhost/ HTTP/1.0\r\nX: y", "blanks and control characters"),
        ]:
            with self.subTest(url=url):
                self.fails(2, words, url)

    def test_nobody_listens(self):
        # Port 1 is privileged, and not used.
        self.fails(1, "Connect call failed ('127.0.0.1', 1)", "http://127.0.0.1:1/")

    def test_a_server_that_resets(self):
        with real_servers.listen_on_loopback() as listener:
            thread = threading.Thread(target=_reset, args=[listener])
            thread.start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            self.fails(1, "[Errno 104] Connection reset by peer", url)
            thread.join()

    def test_a_header_without_end(self):
        with real_servers.listen_on_loopback() as listener:
            thread = threading.Thread(target=_send_without_end, args=[listener])
            thread.start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            self.fails(1, "Separator is not found, and chunk exceed the limit", url)
            thread.join()


def _reset(listener):
    connection, _ = listener.accept()
    connection.recv(1)
    # Closed with bytes that nobody has read.
    connection.close()


def _send_without_end(listener):
    connection, _ = listener.accept()
    with connection:
        connection.recv(1000)
        try:
            while True:
                connection.sendall(b"x" * 10000)
        except ConnectionError:
            pass


if __name__ == "__main__":
    unittest.main()
