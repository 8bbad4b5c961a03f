# SPDX-License-Identifier: Apache-2.0
"""Random programs on a connection with a scripted peer: see random_scenarios.py."""

from oracle.random_program import Program, literal

# More than any buffer of the kernel holds for a peer that does not read.
_MORE_THAN_FITS = 8388608


class _Connection:
    """What a program has done to its connection, as far as it must know."""

    def __init__(self, program, transport, tls=False):
        self.program = program
        self.transport = transport
        self.tls = tls
        self.peer_open = True
        self.peer_sends = True
        self.writer_dropped = False
        self.ended = False  # The testee has closed, or sent EOF.
        self.unread_by_peer = 0

    def peer_step(self):
        program = self.program
        kind = program.weighted(
            {
                "send": 10 if self.peer_sends else 0,
                "half_close": 1 if self.peer_sends else 0,
                "close": 0.6,
                "reset": 0.6 if self.transport == "tcp" else 0,
                "available": 0 if self.tls else 0.5,
                "close_notify": 0.6 if self.tls else 0,
                "receive": 2,
            }
        )
        if kind == "send":
            line = "send(%s)" % literal(program.data(20) or b"a")
        elif kind == "receive":
            if self.unread_by_peer == 0:
                return
            count = program.number(1, self.unread_by_peer)
            self.unread_by_peer -= count
            line = "receive(%d)" % count
        else:
            line = kind + "()"
            if kind in ("close", "reset"):
                self.peer_open = False
            if kind in ("half_close", "close_notify"):
                self.peer_sends = False
                # A connection over TLS ends with either direction.
                self.ended = self.ended or self.tls
        program.lines.append("peer> " + line)

    def statement(self):
        program = self.program
        # Over TLS, CPython's transport has lost its attributes after a second
        # close(), and its own limits are another story.
        may_close = not self.tls or (self.peer_open and not self.ended)
        kind = program.weighted(
            {
                "write": 5,
                "writelines": 1.5 if program.edition >= (3, 14) else 0,
                "write_eof": 0.5,
                "close": 0.6 if may_close else 0,
                "abort": 0.3 if may_close else 0,
                "is_closing": 1,
                "can_write_eof": 0.3,
                "size": 0.5,
                "limits": 0 if self.tls else 0.4,
                "pause": 0.5,
                "resume": 0.7,
                "is_reading": 0.7,
                "at_eof": 1,
                "exception": 0.5,
                "cancel": 1.5,
                "look": 1,
                "marks": 0.3,
            }
        )
        simple = {
            "is_closing": "writer.is_closing()",
            "can_write_eof": "writer.can_write_eof()",
            "size": "writer.transport.get_write_buffer_size()",
            "pause": "writer.transport.pause_reading()",
            "resume": "writer.transport.resume_reading()",
            "is_reading": "writer.transport.is_reading()",
            "at_eof": "reader.at_eof()",
            "exception": "reader.exception()",
            "marks": "writer.transport.get_write_buffer_limits()",
        }
        if kind in simple:
            return simple[kind]
        if kind == "limits":
            return "writer.transport.set_write_buffer_limits(%s)" % program.one_of(
                ["high=0", "high=5", "low=2", "high=9, low=3", "high=1, low=2", ""]
            )
        if kind in ("cancel", "look"):
            task = program.any_task()
            return task and (task + ".cancel()" if kind == "cancel" else task)
        if kind == "write":
            data = program.data()
            self._written(len(data))
            return "writer.write(%s)" % literal(data)
        if kind == "writelines":
            pieces = [program.data(5) for _ in range(program.number(0, 3))]
            self._written(sum(map(len, pieces)))
            return "writer.writelines([%s])" % ", ".join(map(literal, pieces))
        self.ended = True
        if kind == "write_eof":
            return "writer.write_eof()"
        return "writer.close()" if kind == "close" else "writer.transport.abort()"

    def _written(self, count):
        # Behind an end, it is not sure that it comes.
        if not self.ended and self.peer_open:
            self.unread_by_peer += count

    def last_statement(self):
        program = self.program
        call = program.weighted({"read": 5, "drain": 2, "wait_closed": 0.7})
        if call == "read":
            return program.call_or_task(program.read_call())
        return program.call_or_task("writer.%s()" % call)


