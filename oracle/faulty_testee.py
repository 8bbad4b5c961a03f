# SPDX-License-Identifier: Apache-2.0
"""Deliberately wrong testees: the oracle with one fault each.

    python3 oracle/faulty_testee.py FAULT

They test the suite: whatever cannot tell one of these from CPython is broken.
faulty_testee_test.py says for each which scenario must notice it, and what the
report has to say. To add one: a function below, and an entry in that test.
"""

import asyncio
import os
import signal
import sys
import time

import testee
import testee_contexts
import testee_functions


def drops_the_byte_after_a_separator():
    """As a parser that takes every line to end with two characters."""
    readuntil = asyncio.StreamReader.readuntil

    async def faulty(self, separator=b"\n"):
        data = await readuntil(self, separator)
        del self._buffer[:1]
        return data

    asyncio.StreamReader.readuntil = faulty


def has_a_limit_that_is_one_too_small():
    """Compares with `>=` where asyncio compares with `>`."""
    readuntil = asyncio.StreamReader.readuntil

    async def faulty(self, separator=b"\n"):
        self._limit -= 1
        try:
            return await readuntil(self, separator)
        finally:
            self._limit += 1

    asyncio.StreamReader.readuntil = faulty


def does_not_wait_for_all_bytes():
    """As somebody who takes a stream for a sequence of messages."""
    readexactly = asyncio.StreamReader.readexactly

    async def faulty(self, n):
        return await readexactly(self, min(n, len(self._buffer)))

    asyncio.StreamReader.readexactly = faulty


def loses_data_when_cancelled():
    """Takes the bytes out of the buffer before it has got them all."""

    async def faulty(self, n):
        parts = []
        while n > 0:
            part = await self.read(n)
            if not part:
                raise asyncio.IncompleteReadError(b"".join(parts), n)
            parts.append(part)
            n -= len(part)
        return b"".join(parts)

    asyncio.StreamReader.readexactly = faulty


def forgets_the_fin():
    """Closes a connection while something else still holds the descriptor."""
    close = asyncio.StreamWriter.close
    leaked = []

    def faulty(self):
        leaked.append(os.dup(self.get_extra_info("socket").fileno()))
        close(self)

    asyncio.StreamWriter.close = faulty


def trusts_every_certificate():
    """As somebody who has found out how to make the error go away."""
    client_context = testee_contexts.client_context

    def faulty(**arguments):
        return client_context(**dict(arguments, verify=False))

    testee_functions.FUNCTIONS["client_context"] = faulty


def closes_without_close_notify():
    """Ends a TLS connection as if it were plain."""
    close = asyncio.StreamWriter.close

    def faulty(self):
        if self.get_extra_info("ssl_object") is None:
            close(self)
        else:
            self.transport.abort()

    asyncio.StreamWriter.close = faulty


def takes_plaintext_for_decrypted_data():
    """Hands on what is no record of TLS, for an application that may like it."""
    buffer_updated = asyncio.sslproto.SSLProtocol.buffer_updated

    def faulty(self, nbytes):
        data = bytes(self._ssl_buffer_view[:nbytes])
        if self._sslobj is not None and data[:1].isdigit():
            self._app_protocol.data_received(data)
        else:
            buffer_updated(self, nbytes)

    asyncio.sslproto.SSLProtocol.buffer_updated = faulty


def goes_on_in_the_clear():
    """Shakes hands, and then writes to the transport that it had before."""
    start_tls = asyncio.StreamWriter.start_tls

    async def faulty(self, *arguments, **keywords):
        transport = self.transport
        await start_tls(self, *arguments, **keywords)
        self.write = transport.write

    asyncio.StreamWriter.start_tls = faulty


def crashes():
    def faulty(self, error):
        sys.stderr.write("about to crash\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGSEGV)

    asyncio.StreamReader.set_exception = faulty


def exits():
    def faulty(self, error):
        os._exit(7)

    asyncio.StreamReader.set_exception = faulty


def hangs():
    def faulty(self, error):
        while True:
            time.sleep(60)

    asyncio.StreamReader.set_exception = faulty


def prints():
    set_exception = asyncio.StreamReader.set_exception

    def faulty(self, error):
        print("DEBUG: set_exception(%r)" % error, flush=True)
        set_exception(self, error)

    asyncio.StreamReader.set_exception = faulty


def claims_a_clock_that_it_has_not():
    """`hello` says `clock`, and `advance` is unheard of."""
    make_testee = testee.make_testee

    def faulty(loop_name):
        made = make_testee(loop_name)
        del made._messages["advance"]
        return made

    testee.make_testee = faulty


def never_calls_the_exception_handler():
    """Claims `events`, and reports none."""
    testee.Testee._event = lambda self, name, message: None


def waits_for_good():
    """Acknowledges `settle`, and never says that it has settled."""
    testee.Testee._settle = lambda self, message: None


def starts_with_nonsense():
    print("Welcome to the testee!", flush=True)


FAULTS = {
    name.replace("_", "-"): function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == __name__
}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in FAULTS:
        sys.exit("usage: faulty_testee.py %s" % "|".join(sorted(FAULTS)))
    FAULTS[sys.argv[1]]()
    return testee.main([])


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
