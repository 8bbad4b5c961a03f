# SPDX-License-Identifier: Apache-2.0
"""Talks to testee.py as a runner does, on every interpreter of the machine."""

import json
import os
import socket
import subprocess
import tempfile
import unittest

from oracle import interpreters

_TESTEE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testee.py")


class Session:
    """One testee, and the messages that it sends."""

    def __init__(self, python, *arguments):
        # A file never fills up, as a pipe that nobody reads does.
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [python, _TESTEE, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self.events = []
        self._id = 0

    def send(self, **message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def answers(self, last):
        """Returns the messages up to the first one of type `last`."""
        messages = []
        while not messages or messages[-1]["type"] != last:
            message = self.receive()
            if message is None:
                raise EOFError("after %r" % messages)
            (self.events if message["type"] == "event" else messages).append(message)
        return messages

    def ask(self, last, **message):
        self.send(**message)
        return self.answers(last)[-1]

    def start(self):
        return self.ask("hello", type="hello", protocol=1)

    def reset(self):
        self.ask("ready", type="reset", scenario="a/scenario")
        self.events.clear()

    def message(self, target, call, *args, **options):
        self._id += 1
        message = {"type": "op", "id": self._id, "target": target, "call": call}
        return dict(message, args=list(args), **options)

    def call(self, target, call, *args, **options):
        """Makes a call that is not awaited; returns its `done`."""
        self.send(**self.message(target, call, *args, **options))
        ack, done = self.receive(), self.receive()
        assert ack == {"type": "ack", "id": self._id}, ack
        assert (done["type"], done["id"]) == ("done", self._id), done
        return done

    def value(self, target, call, *args, **options):
        return self.call(target, call, *args, **options)["value"]

    def begin(self, target, call, *args, **options):
        """Starts an awaited call; returns its id."""
        options["await"] = True
        self.send(**self.message(target, call, *args, **options))
        ack = self.receive()
        assert ack == {"type": "ack", "id": self._id}, ack
        return self._id

    def settle(self):
        """Returns what has been done by now, by id."""
        self.send(type="settle")
        done = [each for each in self.answers("settled") if each["type"] == "done"]
        assert len({each["id"] for each in done}) == len(done), done
        return {each["id"]: each for each in done}

    def wait(self, target, call, *args, **options):
        self.begin(target, call, *args, **options)
        return self.answers("done")[-1]

    def end(self):
        """Ends the input; returns exit status and standard error."""
        if not self._errors.closed:
            self.process.communicate()
            self._errors.seek(0)
            self._text = self._errors.read().decode()
            self._errors.close()
        return self.process.returncode, self._text

    def close(self):
        self.process.kill()
        self.end()


def raw(text):
    return {"bytes": text}


def ref(name):
    return {"ref": name}


class TesteeTest(unittest.TestCase):
    python = "/usr/bin/python3"
    arguments = ()

    @classmethod
    def setUpClass(cls):
        # One process for all: each test sees how well `reset` forgets.
        cls.session = Session(cls.python, *cls.arguments)
        cls.addClassCleanup(cls.session.close)
        cls.hello = cls.session.start()

    def setUp(self):
        self.session.reset()

    def another_session(self):
        session = Session(self.python, *self.arguments)
        self.addCleanup(session.close)
        session.start()
        session.reset()
        return session

    def connect(self):
        """A server of the testee and a plain socket that is connected to it."""
        session = self.session
        where = ["127.0.0.1", 0]
        session.wait(
            None, "start_server", {"callback": "accept"}, *where, bind=["server"]
        )
        address = session.value(None, "server_address", ref("server"))["tuple"]
        peer = socket.create_connection(address)
        self.addCleanup(peer.close)
        session.settle()
        session.value(
            None, "accepted", ref("server"), bind=["accepted_reader", "writer"]
        )
        return peer

    def test_hello(self):
        self.assertEqual(self.hello["protocol"], 1)
        self.assertEqual(self.hello["without"], [])
        self.assertIn("reader", self.hello["capabilities"])
        answer = subprocess.check_output(
            [self.python, "-c", "import platform; print(platform.python_version())"]
        )
        self.assertEqual(self.hello["edition"], answer.decode().strip())

    def test_errors_carry_kind_attributes_and_message(self):
        session = self.session
        session.call(None, "StreamReader", bind=["reader"], kwargs={"limit": 4})
        self.assertIsNone(session.value("reader", "feed_data", raw("abcdef\n")))
        error = session.wait("reader", "readuntil", raw("\n"))["error"]
        self.assertEqual(error["kind"], "LimitOverrunError")
        self.assertEqual(error["attributes"], {"consumed": 6})
        self.assertIn("longer than limit", error["message"])
        session.call("reader", "feed_eof")
        error = session.wait("reader", "readexactly", 100)["error"]
        self.assertEqual(
            error["attributes"], {"partial": raw("abcdef\n"), "expected": 100}
        )

    def test_a_returned_exception_is_a_value(self):
        session = self.session
        session.call(None, "StreamReader", bind=["reader"])
        boom = {"error": {"kind": "ValueError", "args": ["boom"]}}
        session.call("reader", "set_exception", boom)
        done = session.call("reader", "exception")
        self.assertEqual(
            done["value"]["error"],
            {"kind": "ValueError", "attributes": {}, "message": "boom"},
        )
        self.assertNotIn("error", done)

    def test_an_operating_system_error_has_its_symbol(self):
        error = self.session.wait(None, "open_unix_connection", "/nonexistent")
        self.assertEqual(error["error"]["kind"], "FileNotFoundError")
        self.assertEqual(error["error"]["attributes"], {"errno": "ENOENT"})

    def test_an_awaited_call_starts_in_the_next_turn(self):
        session = self.session
        session.call(None, "Transport", bind=["transport"])
        session.call(None, "StreamReader", bind=["reader"], kwargs={"limit": 1})
        session.call("reader", "set_transport", ref("transport"))
        session.call("reader", "feed_data", raw("abc"))
        # Were the read begun at once, the transport would be resumed by now.
        read = session.message("reader", "read", 10, **{"await": True})
        calls = session.message("transport", "calls")
        session.send(type="batch", ops=[read, calls])
        acks = [session.receive(), session.receive()]
        self.assertEqual([each["type"] for each in acks], ["ack", "ack"])
        self.assertEqual(session.receive()["value"], ["pause_reading"])
        self.assertEqual(session.settle()[read["id"]]["value"], raw("abc"))
        self.assertEqual(session.value("transport", "calls"), ["resume_reading"])

    def test_settle_sees_what_waits(self):
        session = self.session
        session.call(None, "StreamReader", bind=["reader"])
        read = session.begin("reader", "readline")
        self.assertEqual(session.settle(), {})
        session.call("reader", "feed_data", raw("line\n"))
        self.assertEqual(session.settle()[read]["value"], raw("line\n"))

    def test_settle_outlasts_many_turns(self):
        # More turns than any fixed number that a testee could let pass.
        session = self.session
        if "clock" not in self.hello["capabilities"]:
            self.skipTest("this loop counts turns")
        session.call(None, "StreamReader", bind=["reader"])
        nested = {"call": {"target": "reader", "call": "readline"}}
        for _ in range(20):
            nested = {"call": {"target": None, "call": "shield", "args": [nested]}}
        outer = session.begin(None, "wait_for", nested, None)
        session.settle()
        session.call("reader", "feed_data", raw("deep\n"))
        self.assertEqual(session.settle()[outer]["value"], raw("deep\n"))

    def test_cancel_ends_a_task_and_loses_no_data(self):
        session = self.session
        session.call(None, "StreamReader", bind=["reader"])
        read = session.begin("reader", "readexactly", 4)
        session.call("reader", "feed_data", raw("ab"))
        session.settle()
        session.send(type="cancel", id=100, of=read)
        done = session.settle()[read]
        self.assertEqual(done["error"]["kind"], "CancelledError")
        session.call("reader", "feed_data", raw("cd"))
        self.assertEqual(session.wait("reader", "read", 9)["value"], raw("abcd"))

    def test_the_clock_can_jump(self):
        if "clock" not in self.hello["capabilities"]:
            self.skipTest("not this loop's")
        session = self.session
        session.call(None, "StreamReader", bind=["reader"])
        read = {"call": {"target": "reader", "call": "read", "args": [1]}}
        wait = session.begin(None, "wait_for", read, 3600)
        self.assertEqual(session.settle(), {})
        session.send(type="advance", id=100, seconds=3599)
        self.assertEqual(session.settle(), {})
        session.send(type="advance", id=101, seconds=2)
        self.assertEqual(session.settle()[wait]["error"]["kind"], "TimeoutError")

    def test_a_connection_is_served(self):
        session, peer = self.session, self.connect()
        peer.sendall(b"question\n")
        line = session.wait("accepted_reader", "readline")
        self.assertEqual(line["value"], raw("question\n"))
        session.call("writer", "write", raw("answer\n"))
        self.assertEqual(peer.recv(100), b"answer\n")
        error = session.call(None, "accepted", ref("server"))["error"]
        self.assertEqual(error["kind"], "LookupError")

    def test_a_dropped_object_is_collected(self):
        session, peer = self.session, self.connect()
        session.settle()
        # The connection of CPython 3.8 to 3.11 outlives its writer; in 3.13
        # the writer closes it.
        version = interpreters.version_key(self.hello["edition"])
        session.send(type="drop", id=100, names=["writer", "accepted_reader"])
        session.settle()
        names = [event["name"] for event in session.events]
        if version >= (3, 13):
            self.assertEqual(names, ["ResourceWarning"])
            self.assertEqual(peer.recv(1), b"")
        elif version < (3, 11, 5):
            self.assertEqual(names, [])

    def test_an_exception_of_a_callback_is_an_event(self):
        session = self.another_session()
        callback = {"callback": "raise_exception"}
        session.wait(None, "start_server", callback, "127.0.0.1", 0, bind=["server"])
        address = session.value(None, "server_address", ref("server"))["tuple"]
        self.addCleanup(socket.create_connection(address).close)
        session.settle()
        names = [event["name"] for event in session.events]
        self.assertEqual(names, ["exception_handler"])
        session.send(type="bye")
        status, errors = session.end()
        self.assertEqual(status, 0)
        self.assertIn("raised by a callback", errors)

    def test_reset_leaves_nothing(self):
        session, peer = self.session, self.connect()
        session.begin("accepted_reader", "read", 1)
        session.settle()
        stats = session.ask("stats", type="stats")
        self.assertGreaterEqual(stats["open_descriptors"], 2)
        self.assertGreaterEqual(stats["live_tasks"], 1)
        self.assertEqual(stats["unclosed_transports"], 1)
        session.send(type="reset", scenario="second/scenario")
        self.assertEqual(session.answers("ready"), [{"type": "ready"}])
        peer.settimeout(60)
        self.assertEqual(peer.recv(1), b"")
        counts = session.ask("stats", type="stats")
        del counts["type"]
        self.assertEqual(set(counts.values()), {0})
        error = session.call("writer", "close")["error"]
        self.assertEqual(error["kind"], "NameError")

    def test_sockets(self):
        session = self.session
        session.call(None, "listening_socket", "127.0.0.1", 0, bind=["listening"])
        address = session.value("listening", "getsockname")["tuple"]
        session.call(None, "connected_socket", *address, bind=["sock"])
        self.assertGreater(session.value("sock", "fileno"), 2)
        session.wait(
            None, "open_connection", kwargs={"sock": ref("sock")}, bind=["r", "w"]
        )
        session.call("w", "close")
        session.settle()
        self.assertEqual(session.value("sock", "fileno"), -1)

    def test_the_recording_transport(self):
        session = self.session
        session.call(None, "StreamReader", bind=["reader"], kwargs={"limit": 1})
        session.call(None, "Transport", bind=["transport"])
        session.call("reader", "set_transport", ref("transport"))
        session.call("reader", "feed_data", raw("abc"))
        self.assertEqual(session.value("transport", "calls"), ["pause_reading"])
        self.assertEqual(session.value("transport", "calls"), [])

    def test_values_of_every_kind(self):
        session = self.session
        many = {"bytes": "\x00\xff", "times": 2}
        values = [None, True, 7, 1.5, "t", [1], {"tuple": [1]}, {"dict": [[1, "a"]]}]
        for value in values:
            back = session.wait(None, "sleep", 0, value)["value"]
            self.assertEqual(back, value)
        back = session.wait(None, "sleep", 0, many)["value"]
        self.assertEqual(back, raw("\x00\xff\x00\xff"))

    def test_mistakes_of_a_scenario_are_outcomes(self):
        session = self.session
        for target, call, kind in [
            ("nobody", "read", "NameError"),
            (None, "no_such_function", "AttributeError"),
            (None, "_get_running_loop", "AttributeError"),
            (None, "StreamReader", "TypeError"),
        ]:
            with self.subTest(call):
                done = session.call(target, call, kwargs={"wrong": 1})
                self.assertEqual(done["error"]["kind"], kind)
        done = session.wait(None, "StreamReader")
        self.assertEqual(done["error"]["kind"], "TypeError")

    def test_the_end_of_input_is_a_clean_end(self):
        self.assertEqual(self.another_session().end(), (0, ""))

    def test_nonsense_ends_the_program(self):
        for line, reason in [
            (b"nonsense\n", "not JSON"),
            (b"[1]\n", "not an object"),
            (b'{"type":"dance"}\n', "unknown type"),
            (b'{"type":"op"}\n', "'id' is missing"),
            (b'{"type":"batch","ops":[{"type":"bye"}]}\n', "not for a batch"),
        ]:
            with self.subTest(reason):
                session = self.another_session()
                session.process.stdin.write(line)
                session.process.stdin.flush()
                self.assertIsNone(session.receive())
                status, errors = session.end()
                self.assertEqual(status, 1)
                self.assertIn(reason, errors)


def load_tests(loader, standard_tests, pattern):
    """The same tests on each interpreter, and on uvloop where it is installed."""
    suite = unittest.TestSuite()

    def add(name, python, arguments=()):
        attributes = {"python": python, "arguments": arguments}
        case = type("TesteeTest_" + name, (TesteeTest,), attributes)
        suite.addTests(loader.loadTestsFromTestCase(case))

    for version, path in interpreters.find():
        add(version, path)
    if os.path.exists("/usr/lib/python3/dist-packages/uvloop"):
        add("uvloop", "/usr/bin/python3", ("--loop", "uvloop"))
    return suite


if __name__ == "__main__":
    unittest.main()
