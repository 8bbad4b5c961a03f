# SPDX-License-Identifier: Apache-2.0
"""Event loops that can say when they have nothing left to do.

`call_when_idle(callback)` is all that a testee needs beyond asyncio's own
interface. The asyncio loop knows the answer; elsewhere eight turns have to do.
"""

import asyncio
import selectors

TURNS = 8
# Some bugs make asyncio spin: a transport that always wants to write and has
# nothing to (gh-155888). A loop that has turned so often is as settled as it
# will ever be. An honest one needs a turn for every 64 KiB.
MOST_TURNS = 10_000


class _WatchedSelector(selectors.DefaultSelector):
    """Notices the turn in which nothing happens.

    asyncio asks the selector with a timeout of zero while a callback is ready
    or a timer is due, and otherwise with the time until the next timer. A
    question of the second kind, with no descriptor ready, is a turn that did
    nothing: no other look into the loop is needed.
    """

    def __init__(self, control_fd):
        super().__init__()
        self._control_fd = control_fd
        self._when_idle = None
        self._turns = 0

    def call_when_idle(self, callback):
        self._when_idle = callback
        self._turns = 0

    def select(self, timeout=None):
        if self._when_idle is None:
            return super().select(timeout)
        self._turns += 1
        events = super().select(0)
        quiet = (timeout is None or timeout > 0) and all(
            key.fd == self._control_fd for key, _ in events
        )
        if quiet or self._turns > MOST_TURNS:
            callback, self._when_idle = self._when_idle, None
            callback()
        # Not to wait now: the callback may have made something ready.
        return events


class AsyncioLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, with a clock that can be moved."""

    def __init__(self, control_fd=0):
        self._watched = _WatchedSelector(control_fd)
        self._ahead = 0.0
        super().__init__(self._watched)

    def time(self):
        return super().time() + self._ahead

    def advance(self, seconds):
        self._ahead += seconds

    def call_when_idle(self, callback):
        self._watched.call_when_idle(callback)


def make_uvloop():
    """Returns an event loop of uvloop, and uvloop's version."""
    import uvloop  # Only a machine that certifies it needs to have it.

    class UvLoop(uvloop.Loop):
        def call_when_idle(self, callback, turns=TURNS):
            if turns:
                self.call_soon(self.call_when_idle, callback, turns - 1)
            else:
                callback()

    return UvLoop(), uvloop.__version__
