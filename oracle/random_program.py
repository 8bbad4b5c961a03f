# SPDX-License-Identifier: Apache-2.0
"""What random programs are drawn from: see random_scenarios.py."""

_BYTES = b"ab\n;\r"
_SEPARATORS = ['b"\\n"', 'b";"', 'b"\\r\\n"', 'b"ab"', 'b"aa"', 'b"aba"', 'b""']
_SEVERAL = [
    '(b"\\n", b";")',
    '(b"\\r\\n", b"\\n")',
    '(b"ab", b"b")',
    '(b"aba", b"ab", b"\\n")',
    '(b";",)',
    "()",
    '(b"a", b"")',
]
ERRORS = ['ValueError("boom")', 'ConnectionResetError("gone")', 'RuntimeError("odd")']


def literal(data):
    text = "".join(
        {10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\"}.get(each, chr(each))
        for each in data
    )
    return 'b"%s"' % text


class Program:
    """The steps of one scenario, as they are drawn."""

    def __init__(self, draw, edition):
        self._draw = draw
        self.edition = edition
        self.lines = []
        self._tasks = []
        self._fresh = []  # Made in this step, and not to be touched in it.

    def step(self, *statements):
        self.lines.append(">>> " + "; ".join(statements))
        self._tasks += self._fresh
        self._fresh = []

    def chance(self, probability):
        return self._draw.random() < probability

    def number(self, lowest, highest):
        return self._draw.randint(lowest, highest)

    def one_of(self, choices):
        return self._draw.choice(choices)

    def data(self, longest=12):
        if self.chance(0.05):
            longest *= 10
        size = self.number(0 if self.chance(0.1) else 1, longest)
        return bytes(self._draw.choice(_BYTES) for _ in range(size))

    def weighted(self, choices):
        """One of `choices`: a dict from what is chosen to its weight."""
        return self._draw.choices(list(choices), weights=list(choices.values()))[0]

    def read_call(self):
        kind = self.weighted(
            {"read": 4, "readline": 3, "readexactly": 3, "readuntil": 4, "anext": 1}
        )
        if kind == "read":
            return "reader.read(%s)" % self.one_of(
                ["", "-1", "0", "1", "2", "3", "5", "8", "100"]
            )
        if kind == "readexactly":
            return "reader.readexactly(%s)" % self.one_of(
                ["-1", "0", "1", "2", "3", "5", "8", "13"]
            )
        if kind == "readuntil":
            several = self.edition >= (3, 13) and self.chance(0.4)
            return "reader.readuntil(%s)" % self.one_of(
                _SEVERAL if several else _SEPARATORS
            )
        return "anext(reader)" if kind == "anext" else "reader.readline()"

    def awaitable(self, call):
        # wait_for was another function before.
        if self.edition >= (3, 12) and self.chance(0.12):
            return "wait_for(%s, %s)" % (call, self.one_of(["0", "-1", "3", "7"]))
        return call

    def new_task(self, call):
        name = "task%d" % (len(self._tasks) + len(self._fresh) + 1)
        call = self.awaitable(call)
        # Cancelled before it begins, wait_for() leaves a coroutine that was
        # never awaited, of which Python warns.
        (self._fresh if call.startswith("wait_for") else self._tasks).append(name)
        return "%s = create_task(%s)" % (name, call)

    def any_task(self):
        return self.one_of(self._tasks[-4:]) if self._tasks else None

    def call_or_task(self, call):
        """Awaits the call, or makes a task of it; the end of a step."""
        if self.chance(0.4):
            return "await " + self.awaitable(call)
        return self.new_task(call)

    def some_step(self, statements, last_statement):
        """Up to three statements in a turn, with or without something last."""
        count = self.weighted({1: 6, 2: 2, 3: 1})
        ends = self.chance(0.3)
        parts = [statements() for _ in range(count - ends)]
        if ends:
            parts.append(last_statement())
        parts = [part for part in parts if part]
        if parts:
            self.step(*parts)

    def finish(self):
        for task in self._tasks:
            self.step(task)
        self.step("events()")
        self.step('stats("live_tasks")')
