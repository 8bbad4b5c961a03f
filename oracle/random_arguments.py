# SPDX-License-Identifier: Apache-2.0
"""Random calls with arguments that are wrong: see random_scenarios.py."""

from oracle.random_program import Program

_ODD_VALUES = ["None", "True", "5", "-3", "1.5", '"text"', 'b"by"', "[]", "(1, 2)"]
_ODD_CALLS = {
    "StreamReader": ["limit"],
    "reader.read": ["n"],
    "reader.readline": [],
    "reader.readexactly": ["n"],
    "reader.readuntil": ["separator"],
    "reader.feed_data": ["data"],
    "reader.feed_eof": [],
    "reader.at_eof": [],
    "reader.exception": [],
    "reader.set_transport": ["transport"],
    "anext": [],
    "writer.write": ["data"],
    "writer.writelines": ["data"],
    "writer.write_eof": [],
    "writer.can_write_eof": [],
    "writer.close": [],
    "writer.is_closing": [],
    "writer.drain": [],
    "writer.wait_closed": [],
    "writer.get_extra_info": ["name", "default"],
    "writer.transport.write": ["data"],
    "writer.transport.get_extra_info": ["name", "default"],
    "writer.transport.set_write_buffer_limits": ["high", "low"],
    "writer.transport.get_write_buffer_size": [],
    "writer.transport.pause_reading": [],
    "writer.transport.is_reading": [],
    "writer.transport.close": [],
    "server.close": [],
    "server.is_serving": [],
    "server.wait_closed": [],
    "server.get_loop": [],
    "start_server": ["limit", "backlog", "start_serving"],
    "wait_for": ["fut", "timeout"],
}
# What a typed language cannot even imitate: objects of any type in place of
# numbers, bytes and transports, which CPython keeps until it stumbles over them.
_NOT_FOR = {
    "StreamReader": ["[]", "(1, 2)", '"text"', 'b"by"'],
    "reader.readuntil": ["[]", "(1, 2)", "True", '"text"'],
    "reader.feed_data": ["(1, 2)"],
    "writer.writelines": ["None", "5", "-3", "1.5", "True", "(1, 2)", '"text"', 'b"by"'],
    "writer.transport.set_write_buffer_limits": ["1.5"],
    "start_server": _ODD_VALUES,
}


def odd_program(draw, edition):
    """Calls with arguments of the wrong type, or too many, or unknown."""
    program = Program(draw, edition)
    program.step("server = await start_server()")
    program.lines.append("peer> connect(server)")
    program.step("reader, writer = accepted(server)")
    program.lines.append('peer> send(b"abc\\ndef")')
    for _ in range(program.number(3, 8)):
        call = program.one_of(list(_ODD_CALLS))
        parameters = _ODD_CALLS[call]
        choices = [each for each in _ODD_VALUES if each not in _NOT_FOR.get(call, [])]
        values = []
        if choices:
            count = program.weighted({0: 2, 1: 5, 2: 0 if call[0] == "S" else 2})
            values = [program.one_of(choices) for _ in range(count)]
        if choices and parameters and program.chance(0.3):
            values = values[:1] + [
                "%s=%s" % (program.one_of(parameters), program.one_of(choices))
            ]
        elif choices and program.chance(0.07):
            values.append("unknown=1")
        text = "%s(%s)" % (call, ", ".join(values))
        kind = program.weighted({"call": 5, "await": 4, "attribute": 1, "name": 1})
        if kind == "attribute":
            program.step(
                "%s.%s"
                % (
                    program.one_of(["reader", "writer", "server", "writer.transport"]),
                    program.one_of(["nothing", "limit", "sockets", "transport", "close"]),
                )
            )
        elif kind == "name" and "." in call:
            program.step(call)
        elif kind == "await":
            program.step(program.call_or_task(text))
        else:
            program.step(text)
    program.finish()
    return ["  for transport in tcp"], program.lines
