# SPDX-License-Identifier: Apache-2.0
"""Counts what does not depend on how busy a machine is.

Instructions (valgrind --tool=callgrind) of reading in memory, and of requests on
a connection; system calls (strace -c) of requests and of connections. A count is
the difference of two runs that differ in the number of requests only, so that
starting and ending are not in it.
"""

import collections
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile

TIMEOUT_SECONDS = 120

_FEW_CHUNKS, _MANY_CHUNKS = 2, 6
_LINES_OF_CHUNK = 1024
_FEW_REQUESTS, _MANY_REQUESTS = 100, 2100
_PAGE_BYTES = 4096

# Of the server: name -> its arguments, those of the load. No message is larger
# than one segment of the loopback interface (64 KiB): a larger one comes in as
# many parts as the sender happens to be interrupted, each with its own read.
REQUESTS = {
    "echo/64B": (["--mode=echo"], ["--size=64"]),
    "echo/32KiB": (["--mode=echo"], ["--size=32768"]),
    "line/64B": (["--mode=line"], ["--size=64", "--line"]),
    "accept": (["--mode=line"], ["--size=64", "--line", "--reconnect"]),
}

# How often a connection that ends and the next one that comes are found by the
# same epoll_wait() is for the scheduler of the machine to say. Not so where
# valgrind makes the server much slower than the client: ten counts of
# instructions on a busy machine were within 0.6 % of each other.
_POLLS_DEPEND_ON_TIMING = "accept"

# A few happen now and then, such as brk(); they are not one for each request.
_RARE = 0.05


class CountError(Exception):
    """What was to be counted did not run as it should."""


