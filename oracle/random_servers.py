# SPDX-License-Identifier: Apache-2.0
"""Random programs on a server, with peers that come and go: see random_scenarios.py."""

from oracle.random_program import Program


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
    calls = {
        "server.close()": 1,
        "server.is_serving()": 2,
        "len(server.sockets)": 1,
        "server.close_clients()": 0.6 if edition >= (3, 13) else 0,
        "server.abort_clients()": 0.6 if edition >= (3, 13) else 0,
    }
    # Servers of older editions wait for less.
    awaitables = ["server.start_serving()", "server.serve_forever()"]
    if edition >= (3, 12):
        awaitables += ["server.wait_closed()"] * 2
    peers, accepted = [], []
    serving, served = not later, 0

    def statement():
        task = program.any_task()
        kind = program.weighted({"call": 4, "connection": 5 if accepted else 0, "task": 2})
        if kind == "task":
            return task and task + program.one_of(["", ".cancel()"])
        if kind == "call":
            return program.weighted(calls)
        reader, writer = program.one_of(accepted)
        return program.one_of(
            [
                reader + ".at_eof()",
                writer + ".is_closing()",
                writer + ".close()",
                writer + ".transport.abort()",
                writer + '.write(b"data")',
            ]
        )

    def last_statement():
        if accepted and program.chance(0.6):
            reader, writer = program.one_of(accepted)
            call = program.one_of([reader + ".read(5)", writer + ".wait_closed()"])
            return program.call_or_task(call)
        return program.new_task(program.one_of(awaitables))

    for _ in range(program.number(4, 14)):
        closed = any(
            "server.close()" in line or "serve_forever" in line or "cancel" in line
            for line in program.lines
        )
        kind = program.weighted({"connect": 3, "peer": 3, "accept": 3, "program": 8})
        if kind == "connect" and serving and not closed and len(peers) < 4:
            peers.append("peer%d" % (len(peers) + 1))
            program.lines.append(peers[-1] + "> connect(server)")
        elif kind == "peer" and peers:
            peer = program.one_of(peers)
            end = program.weighted({"send": 3, "half_close": 1, "close": 1, "reset": 1})
            if end == "send":
                program.lines.append(peer + '> send(b"hello")')
                continue
            if end != "half_close":
                peers.remove(peer)
            if end == "reset" and transport == "unix":
                end = "close"
            program.lines.append("%s> %s()" % (peer, end))
        elif kind == "accept" and not callback and served < len(peers):
            served += 1
            pair = "reader%d" % served, "writer%d" % served
            accepted.append(pair)
            program.step("%s, %s = accepted(server)" % pair)
        elif kind == "program":
            program.some_step(statement, last_statement)
    program.finish()
    program.step('stats("unclosed_transports")')
    program.step('stats("open_descriptors")')
    return ["  for transport in %s" % transport], program.lines
