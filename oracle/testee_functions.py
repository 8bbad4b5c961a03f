# SPDX-License-Identifier: Apache-2.0
"""What a testee offers beside asyncio's own functions: FUNCTIONS and CALLBACKS.

To add a function to the protocol, add it to the table at the end. A function
that is asyncio's own (say a new `asyncio.open_pipe`) needs no entry.
"""

import asyncio
import collections
import socket
import weakref

from testee_contexts import client_context, server_context


class Transport:
    """Moves nothing, and records what is done to it (not what is asked)."""

    def __init__(self, pausable=True):
        self._pausable = pausable
        self._calls = []
        self._closing = False

    def calls(self):
        calls, self._calls = self._calls, []
        return calls

    def pause_reading(self):
        self._calls.append("pause_reading")
        if not self._pausable:
            raise NotImplementedError

    def resume_reading(self):
        self._calls.append("resume_reading")

    def write(self, data):
        self._calls.append("write")

    def writelines(self, data):
        self._calls.append("writelines")

    def write_eof(self):
        self._calls.append("write_eof")

    def close(self):
        self._calls.append("close")
        self._closing = True

    def abort(self):
        self._calls.append("abort")
        self._closing = True

    def can_write_eof(self):
        return True

    def is_closing(self):
        return self._closing

    def get_extra_info(self, name, default=None):
        return default

    def get_write_buffer_size(self):
        return 0


class AcceptCallback:
    """A plain function that keeps the pairs which a server gives it."""

    # By the server, weakly: a server that nobody else holds must go away.
    _by_server = weakref.WeakKeyDictionary()

    def __init__(self):
        self._pairs = collections.deque()

    def __call__(self, reader, writer):
        self._pairs.append((reader, writer))

    def belongs_to(self, server):
        self._by_server[server] = self._pairs

    @classmethod
    def accepted(cls, server):
        pairs = cls._by_server.get(server)
        if not pairs:
            raise LookupError("no connection has been accepted")
        return pairs.popleft()

    @classmethod
    def forget_all(cls):
        cls._by_server.clear()


def raise_exception(reader, writer):
    raise ValueError("raised by a callback")


async def raise_in_task(reader, writer):
    raise ValueError("raised by the task of a callback")


async def return_at_once(reader, writer):
    return None


def next_line(reader):
    return reader.__anext__()


def server_address(server):
    if not server.sockets:
        raise LookupError("the server does not listen")
    address = server.sockets[0].getsockname()
    # An IPv6 address has a flow label and a scope behind host and port.
    return address[:2] if isinstance(address, tuple) else address


def _address(where):
    """Returns family and address of `(host, port)` or `(path,)`."""
    if len(where) == 1:
        return socket.AF_UNIX, where[0]
    host, port = where
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, port)


def connected_socket(*where):
    family, address = _address(where)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def listening_socket(*where):
    family, address = _address(where)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.bind(address)
        sock.listen()
    except BaseException:
        sock.close()
        raise
    return sock


FUNCTIONS = {
    "Transport": Transport,
    "accepted": AcceptCallback.accepted,
    "anext": next_line,
    "client_context": client_context,
    "connected_socket": connected_socket,
    "listening_socket": listening_socket,
    "server_address": server_address,
    "server_context": server_context,
}

# Each maker is called for every use of the callback.
CALLBACKS = {
    "accept": AcceptCallback,
    "raise_exception": lambda: raise_exception,
    "raise_in_task": lambda: raise_in_task,
    "return_at_once": lambda: return_at_once,
}


def find_function(name):
    """Returns the function of the protocol or of asyncio that has this name."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name.startswith("_"):
        raise AttributeError("private name %r" % name)
    return getattr(asyncio, name)
