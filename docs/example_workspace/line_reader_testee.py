# SPDX-License-Identifier: Apache-2.0
"""The testee of line_reader: one protocol message in, one call, its answer out.

It can do what a reader does that is fed by hand, and says so in its hello; all
other scenarios are `unsupported` for it, which is no failure.
"""

import builtins
import collections
import errno
import functools
import json
import sys
import types

import line_reader

HELLO = {
    "type": "hello",
    "protocol": 1,
    "implementation": {"name": "line-reader", "version": "1.0"},
    "edition": "3.15",
    "capabilities": ["reader"],
    "without": ["readuntil", "anext", "wait_for", "set_transport"],
}


def send(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def encode(value):
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, BaseException):
        return {"error": encode_error(value)}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return {"object": "StreamReader"}


def encode_error(error):
    names = ("partial", "expected")
    attributes = {
        name: encode(getattr(error, name)) for name in names if hasattr(error, name)
    }
    if isinstance(error, OSError) and error.errno is not None:
        attributes["errno"] = errno.errorcode[error.errno]
    return {
        "kind": type(error).__name__,
        "attributes": attributes,
        "message": str(error),
    }


class Testee:
    def __init__(self):
        self._names = {}
        self._ready = collections.deque()

    def decode(self, value):
        if not isinstance(value, dict):
            return value
        if "bytes" in value:
            return value["bytes"].encode("latin-1") * value.get("times", 1)
        if "ref" in value:
            return self._names[value["ref"]]
        error = value["error"]
        return getattr(builtins, error["kind"])(*error.get("args", ()))

    def call(self, op):
        """Makes the call of an op, or reads the attribute. A task starts later."""
        args = [self.decode(arg) for arg in op.get("args", ())]
        kwargs = {k: self.decode(v) for k, v in op.get("kwargs", {}).items()}
        if op["target"] is None:
            return line_reader.LineReader(*args, **kwargs)
        target = self._names[op["target"]]
        if "get" in op:
            return getattr(target, op["get"])
        return getattr(target, op["call"])(*args, **kwargs)

    def start(self, op):
        send({"type": "ack", "id": op["id"]})
        try:
            result = self.call(op)
        except Exception as error:
            self.finish(op, error=error)
        else:
            if isinstance(result, types.GeneratorType):
                self._ready.append((op, result))
            else:
                self.finish(op, result)

    def finish(self, op, value=None, error=None):
        answer = {"type": "done", "id": op["id"]}
        if error is not None:
            answer["error"] = encode_error(error)
        else:
            for name in op.get("bind", ()):
                self._names[name] = value
            answer["value"] = encode(value)
        send(answer)

    def run(self):
        """Lets tasks run, each until it waits, in the order they became ready."""
        while self._ready:
            op, task = self._ready.popleft()
            try:
                waiter = next(task)
            except StopIteration as end:
                self.finish(op, end.value)
            except Exception as error:
                self.finish(op, error=error)
            else:
                waiter.resume = functools.partial(self._ready.append, (op, task))

    def handle(self, message):
        kind = message["type"]
        if kind == "hello":
            send(HELLO)
        elif kind == "reset":
            self._names.clear()
            self._ready.clear()
            send({"type": "ready"})
        elif kind == "op":
            self.start(message)
        elif kind == "batch":
            for op in message["ops"]:
                self.start(op)
        elif kind != "settle":
            raise ValueError(f"not declared, and yet asked for: {message}")
        self.run()
        if kind == "settle":
            send({"type": "settled"})


def main():
    testee = Testee()
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "bye":
            return
        testee.handle(message)


if __name__ == "__main__":
    main()
