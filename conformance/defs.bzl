# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of asyncio streams, for this workspace and others.

    load("@asyncio_streams//conformance:defs.bzl", "streams_conformance_test")

    streams_conformance_test(
        name = "conformance_test",
        testee = ":my_testee",
    )
"""

def _rootpaths(labels):
    return ["$(rootpaths %s)" % label for label in labels]

def _quoted(text):
    """One word of `args`, which Bazel splits as a shell would."""
    return "'" + text.replace("'", "'\\''") + "'"

def streams_conformance_test(
        name,
        testee,
        testee_args = [],
        scenarios = None,
        edition = None,
        expected_failures = None,
        filter = None,
        data = [],
        **kwargs):
    """Certifies a testee by the recorded outcomes. Needs no Python.

    Args:
      name: of the test.
      testee: label of an executable that speaks the testee protocol
        (conformance/protocol/README.md).
      testee_args: its arguments, quoted where they need it, as in a command
        line; $(rootpath …) of what is in `data` is expanded.
      scenarios: labels of *.scenario files; all of this project's, if None.
      edition: the version of CPython to be judged by, such as "3.12"; the one
        that the testee claims, if None.
      expected_failures: label of a file of known failures, as `certify
        --expected-failures` takes it. What it says must be true.
      filter: a regular expression; only scenarios whose id has a match of it.
      data: files that the testee needs.
      **kwargs: what every test has: size, tags, visibility …
    """
    if scenarios == None:
        scenarios = [str(Label("//conformance/scenarios"))]
    args = [
        "--oracle=recorded",
        "--testee=" + _quoted(
            " ".join(["$(rootpath %s)" % testee] + testee_args),
        ),
        "--reproduce-with='bazel test //%s:%s --test_arg=--filter='" %
        (native.package_name(), name),
    ]
    if edition:
        args.append("--edition=" + edition)
    if expected_failures:
        args.append("--expected-failures=$(rootpath %s)" % expected_failures)
        data = data + [expected_failures]
    if filter:
        args.append("--filter=" + _quoted(filter.replace("$", "$$")))

    # The option takes all that follows.
    args += ["--scenarios"] + _rootpaths(scenarios)
    native.sh_test(
        name = name,
        # Not a script: the runner itself.
        srcs = [str(Label("//conformance/runner:certify"))],
        args = args,
        data = [testee] + scenarios + data,
        **kwargs
    )
