# SPDX-License-Identifier: Apache-2.0
"""Random programs on a server, with peers that come and go: see random_scenarios.py."""

from oracle.random_program import Program


class _Server:
    """What a program has done to its server, as far as it must know."""

    def __init__(self, program, callback, later):
        self.program = program
        self.keeps_connections = not callback
        self.serving = not later
        self.peers = []  # Those that can still do something.
        self.connected = 0
        self.accepted = []  # Pairs of names.
        self.calls = {
            "server.close()": 1,
            "server.is_serving()": 2,
            "len(server.sockets)": 1,
            "server.close_clients()": 0.6 if program.edition >= (3, 13) else 0,
            "server.abort_clients()": 0.6 if program.edition >= (3, 13) else 0,
        }
        # Servers of older editions wait for less.
        self.awaitables = ["server.start_serving()", "server.serve_forever()"]
        if program.edition >= (3, 12):
            self.awaitables += ["server.wait_closed()"] * 2

    def statement(self):
        program = self.program
        task = program.any_task()
        kind = program.weighted(
            {"call": 4, "connection": 5 if self.accepted else 0, "task": 2}
        )
        if kind == "task":
            return task and task + program.one_of(["", ".cancel()"])
        if kind == "call":
            return program.weighted(self.calls)
        reader, writer = program.one_of(self.accepted)
        return program.one_of(
            [
                reader + ".at_eof()",
                writer + ".is_closing()",
                writer + ".close()",
                writer + ".transport.abort()",
                writer + '.write(b"data")',
            ]
        )

    def last_statement(self):
        program = self.program
        if self.accepted and program.chance(0.6):
            reader, writer = program.one_of(self.accepted)
            call = program.one_of([reader + ".read(5)", writer + ".wait_closed()"])
            return program.call_or_task(call)
        return program.new_task(program.one_of(self.awaitables))

    def may_be_closed(self):
        ends = ("server.close()", "serve_forever", "cancel")
        return any(end in line for line in self.program.lines for end in ends)

    def connect(self):
        if not self.serving or self.may_be_closed() or self.connected == 4:
            return
        self.connected += 1
        self.peers.append("peer%d" % self.connected)
        self.program.lines.append(self.peers[-1] + "> connect(server)")

    def peer_step(self, transport):
        if not self.peers:
            return
        program = self.program
        peer = program.one_of(self.peers)
        kind = program.weighted({"send": 3, "half_close": 1, "close": 1, "reset": 1})
        if kind == "reset" and transport == "unix":
            kind = "close"
        if kind in ("close", "reset"):
            self.peers.remove(peer)
        arguments = 'b"hello"' if kind == "send" else ""
        program.lines.append("%s> %s(%s)" % (peer, kind, arguments))

    def accept(self):
        count = len(self.accepted)
        if not self.keeps_connections or count == self.connected:
            return
        pair = "reader%d" % (count + 1), "writer%d" % (count + 1)
        self.accepted.append(pair)
        self.program.step("%s, %s = accepted(server)" % pair)


def server_program(draw, edition):
    """A server, and peers that come and go."""
    program = Program(draw, edition)
    transport = program.one_of(["tcp", "unix"])
    callback = program.weighted(
        {"": 5, "raise_exception": 1, "raise_in_task": 1, "return_at_once": 1}
    )
    later = program.chance(0.15)
    arguments = [callback] + (["start_serving=False"] if later else [])
    program.step("server = await start_server(%s)" % ", ".join(filter(None, arguments)))
    server = _Server(program, callback, later)
    for _ in range(program.number(4, 14)):
        kind = program.weighted({"connect": 3, "peer": 3, "accept": 3, "program": 8})
        if kind == "connect":
            server.connect()
        elif kind == "peer":
            server.peer_step(transport)
        elif kind == "accept":
            server.accept()
        else:
            program.some_step(server.statement, server.last_statement)
    program.finish()
    program.step('stats("unclosed_transports")')
    program.step('stats("open_descriptors")')
    return ["  for transport in %s" % transport], program.lines
