# SPDX-License-Identifier: Apache-2.0
"""When does a loop have nothing left to do?"""

import os
import socket
import sys
import unittest

# Beside the program that is started by its path, not in the package.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from testee_loop import MOST_TURNS, AsyncioLoop  # noqa: E402


class AsyncioLoopTest(unittest.TestCase):
    def setUp(self):
        self.control, self.runner = socket.socketpair()
        self.loop = AsyncioLoop(self.control.fileno())
        self.addCleanup(self.runner.close)
        self.addCleanup(self.control.close)
        self.addCleanup(self.loop.close)
        self.happened = []

    def run_until_idle(self):
        self.loop.call_when_idle(self.loop.stop)
        self.loop.run_forever()

    def chain(self, turns):
        self.happened.append(turns)
        if turns != 1:
            self.loop.call_soon(self.chain, turns - 1)

    def test_an_idle_loop_is_idle_at_once(self):
        self.run_until_idle()

    def test_every_callback_of_a_long_chain_runs(self):
        self.loop.call_soon(self.chain, 100)
        self.run_until_idle()
        self.assertEqual(len(self.happened), 100)

    def test_a_loop_that_spins_is_idle_in_the_end(self):
        self.loop.call_soon(self.chain, 0)
        self.run_until_idle()
        self.assertAlmostEqual(len(self.happened), MOST_TURNS, delta=2)

    def test_a_ready_descriptor_is_something_to_do(self):
        reader, writer = socket.socketpair()
        self.addCleanup(reader.close)
        self.addCleanup(writer.close)
        self.loop.add_reader(reader, lambda: self.happened.append(reader.recv(1)))
        writer.send(b"ab")
        self.run_until_idle()
        self.assertEqual(self.happened, [b"a", b"b"])

    def test_the_control_channel_is_not(self):
        self.loop.add_reader(self.control, lambda: self.control.recv(1))
        self.runner.send(b"a")
        self.run_until_idle()

    def test_a_timer_is_not_waited_for_until_the_clock_jumps(self):
        self.loop.call_later(3600, self.happened.append, "rang")
        self.run_until_idle()
        self.assertEqual(self.happened, [])
        self.loop.advance(3601)
        self.run_until_idle()
        self.assertEqual(self.happened, ["rang"])


if __name__ == "__main__":
    unittest.main()
