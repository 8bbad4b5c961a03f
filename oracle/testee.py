#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPython's asyncio as a testee: the oracle of the conformance suite.

    python3 oracle/testee.py [--loop asyncio|uvloop]

It speaks conformance/protocol on its standard input and output, and runs
unchanged on CPython 3.8 to 3.15, with nothing but the standard library.

It must not change what asyncio does. It holds no reference to an object that
the scenario has dropped, takes no part in a connection, and lets the garbage
collector run only where a scenario asks for it, so that an object dies at the
same step in every run.
"""

import argparse
import asyncio
import functools
import gc
import inspect
import os
import sys
import warnings

from testee_channel import Channel, ProtocolError
from testee_contexts import tls_capabilities
from testee_functions import CALLBACKS, AcceptCallback, find_function
from testee_loop import AsyncioLoop, make_uvloop
from testee_values import decode, encode, encode_error

PROTOCOL = 1
CAPABILITIES = (
    "reader transport tcp unix server sockets cancel clock drop events stats"
).split()
CAPABILITIES += tls_capabilities()
if hasattr(asyncio.StreamWriter, "start_tls"):
    CAPABILITIES.append("start-tls")
# How often cancelled tasks and aborted transports get the time to end.
RESET_ROUNDS = 4


class Testee:
    def __init__(self, loop, implementation, capabilities):
        self.loop = loop
        self.implementation = implementation
        self.capabilities = capabilities
        self.channel = Channel(loop, self.handle, self.stop)
        self._quiet = True  # Nothing to report between two scenarios.
        self._scenario = 0
        self._names = {}
        self._tasks = {}
        self._base = (0, 0, 0)
        self._messages = {
            "hello": self._hello,
            "reset": self._reset,
            "batch": self._batch,
            "op": self._op,
            "cancel": self._cancel,
            "drop": self._drop,
            "advance": self._advance,
            "settle": self._settle,
            "stats": self._stats,
            "bye": lambda message: self.stop(),
        }

    def run(self):
        """Serves until `bye` or the end of input; returns the exit status."""
        self.loop.set_debug(False)
        self.loop.set_exception_handler(self._on_exception)
        warnings.simplefilter("always")
        # Which functions are deprecated is a matter of CPython's releases.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        warnings.showwarning = self._on_warning
        gc.disable()
        gc.collect()
        gc.freeze()  # What is there now is never garbage: collect in no time.
        self.channel.start()
        self.loop.run_forever()
        return 1 if self.channel.failed else 0

    def stop(self):
        self._quiet = True
        self.loop.stop()

    def handle(self, message):
        handler = self._messages.get(message.get("type"))
        if handler is None:
            raise ProtocolError("unknown type of message: %r" % message)
        try:
            handler(message)
        except KeyError as error:
            raise ProtocolError("%s is missing in %r" % (error, message))

    def _hello(self, message):
        if message["protocol"] != PROTOCOL:
            raise ProtocolError("this is a testee of protocol %d" % PROTOCOL)
        self.channel.send(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "implementation": self.implementation,
                "edition": python_version(),
                "capabilities": self.capabilities,
                "without": [],
            }
        )

    # One scenario after the other.

    def _reset(self, message):
        self._quiet = True
        self._scenario += 1
        self._tasks.clear()
        self.channel.hold()
        self._reset_round(RESET_ROUNDS)

    def _reset_round(self, rounds):
        """Ends what still lives; again if that brought something new to life."""
        tasks = asyncio.all_tasks(self.loop)
        transports = [each for each in find_objects(is_transport) if has_socket(each)]
        servers = find_objects(is_server)
        if rounds == 0 or not (tasks or transports or servers or self._names):
            self._reset_done()
            return
        for server in servers:
            server.close()
        for transport in transports:
            transport.abort()
        for task in tasks:
            task.cancel()
        self._names.clear()
        AcceptCallback.forget_all()
        del tasks, transports, servers
        self.loop.call_when_idle(functools.partial(self._collect, rounds - 1))

    def _collect(self, rounds):
        gc.collect()
        # What was collected may have scheduled its own end.
        self.loop.call_when_idle(functools.partial(self._reset_round, rounds))

    def _reset_done(self):
        self._base = self._count()
        self._quiet = False
        self.channel.send({"type": "ready"})
        self.channel.release()

    def _settle(self, message):
        self.channel.hold()
        self.loop.call_when_idle(self._settled)

    def _settled(self):
        self.channel.send({"type": "settled"})
        self.channel.release()

    # Calls.

    def _batch(self, message):
        for part in message["ops"]:
            if part.get("type") not in ("op", "cancel", "drop"):
                raise ProtocolError("not for a batch: %r" % part)
            self.handle(part)

    def _op(self, message):
        op_id, bind = message["id"], message.get("bind", [])
        callbacks = []
        try:
            result = self._perform(message, callbacks)
            if message.get("await"):
                task = self.loop.create_task(as_coroutine(result))
                self._tasks[op_id] = task
                finished = functools.partial(
                    self._on_finished, self._scenario, op_id, bind, callbacks
                )
                task.add_done_callback(finished)
        except Exception as error:
            self._ack(op_id)
            self._failed(op_id, error)
            return
        self._ack(op_id)
        if not message.get("await"):
            self._done(op_id, bind, callbacks, result)

    def _perform(self, call, callbacks):
        """Makes the call, or reads the attribute, that `call` describes."""
        evaluate = functools.partial(self._evaluate, callbacks)
        if call.get("target") is None:
            function = find_function(call["call"] if "call" in call else call["get"])
        else:
            target = self._lookup(call["target"])
            function = getattr(target, call["call"] if "call" in call else call["get"])
        if "call" not in call:
            return function
        args = decode(call.get("args", []), evaluate)
        kwargs = call.get("kwargs", {})
        kwargs = {name: decode(value, evaluate) for name, value in kwargs.items()}
        return function(*args, **kwargs)

    def _lookup(self, path):
        name, *attributes = path.split(".")
        if name not in self._names:
            raise NameError("name %r is not bound" % name)
        return functools.reduce(getattr, attributes, self._names[name])

    def _evaluate(self, callbacks, tag, content):
        if tag == "ref":
            return self._lookup(content)
        if tag == "call":
            return self._perform(content, callbacks)
        callback = CALLBACKS[content]()
        callbacks.append(callback)
        return callback

    def _on_finished(self, scenario, op_id, bind, callbacks, task):
        if scenario != self._scenario:
            return  # It was cancelled by `reset`: nobody waits for it.
        self._tasks.pop(op_id, None)
        try:
            result = task.result()
        except BaseException as error:
            self._failed(op_id, error)
        else:
            self._done(op_id, bind, callbacks, result)

    def _done(self, op_id, bind, callbacks, result):
        try:
            if len(bind) == 1:
                self._names[bind[0]] = result
            elif bind:
                values = tuple(result)
                if len(values) != len(bind):
                    raise ValueError("%d values to unpack" % len(values))
                self._names.update(zip(bind, values))
        except Exception as error:
            self._failed(op_id, error)
            return
        for callback in callbacks:
            if isinstance(callback, AcceptCallback) and is_server(type(result)):
                callback.belongs_to(result)
        self.channel.send({"type": "done", "id": op_id, "value": encode(result)})

    def _failed(self, op_id, error):
        message = {"type": "done", "id": op_id, "error": encode_error(error)}
        self.channel.send(message)

    def _ack(self, op_id):
        self.channel.send({"type": "ack", "id": op_id})

    def _cancel(self, message):
        task = self._tasks.get(message["of"])
        if task is not None:
            task.cancel()
        self._ack(message["id"])

    def _drop(self, message):
        for name in message["names"]:
            self._names.pop(name, None)
        gc.collect()
        self._ack(message["id"])

    def _advance(self, message):
        if "clock" not in self.capabilities:
            raise ProtocolError("`advance` to a testee without `clock`")
        self.loop.advance(message["seconds"])
        self._ack(message["id"])

    # What is to be seen besides results.

    def _count(self):
        descriptors = len(os.listdir("/proc/self/fd"))
        return (
            descriptors,
            len(asyncio.all_tasks(self.loop)),
            len(unclosed_transports()),
        )

    def _stats(self, message):
        counts = [now - base for now, base in zip(self._count(), self._base)]
        names = ("open_descriptors", "live_tasks", "unclosed_transports")
        self.channel.send(dict(zip(names, counts), type="stats"))

    def _event(self, name, message):
        if not self._quiet:
            self.channel.send({"type": "event", "name": name, "message": message})

    def _on_exception(self, loop, context):
        self._event("exception_handler", str(context.get("message")))
        loop.default_exception_handler(context)  # Tells standard error.

    def _on_warning(self, message, category, filename, lineno, file=None, line=None):
        self._event(category.__name__, str(message))
        text = warnings.formatwarning(message, category, filename, lineno, line)
        sys.stderr.write(text)


def as_coroutine(awaitable):
    if inspect.iscoroutine(awaitable):
        return awaitable

    async def wait():
        return await awaitable

    return wait()


def find_objects(wanted):
    """Returns the objects whose class is `wanted`, wherever they are held.

    Asking the garbage collector needs no registration, which would be a change
    of how long things live, and works for classes written in C.
    """
    classes = {}
    found = []
    for candidate in gc.get_objects():
        kind = type(candidate)
        if kind not in classes:
            classes[kind] = wanted(kind)
        if classes[kind]:
            found.append(candidate)
    return found


def is_transport(kind):
    # uvloop's are not derived from asyncio's.
    return all(
        hasattr(kind, name) for name in ("abort", "is_closing", "get_protocol")
    )


def is_server(kind):
    return hasattr(kind, "sockets") and hasattr(kind, "is_serving")


def has_socket(transport):
    """Whether it is open, or closing: one that still has to send its buffer."""
    try:
        if not transport.is_closing():
            return True
        sock = transport.get_extra_info("socket")
    except AttributeError:
        return False  # See is_closing.
    return sock is not None and sock.fileno() != -1


def unclosed_transports():
    return [each for each in find_objects(is_transport) if not is_closing(each)]


def is_closing(transport):
    try:
        return transport.is_closing()
    except AttributeError:
        # One of TLS that was closed twice, or (up to 3.10) has lost its
        # connection: it has lost its protocol, too.
        return True


def python_version():
    return "%d.%d.%d" % sys.version_info[:3]


def make_testee(loop_name):
    if loop_name == "asyncio":
        implementation = {"name": "cpython-asyncio", "version": python_version()}
        return Testee(AsyncioLoop(), implementation, list(CAPABILITIES))
    loop, version = make_uvloop()
    implementation = {"name": "uvloop", "version": version}
    # Its timers follow libuv's clock, which nobody can move.
    capabilities = [each for each in CAPABILITIES if each != "clock"]
    return Testee(loop, implementation, capabilities)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), default="asyncio")
    options = parser.parse_args(arguments)
    try:
        testee = make_testee(options.loop)
    except ImportError as error:
        parser.exit(3, "testee: %s (package python3-uvloop)\n" % error)
    try:
        return testee.run()
    except PermissionError:
        parser.exit(3, "testee: standard input must be a pipe, socket or terminal\n")


if __name__ == "__main__":
    # The process ends here and now: an interpreter that shuts down would still
    # warn about whatever the last scenario left open.
    status = main()
    sys.stderr.flush()
    os._exit(status)
