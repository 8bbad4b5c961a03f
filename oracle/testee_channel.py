# SPDX-License-Identifier: Apache-2.0
"""The control channel: lines of JSON on two descriptors of the event loop."""

import json
import os
import select
import sys
import traceback

MAX_LINE = 16 * 1024 * 1024


class ProtocolError(Exception):
    """The runner sent what no runner should; there is no way to go on."""


class Channel:
    """Reads messages as the loop finds them, and writes them at once.

    Messages are handled one a turn of the loop, so that only `batch` puts
    several calls into the same turn. `hold()` keeps further messages back until
    `release()`: what the runner sent behind a `settle` waits for it.
    """

    def __init__(self, loop, on_message, on_end, read_fd=0, write_fd=1):
        self._loop = loop
        self._on_message = on_message
        self._on_end = on_end
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._received = bytearray()
        self._lines = []
        self._held = False
        self._ended = False
        self.failed = False
        self._scheduled = False

    def start(self):
        self._loop.add_reader(self._read_fd, self._on_readable)

    def stop(self):
        self._loop.remove_reader(self._read_fd)

    def send(self, message):
        """Writes a whole line, in order, before anything else is done."""
        text = json.dumps(message, allow_nan=False, separators=(",", ":")) + "\n"
        data = memoryview(text.encode("utf-8"))
        while data:
            try:
                data = data[os.write(self._write_fd, data) :]
            except BlockingIOError:
                # Whoever started us may have given us a non-blocking descriptor.
                select.select([], [self._write_fd], [])

    def hold(self):
        self._held = True

    def release(self):
        self._held = False
        self._schedule()

    def _on_readable(self):
        # One read of a ready descriptor does not block, whatever its mode is.
        try:
            data = os.read(self._read_fd, 1 << 16)
        except (BlockingIOError, InterruptedError):
            return
        if not data:
            self._ended = True
            self.stop()
        self._received += data
        if len(self._received) > MAX_LINE and b"\n" not in self._received:
            self._fail("protocol error: a line of more than 16 MiB")
            return
        if b"\n" in data:
            *lines, rest = self._received.split(b"\n")
            self._lines += lines
            self._received = rest
        if not self._held and not self._scheduled:
            self._handle_next()

    def _schedule(self):
        if not self._scheduled and (self._lines or self._ended):
            self._scheduled = True
            self._loop.call_soon(self._on_turn)

    def _on_turn(self):
        self._scheduled = False
        if not self._held:
            self._handle_next()

    def _handle_next(self):
        if self._lines:
            line = self._lines.pop(0)
            try:
                self._on_message(parse(line))
            except ProtocolError as error:
                self._fail("protocol error: %s" % error)
                return
            except Exception:
                # A fault of the testee's own. The loop would log it and go on,
                # and the runner wait for an answer in vain.
                self._fail(traceback.format_exc())
                return
            if not self._held:
                self._schedule()
        elif self._ended:
            self._on_end()

    def _fail(self, reason):
        sys.stderr.write("testee: %s\n" % reason)
        sys.stderr.flush()
        self.failed = True
        self._loop.stop()


def parse(line):
    try:
        message = json.loads(line.decode("utf-8"))
    except ValueError as error:
        raise ProtocolError("not JSON (%s): %r" % (error, bytes(line[:200])))
    if not isinstance(message, dict):
        raise ProtocolError("not an object: %r" % bytes(line[:200]))
    return message
