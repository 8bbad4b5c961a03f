# SPDX-License-Identifier: Apache-2.0
"""One round of one case: a server on one core, the load on another."""

import contextlib
import dataclasses
import glob
import json
import os
import re
import resource
import select
import shlex
import signal
import subprocess
import time

# Nothing that is asked for takes so long, except what hangs.
TIMEOUT_SECONDS = 120
START_SECONDS = 30  # Nor does a server take so long to listen,
END_SECONDS = 1  # or so long to be gone once its connections are.


class MeasurementError(Exception):
    """A server or the load did not do what it should, and what it said."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """Where and how all rounds are measured."""

    load: str  # The load generator.
    certificate: str  # With its key, in one file.
    seconds: float
    server_core: str  # As taskset has it: 0, or 0,1.
    load_core: str
    requests: int = 0  # How many at most; 0: as many as there is time for.


@dataclasses.dataclass(frozen=True)
class Round:
    """What one round gave. CPU is in seconds of a core for each second."""

    requests_per_second: float
    cpu_per_request: float
    server_cpu: float
    client_cpu: float


class _Program:
    """A process on a core, which says in time what it is asked, or has failed.

    It ends with whoever started it, however that ended.
    """

    def __init__(self, core, argv, **pipes):
        self._argv = argv
        self._said = b""
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "taskset", "-c", core, *argv],
            stdout=subprocess.PIPE,
            bufsize=0,
            **pipes,
        )

    def command_line(self):
        return shlex.join(self._argv)

    def fail(self, why):
        raise MeasurementError(f"{self.command_line()} {why}")

    def _read_line(self, seconds):
        """With its end, which only the last one may lack; "" when there is none."""
        deadline = time.monotonic() + seconds
        stdout = self._process.stdout
        poller = select.poll()  # Unlike select(), whatever the descriptor's number.
        poller.register(stdout, select.POLLIN)
        while b"\n" not in self._said:
            left = deadline - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                self.fail(f"said nothing for {seconds} seconds")
            data = stdout.read(1 << 16)
            if not data:
                break
            self._said += data
        line, end, self._said = self._said.partition(b"\n")
        return (line + end).decode(errors="replace")

    def _kill(self):
        self._process.kill()
        self._process.wait()

    def why_it_ended(self):
        """None of one that runs; one that is ending is waited for."""
        try:
            status = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        if status < 0:
            return f"has died of {signal.Signals(-status).name}"
        return f"has ended with status {status}"


class Server(_Program):
    """A server in a process of its own, pinned to a core."""

    def __init__(self, argv, case, setting):
        argv = [*argv, "--port=0"]
        if case.tls:
            argv += [f"--tls_{what}={setting.certificate}" for what in ("cert", "key")]
        super().__init__(setting.server_core, argv)
        try:
            line = self._read_line(START_SECONDS)
            match = re.search(r":(\d+)\s*$", line)
            if not match:
                self.fail(f"said {line!r} and not where it listens")
        except BaseException:
            self.stop()
            raise
        self.port = int(match.group(1))

    def _read_proc(self, pattern):
        """The text of each of its files in /proc that the pattern names."""
        texts = []
        try:
            for path in glob.glob(f"/proc/{self._process.pid}/{pattern}"):
                with open(path, encoding="ascii", errors="replace") as file:
                    texts.append(file.read())
        except OSError as error:  # It ends, or one of its threads does.
            self.fail(f"cannot be looked at: {error}")
        return texts

    def thread_cpu_seconds(self):
        """Of each thread; schedstat counts nanoseconds, stat only ticks."""
        return [
            int(text.split()[0]) / 1e9 for text in self._read_proc("task/*/schedstat")
        ]

    def thread_states(self):
        """Of each thread, as /proc has it: R runs or could, S sleeps."""
        # The name, in parentheses, may have spaces in it.
        return [
            text.rpartition(")")[2].split()[0] for text in self._read_proc("task/*/stat")
        ]

    def cpu_seconds(self):
        total = sum(self.thread_cpu_seconds())
        if not total:
            self.fail("has died")
        return total

    def private_bytes(self):
        """The memory that is its own, not shared with other processes."""
        text = "".join(self._read_proc("smaps_rollup"))
        sizes = re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE)
        return sum(map(int, sizes)) * 1024

    def stop(self):
        self._kill()
        self._process.stdout.close()


class Load(_Program):
    """The load generator, with its connections open, waiting for the start."""

    def __init__(self, server, case, setting, connections):
        argv = [setting.load, f"--port={server.port}", "--ready"]
        argv += [f"--connections={connections}", f"--size={case.size}"]
        argv += [f"--pipeline={case.pipeline}", f"--seconds={setting.seconds}"]
        argv += [f"--requests={setting.requests}"] if setting.requests else []
        argv += ["--line"] if case.mode == "line" else []
        argv += ["--tls"] if case.tls else []
        argv += ["--reconnect"] if case.reconnect else []
        self._server = server
        self._run_seconds = setting.seconds + TIMEOUT_SECONDS
        super().__init__(setting.load_core, argv, stdin=subprocess.PIPE)
        try:
            self._expect("ready", TIMEOUT_SECONDS)
        except BaseException:
            self._kill()  # Nobody waits for it any more.
            self.stop()
            raise

    def _expect(self, wanted, seconds):
        try:
            line = self._read_line(seconds)
            if wanted not in line:
                self.fail("failed")
            return line
        except MeasurementError:
            # Most often it is not the load's fault.
            why = self._server.why_it_ended()
            if why:
                self._server.fail(why)
            raise

    def run(self):
        try:
            with contextlib.suppress(BrokenPipeError):  # Then it says nothing.
                self._process.stdin.write(b"\n")
            return json.loads(self._expect("requests", self._run_seconds))
        except BaseException:
            self._kill()  # Nobody waits for its answer any more.
            raise

    def stop(self):
        self._process.stdin.close()
        try:
            self._process.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
        self._process.stdout.close()


def run_round(server, case, setting):
    """Loads the server for a while. What precedes and follows is not counted."""
    load = Load(server, case, setting, case.connections)
    try:
        before = server.cpu_seconds()
        answer = load.run()
        used = server.cpu_seconds() - before
    finally:
        load.stop()
    if not answer["requests"]:
        raise MeasurementError(
            f"no request was answered in case {case.name}; a longer --seconds may help"
        )
    return Round(
        requests_per_second=answer["requests"] / answer["seconds"],
        cpu_per_request=used / answer["requests"],
        server_cpu=used / answer["seconds"],
        client_cpu=answer["cpu_seconds"] / answer["seconds"],
    )


def idle_bytes(argv, case, setting, connections):
    """The server's memory for each of so many connections that do nothing.

    A server of its own each time, since memory that was used once is not all
    given back; one connection comes first, for what is needed once.
    """
    server = Server(argv, case, setting)
    try:
        Load(server, case, setting, 1).stop()
        before = server.private_bytes()
        load = Load(server, case, setting, connections)
        try:
            return (server.private_bytes() - before) / connections
        finally:
            load.stop()
    finally:
        server.stop()


def _own_seconds():
    """The CPU time of this process, and of those that it has started and ended."""
    used = [resource.getrusage(resource.RUSAGE_SELF)]
    used.append(resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


class OtherLoad:
    """How much of the two cores others have used since this was made.

    What servers and loads do between the rounds is not the others': opening a
    thousand connections takes longer than a round.
    """

    def __init__(self, cores):
        self._cores = cores
        self._before = self._ticks()
        self._own_before = _own_seconds()

    def _ticks(self):
        busy = total = 0
        with open("/proc/stat", encoding="ascii") as file:
            for line in file:
                match = re.match(r"cpu(\d+) (.*)", line)
                if match and int(match.group(1)) in self._cores:
                    # user nice system idle iowait irq softirq steal, and guests,
                    # which are in user already.
                    ticks = [int(word) for word in match.group(2).split()[:8]]
                    total += sum(ticks)
                    busy += sum(ticks) - ticks[3] - ticks[4]
        return busy, total

    def share(self):
        """From 0 to 1, once all that was started meanwhile has been stopped."""
        busy, total = (b - a for a, b in zip(self._before, self._ticks()))
        if not total:
            return 0.0
        own = (_own_seconds() - self._own_before) * os.sysconf("SC_CLK_TCK")
        return min(1.0, max(0.0, (busy - own) / total))
