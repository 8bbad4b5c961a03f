# SPDX-License-Identifier: Apache-2.0
"""docs/api.md names what there is: here, in asyncio and among the scenarios."""

import asyncio
import inspect
import re
import unittest

from docs import markdown_table
from tools.tidy import source_tree

PAGE = source_tree.root() / "docs/api.md"
SCENARIOS = source_tree.root() / "conformance/scenarios"

# What the functions pass on, or have themselves, and is nobody's to give.
_NOT_PARAMETERS = {"self", "kwds", "protocol_factory"}

# The functions of asyncio.streams, and those of the loop that they pass their
# keyword arguments on to.
_FUNCTIONS = {
    "open_connection": "create_connection",
    "start_server": "create_server",
    "open_unix_connection": "create_unix_connection",
    "start_unix_server": "create_unix_server",
}


def _parameters(function):
    return set(inspect.signature(function).parameters) - _NOT_PARAMETERS


def _public(python_class):
    return {name for name in dir(python_class) if not name.startswith("_")}


def _all_rows():
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^## .*$", text, re.MULTILINE)
    return [row for heading in headings for row in markdown_table.rows(text, heading)]


class ApiTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.rows = _all_rows()
        # name -> its parameters, as the table has them
        cls.names = {}
        for row in cls.rows:
            for code in markdown_table.code(row[0]):
                name, _, parameters = code.partition("(")
                cls.names.setdefault(name, set()).update(
                    re.findall(r"\w+", parameters.rstrip(")"))
                )

    def test_no_cell_is_empty(self):
        self.assertGreater(len(self.rows), 90)
        for row in self.rows:
            self.assertEqual(len(row), 4, row)
            for cell in row:
                self.assertNotEqual(cell, "", row)

    def test_no_row_is_there_twice(self):
        first = [row[0] for row in self.rows]
        self.assertEqual(sorted(first), sorted(set(first)))

    def test_our_names_are_in_their_headers(self):
        for row in self.rows:
            headers = markdown_table.code(row[2])
            self.assertTrue(headers, row)
            text = "".join((source_tree.root() / path).read_text() for path in headers)
            words = set(re.findall(r"\w+", text))
            for code in markdown_table.code(row[1]):
                for name in re.findall(r"[A-Za-z_]\w*", code):
                    self.assertIn(name, words, row)

    def test_the_umbrella_has_the_headers(self):
        umbrella = (source_tree.root() / "streams/streams.h").read_text()
        for row in self.rows:
            for path in markdown_table.code(row[2]):
                self.assertIn(f'#include "{path}"', umbrella, row)

    def test_scenarios_exist(self):
        ids = set()
        for path in SCENARIOS.glob("*.scenario"):
            ids.update(re.findall(r"^scenario (\S+)$", path.read_text(), re.MULTILINE))
        self.assertGreater(len(ids), 500)
        tests = set()
        for path in source_tree.root().glob("streams/**/BUILD"):
            tests.update(re.findall(r'name = "(\w+_test)"', path.read_text()))
        for row in self.rows:
            named = set(markdown_table.code(row[3]))
            self.assertTrue(named, row)
            self.assertEqual(named - ids - tests, set(), row)

    def test_what_the_streams_have_is_pinned_by_scenarios(self):
        text = PAGE.read_text(encoding="utf-8")
        for section in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
            heading = section.splitlines()[0]
            if heading in ("## Around streams", "## TLS"):
                continue
            for row in markdown_table.rows(text, heading):
                if not row[0].startswith("(not in asyncio"):
                    self.assertNotRegex(row[3], r"`\w+_test`")

    def test_every_function_and_parameter_of_asyncio_has_its_row(self):
        for function, of_loop in _FUNCTIONS.items():
            self.assertIn(function, self.names)
            parameters = _parameters(getattr(asyncio, function)) | _parameters(
                getattr(asyncio.SelectorEventLoop, of_loop)
            )
            self.assertEqual(parameters - self.names[function], set(), function)

    def test_every_name_of_asyncio_streams_has_its_row(self):
        for name in asyncio.streams.__all__:
            self.assertIn(name, self.names)

    def test_every_method_of_asyncio_has_its_row(self):
        for python_class in (
            asyncio.StreamReader,
            asyncio.StreamWriter,
            asyncio.StreamReaderProtocol,
            asyncio.Server,
            asyncio.Transport,
        ):
            class_name = python_class.__name__
            for name in _public(python_class):
                with self.subTest(python_class=class_name, name=name):
                    full = f"{class_name}.{name}"
                    self.assertIn(full, self.names)
                    member = getattr(python_class, name)
                    if callable(member):
                        missing = _parameters(member) - self.names[full]
                        self.assertEqual(missing, set())


if __name__ == "__main__":
    unittest.main()