def connection_program(draw, edition):
    """A connection with a scripted peer, made by either side."""
    program = Program(draw, edition)
    transport = program.one_of(["tcp", "unix"])
    limit = program.one_of(["", "", "limit=2", "limit=10"])
    if program.chance(0.6):
        program.lines.append("peer> listen()")
        arguments = ", ".join(filter(None, ["peer", limit]))
        program.step("reader, writer = await open_connection(%s)" % arguments)
    else:
        program.step("server = await start_server(%s)" % limit)
        program.lines.append("peer> connect(server)")
        program.step("reader, writer = accepted(server)")
    connection = _Connection(program, transport)
    for _ in range(program.number(4, 16)):
        if program.chance(0.05):
            program.step("advance_clock(%d)" % program.number(1, 8))
        elif connection.peer_open and program.chance(0.35):
            connection.peer_step()
        else:
            program.some_step(connection.statement, connection.last_statement)
    # A time-out's traceback keeps the coroutine, hence the writer, in a cycle:
    # who reports what is then the garbage collector's choice.
    # (Writers report since 3.13.)
    may_drop = edition >= (3, 14) and not any("wait_for(" in l for l in program.lines)
    if program.chance(0.3) and may_drop:
        program.step("del " + program.one_of(["writer", "reader", "reader, writer"]))
    program.finish()
    program.step('stats("unclosed_transports")')
    program.step('stats("open_descriptors")')
    return ["  for transport in %s" % transport], program.lines


def tls_program(draw, edition):
    """A connection over TLS, the testee being the client or the server."""
    program = Program(draw, edition)
    version = program.one_of(["1.2", "1.3"])
    limit = program.one_of(["", "limit=2", "limit=10"])
    if program.chance(0.5):
        program.lines.append("peer> listen()")
        program.step('context = client_context(ca="ca")')
        arguments = ", ".join(filter(None, ["peer", limit, "ssl=context"]))
        program.step("connecting = create_task(open_connection(%s))" % arguments)
        program.lines.append('peer> start_tls(version=%s)' % version)
        program.step("reader, writer = await connecting")
    else:
        program.step('context = server_context(certificate="server")')
        arguments = ", ".join(filter(None, ["accept", limit, "ssl=context"]))
        program.step("server = await start_server(%s)" % arguments)
        program.lines.append("peer> connect(server)")
        program.lines.append('peer> start_tls(version=%s)' % version)
        program.step("reader, writer = accepted(server)")
    connection = _Connection(program, "tcp", tls=True)
    for _ in range(program.number(4, 14)):
        if connection.peer_open and program.chance(0.35):
            connection.peer_step()
        else:
            program.some_step(connection.statement, connection.last_statement)
    program.finish()
    return ["  for transport in tcp"], program.lines


def drain_program(draw, edition):
    """More is written than the kernel takes, to a peer that reads later."""
    program = Program(draw, edition)
    transport = program.one_of(["tcp", "unix"])
    program.lines.append("peer> listen(receive_buffer=65536)")
    program.step("reader, writer = await open_connection(peer)")
    if program.chance(0.3):
        program.step(
            "writer.transport.set_write_buffer_limits(%s)"
            % program.one_of(["high=100000000", "high=0", "high=3000000, low=0"])
        )
    count = _MORE_THAN_FITS + program.number(0, 3)
    program.step('writer.write(b"x" * %d)' % count)

    def statement():
        kind = program.one_of(
            ["write", "drain", "closing", "cancel", "look", "close", "eof", "abort"]
            + ["drain", "drain", "full", "wait_closed", "reads"]
        )
        task = program.any_task()
        simple = {
            "closing": "writer.is_closing()",
            "close": "writer.close()",
            "eof": "writer.write_eof()",
            "abort": "writer.transport.abort()" if program.chance(0.4) else None,
            "look": task,
            "cancel": task and task + ".cancel()",
            "full": "writer.transport.get_write_buffer_size() > 0",
        }
        if kind in simple:
            return simple[kind]
        if kind == "write":
            return "writer.write(%s)" % literal(program.data(5))
        call = {"reads": program.read_call()}.get(kind, "writer.%s()" % kind)
        return program.new_task(call)

    def some_steps():
        for _ in range(program.number(1, 5)):
            if program.chance(0.1):
                program.step("advance_clock(%d)" % program.number(1, 8))
            else:
                program.some_step(statement, lambda: program.new_task("writer.drain()"))

    some_steps()
    end = program.weighted({"receive": 5, "close": 1, "reset": 1, "send": 1})
    if end == "receive":
        program.lines.append("peer> data = receive(%d)" % count)
        program.lines.append(">>> len(data)")
    elif end == "send":
        program.lines.append('peer> send(b"hello")')
    elif end == "close" or transport == "unix":
        program.lines.append("peer> close()")
    else:
        program.lines.append("peer> reset()")
    some_steps()
    program.finish()
    return ["  for transport in %s" % transport], program.lines
