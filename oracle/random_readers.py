# SPDX-License-Identifier: Apache-2.0
"""Random programs on a StreamReader: see random_scenarios.py."""

from oracle.random_program import ERRORS, Program, literal


def reader_program(draw, edition):
    """A StreamReader that is fed directly."""
    program = Program(draw, edition)
    limit = program.one_of(["1", "2", "4", "8", "30", None])
    program.step("reader = StreamReader(%s)" % ("limit=" + limit if limit else ""))
    has_transport = program.chance(0.5)
    if has_transport:
        pausable = "" if program.chance(0.8) else "pausable=False"
        program.step("transport = Transport(%s)" % pausable)
        program.step("reader.set_transport(transport)")

    def statement():
        kind = program.weighted(
            {
                "feed": 10,
                "eof": 0.7,
                "error": 0.5,
                "cancel": 2,
                "at_eof": 1,
                "exception": 0.5,
                "look": 1,
                "calls": 1 if has_transport else 0,
            }
        )
        if kind == "feed":
            return "reader.feed_data(%s)" % literal(program.data())
        if kind == "eof":
            return "reader.feed_eof()"
        if kind == "error":
            return "reader.set_exception(%s)" % program.one_of(ERRORS)
        if kind == "at_eof":
            return "reader.at_eof()"
        if kind == "exception":
            return "reader.exception()"
        if kind == "calls":
            return "transport.calls()"
        task = program.any_task()
        if kind == "cancel":
            return task and task + ".cancel()"
        return task

    for _ in range(program.number(4, 16)):
        if program.chance(0.07):
            program.step("advance_clock(%d)" % program.number(1, 8))
        elif program.chance(0.3):
            program.step(program.call_or_task(program.read_call()))
        else:
            program.some_step(
                statement, lambda: program.call_or_task(program.read_call())
            )
    if has_transport:
        program.step("transport.calls()")
    program.finish()
    return [], program.lines
