# SPDX-License-Identifier: Apache-2.0
"""The laws of the house, over the whole tree. One test a law."""

import unittest

from tools.tidy import build_laws
from tools.tidy import cpp_laws
from tools.tidy import layers
from tools.tidy import source_tree
from tools.tidy import tree_laws

LAWS = (
    build_laws.check_every_cpp_file_is_built,
    build_laws.check_no_cpp_globs,
    build_laws.check_one_header,
    cpp_laws.check_coroutine_handle,
    cpp_laws.check_header_comment,
    cpp_laws.check_header_guard,
    cpp_laws.check_system_calls,
    layers.check_deps,
    layers.check_includes,
    layers.check_python_imports,
    tree_laws.check_file_size,
    tree_laws.check_function_size,
    tree_laws.check_licence_line,
    tree_laws.check_links,
    tree_laws.check_names,
    tree_laws.check_no_sleep,
)


class TidyTest(unittest.TestCase):
    """Gets one test_... method a law, below."""

    @classmethod
    def setUpClass(cls):
        cls.files = source_tree.read_tree(source_tree.root())

    def test_the_tree_was_found(self):
        paths = {file.path for file in self.files}
        self.assertIn("WORKSPACE", paths)
        self.assertIn("tools/tidy/tidy_test.py", paths)


def _test_of(law):
    def test(self):
        violations = [str(violation) for violation in law(self.files)]
        if violations:
            self.fail("\n".join([law.__doc__, *violations]))

    test.__doc__ = law.__doc__.splitlines()[0]
    return test


for _law in LAWS:
    setattr(TidyTest, f"test_{_law.__name__}", _test_of(_law))


if __name__ == "__main__":
    unittest.main()