class Programs:
    """Where the programs are. `folder` is that of this package's binaries."""

    def __init__(self, folder):
        self.parse = os.path.join(folder, "counted_parse")
        self.server = os.path.join(folder, "echo_server")
        self.load = os.path.join(folder, "load_generator")

    def _print(self, flag):
        done = subprocess.run(
            [self.parse, flag],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        return done.stdout.split()

    def build(self):
        """Such as clang-opt; the numbers of instructions depend on it."""
        return self._print("--build")[0]

    def parse_cases(self):
        return self._print("--list")


def missing_tools():
    """Names of the programs that this machine has not."""
    return [tool for tool in ("strace", "valgrind") if shutil.which(tool) is None]


def _collected(text):
    match = re.search(r"Collected : (\d+)", text)
    if not match:
        raise CountError(f"callgrind said:\n{text}")
    return int(match.group(1))


def _callgrind(path="/dev/null"):
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={path}"]


@contextlib.contextmanager
def _without_debug_information(program):
    """A copy that valgrind can read, which knows less of DWARF than clang."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(program))
        subprocess.run(["objcopy", "-g", program, copy], check=True)
        yield copy


def parse_instructions(programs):
    """{case: instructions for each line}"""
    result = {}
    with _without_debug_information(programs.parse) as program:
        for case in programs.parse_cases():
            totals = []
            for chunks in (_FEW_CHUNKS, _MANY_CHUNKS):
                argv = [*_callgrind(), program, f"--case={case}", f"--chunks={chunks}"]
                done = subprocess.run(
                    argv,
                    stderr=subprocess.PIPE,
                    check=False,
                    text=True,
                    timeout=TIMEOUT_SECONDS,
                )
                totals.append(_collected(done.stderr))
            lines = (_MANY_CHUNKS - _FEW_CHUNKS) * _LINES_OF_CHUNK
            result[f"parse/{case}"] = round((totals[1] - totals[0]) / lines, 1)
    return result


def _serve(programs, prefix, server, arguments, requests):
    """Runs a server, under what counts, for so many requests of one client."""
    server_arguments, load_arguments = REQUESTS[arguments]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [*prefix, server, *server_arguments, "--port=0"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            line = process.stdout.readline()
            match = re.search(r":(\d+)\s*$", line)
            if match:
                argv = [programs.load, f"--port={match.group(1)}", "--connections=1"]
                argv += ["--seconds=60", f"--requests={requests}", *load_arguments]
                subprocess.run(
                    argv, stdout=subprocess.DEVNULL, check=True, timeout=TIMEOUT_SECONDS
                )
        finally:
            process.terminate()
            process.wait(TIMEOUT_SECONDS)
            process.stdout.close()
        errors.seek(0)
        text = errors.read()
        if not match:
            raise CountError(f"{server} said {line!r} and not where it is: {text}")
        return text


def request_instructions(programs):
    """{case: instructions of the program, not of the kernel, for each request}"""
    result = {}
    with _without_debug_information(programs.server) as server:
        for case in REQUESTS:
            totals = [
                _collected(_serve(programs, _callgrind(), server, case, requests))
                for requests in (_FEW_REQUESTS, _MANY_REQUESTS)
            ]
            count = _MANY_REQUESTS - _FEW_REQUESTS
            result[case] = round((totals[1] - totals[0]) / count, 1)
    return result


def parse_callgrind(lines, program):
    """{address: how often it ran} of one program, of a file with --dump-instr."""
    often = collections.Counter()
    names = {}
    is_program = is_call = False
    address = 0
    for line in lines:
        if match := re.match(r"(c?ob)=(\(\d+\))(?: (.*))?$", line):
            # An object's name comes once, then its number stands for it.
            name = names.setdefault(match[2], match[3])
            if match[1] == "ob":
                is_program = name == program
        elif line.startswith("calls="):
            is_call = True  # The next line is what the call took.
        elif match := re.match(r"(0x[0-9a-f]+|[+-]\w+|\*) \S+ (\d+)$", line):
            position = match[1]
            if position.startswith("0x"):
                address = int(position, 16)
            elif position != "*":
                address += int(position, 0)
            if is_program and not is_call:
                often[address] += int(match[2])
            is_call = False
    return often


def code_pages(programs, case):
    """Pages of the program, not of libraries, that each request runs through."""
    with _without_debug_information(programs.server) as server:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "instructions")
            prefix = [*_callgrind(path), "--dump-instr=yes"]
            _serve(programs, prefix, server, case, _MANY_REQUESTS)
            with open(path, encoding="utf-8") as file:
                often = parse_callgrind(file, server)
    # The first and the last may do without.
    each = (address for address, n in often.items() if n >= 0.9 * _MANY_REQUESTS)
    return len({address // _PAGE_BYTES for address in each})


def parse_strace(text):
    """{system call: how often} of the table that `strace -c` prints."""
    calls = {}
    for line in text.splitlines():
        # % time, seconds, usecs/call, calls, errors or nothing, name.
        words = line.split()
        if len(words) in (5, 6) and re.fullmatch(r"\d+", words[3]):
            if words[-1] != "total":
                calls[words[-1]] = int(words[3])
    return calls


def system_calls(programs):
    """{case: {system call: how often for each request}}"""
    result = {}
    for case in REQUESTS:
        totals = []
        for requests in (_FEW_REQUESTS, _MANY_REQUESTS):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "calls")
                # -I2: ended by a signal, it ends the server too, and then prints.
                prefix = ["strace", "-I2", "-f", "-c", "-o", path]
                _serve(programs, prefix, programs.server, case, requests)
                with open(path, encoding="utf-8") as file:
                    totals.append(parse_strace(file.read()))
        count = _MANY_REQUESTS - _FEW_REQUESTS
        each = {
            name: (often - totals[0].get(name, 0)) / count
            for name, often in sorted(totals[1].items())
        }
        if case == _POLLS_DEPEND_ON_TIMING:
            each.pop("epoll_wait", None)
        result[case] = {n: round(v, 2) for n, v in each.items() if abs(v) > _RARE}
    return result


def measure(programs):
    """All counts, as counts.json has them for one build."""
    return {
        "instructions": {
            **parse_instructions(programs),
            **request_instructions(programs),
        },
        "system_calls": system_calls(programs),
    }


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def differences(recorded, measured, tolerance):
    """What is not as it was recorded, as sentences. Less is told of, too."""
    for name in sorted(set(recorded) | set(measured)):
        if name not in measured:
            yield f"{name}: is recorded, and does not happen any more"
        elif name not in recorded:
            yield f"{name}: {measured[name]}, of which nothing is recorded"
        elif abs(measured[name] - recorded[name]) > tolerance * recorded[name]:
            change = measured[name] / recorded[name] - 1
            yield f"{name}: {measured[name]}, recorded {recorded[name]} ({change:+.1%})"


def flatten(calls):
    """{case: {system call: n}} as {"case system call": n}."""
    return {
        f"{case} {call}": often
        for case, of_one in calls.items()
        for call, often in of_one.items()
    }
