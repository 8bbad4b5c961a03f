# SPDX-License-Identifier: Apache-2.0
"""Python values as JSON and back: the table "Values" of the testee protocol."""

import asyncio
import builtins
import errno
import math
import socket

try:
    import ssl
except ImportError:  # An interpreter that was built without it.
    ssl = None

_ADDRESS_ERRORS = {
    getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")
}


def encode(value):
    """Returns what stands for `value` in JSON.

    Only the exact builtin types count as values: a subclass such as bytearray
    or a TransportSocket is an object, of which the class is all there is to say.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)  # An IntEnum such as socket.AF_INET is a number, too.
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, BaseException):
        return {"error": encode_error(value)}
    return {"object": type(value).__name__}


def encode_error(error):
    """Returns the `error` member of a `done` message."""
    return {
        "kind": type(error).__name__,
        "attributes": {k: encode(v) for k, v in _attributes(error).items()},
        "message": str(error),
    }


def _attributes(error):
    if isinstance(error, asyncio.IncompleteReadError):
        return {"partial": error.partial, "expected": error.expected}
    if isinstance(error, asyncio.LimitOverrunError):
        return {"consumed": error.consumed}
    if ssl is not None and isinstance(error, ssl.SSLError):
        # Its errno counts in OpenSSL's numbers, not the system's.
        return _ssl_attributes(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        symbols = errno.errorcode
        if isinstance(error, socket.gaierror):
            symbols = _ADDRESS_ERRORS
        return {"errno": symbols.get(error.errno, str(error.errno))}
    return {}


def _ssl_attributes(error):
    if isinstance(error, ssl.SSLCertVerificationError):
        code = getattr(error, "verify_code", None)
        return {} if code is None else {"verify_code": code}
    # What a library calls its own objections differs from release to release.
    told_by_the_peer = "_ALERT_" in (getattr(error, "reason", None) or "")
    return {"reason": error.reason} if told_by_the_peer else {}


def make_error(description):
    """Returns the exception that an argument `{"error": …}` describes."""
    kind = description["kind"]
    for module in (builtins, asyncio, socket, ssl):
        found = getattr(module, kind, None)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found(*[decode(arg) for arg in description.get("args", [])])
    raise NameError("there is no exception named %r" % kind)


def decode(value, evaluate=None):
    """Returns the Python value of a JSON value.

    `evaluate(tag, content)` answers for what only the testee can know: "ref",
    "call" and "callback".
    """
    if isinstance(value, list):
        return [decode(item, evaluate) for item in value]
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return value["bytes"].encode("latin-1") * value.get("times", 1)
    if "error" in value:
        return make_error(value["error"])
    if len(value) != 1:
        raise ValueError("not a value of the protocol: %r" % (value,))
    ((tag, content),) = value.items()
    if tag == "tuple":
        return tuple(decode(item, evaluate) for item in content)
    if tag == "dict":
        return {decode(k, evaluate): decode(v, evaluate) for k, v in content}
    if evaluate is None or tag not in ("ref", "call", "callback"):
        raise ValueError("not a value of the protocol: %r" % (value,))
    return evaluate(tag, content)
