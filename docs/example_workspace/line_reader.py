# SPDX-License-Identifier: Apache-2.0
"""An implementation of StreamReader without asyncio, for the suite to judge.

Its calls are generators that yield a Waiter while they wait, so that any loop
can drive them: it resumes the generator when the waiter tells it to.
"""

DEFAULT_LIMIT = 2**16


class IncompleteReadError(EOFError):
    """The stream ended before all that was asked for had come."""

    def __init__(self, partial, expected):
        super().__init__(
            f"{len(partial)} bytes read on a total of {expected} expected bytes"
        )
        self.partial = partial
        self.expected = expected


class Waiter:
    """What a call waits for: the next change of its reader, and only that one."""

    def __init__(self):
        self.woken = False
        self.exception = None
        self.resume = lambda: None  # The loop's.

    def wake(self, exception=None):
        self.woken = True
        self.exception = exception
        self.resume()


class LineReader:
    """Bytes in by feed_data() and feed_eof(), bytes out by the reads."""

    def __init__(self, limit=DEFAULT_LIMIT):
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")
        self._limit = limit
        self._buffer = bytearray()
        self._eof = False
        self._exception = None
        self._waiter = None

    def feed_data(self, data):
        if self._eof:
            raise AssertionError("feed_data after feed_eof")
        if data:
            self._buffer.extend(data)
            self._wake()

    def feed_eof(self):
        self._eof = True
        self._wake()

    def at_eof(self):
        return self._eof and not self._buffer

    def exception(self):
        return self._exception

    def set_exception(self, exception):
        self._exception = exception
        self._wake(exception)

    def read(self, n=-1):
        self._raise_what_was_set()
        if n == 0:
            return b""
        if n < 0:
            return (yield from self._read_all())
        if not self._buffer and not self._eof:
            yield from self._wait("read")
        return self._take(n)

    def readexactly(self, n):
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        self._raise_what_was_set()
        while len(self._buffer) < n:
            if self._eof:
                raise IncompleteReadError(self._take(n), n)
            yield from self._wait("readexactly")
        return self._take(n)

    def readline(self):
        self._raise_what_was_set()
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                return self._take_line(end)
            searched = len(self._buffer)
            if searched > self._limit:
                self._buffer.clear()
                raise ValueError("Separator is not found, and chunk exceed the limit")
            if self._eof:
                return self._take(searched)
            yield from self._wait("readuntil")

    def _take_line(self, end):
        line = self._take(end + 1)
        if end > self._limit:  # The line is gone all the same, as in asyncio.
            raise ValueError("Separator is found, but chunk is longer than limit")
        return line

    def _read_all(self):
        blocks = []
        while True:
            block = yield from self.read(self._limit)
            if not block:
                return b"".join(blocks)
            blocks.append(block)

    def _take(self, n):
        data = bytes(self._buffer[:n])
        del self._buffer[:n]
        return data

    def _raise_what_was_set(self):
        if self._exception is not None:
            raise self._exception

    def _wake(self, exception=None):
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.wake(exception)

    def _wait(self, call):
        """Waits for the next change: more data, the end, or an error."""
        if self._waiter is not None:
            raise RuntimeError(
                f"{call}() called while another coroutine is already waiting for"
                " incoming data"
            )
        waiter = self._waiter = Waiter()
        while not waiter.woken:
            yield waiter
        self._waiter = None
        if waiter.exception is not None:
            raise waiter.exception
