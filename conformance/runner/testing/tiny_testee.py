# SPDX-License-Identifier: Apache-2.0
"""A testee without streams, to test the runner with: good, or bad on purpose.

It has one function, `echo(x)`, which returns x, or whatever the first argument
of the command line makes of it. `echo` of None is where a bad one goes wrong.
"""

import json
import os
import signal
import sys
import time

MODE = sys.argv[1] if len(sys.argv) > 1 else "good"
EDITION = sys.argv[2] if len(sys.argv) > 2 else "3.15.2"


def send(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def go_wrong():
    sys.stderr.write("about to %s\n" % MODE)
    sys.stderr.flush()
    if MODE == "exit":
        sys.exit(3)
    if MODE == "abort":
        os.kill(os.getpid(), signal.SIGABRT)
    if MODE == "hang":
        while True:
            time.sleep(1000)
    if MODE == "print":
        print("debug: here", flush=True)
    if MODE == "flood":
        while True:
            send(type="event", name="ResourceWarning", message="")
    if MODE == "drip":
        while True:
            send(type="event", name="ResourceWarning", message="")
            time.sleep(0.1)
    if MODE == "close-output":
        os.close(1)
        time.sleep(1000)
    if MODE == "answer-twice":
        send(type="done", id=1, value=None)


def perform(op):
    send(type="ack", id=op["id"])
    argument = op["args"][0] if op["args"] else None
    if argument is None and MODE not in ("good", "wrong", "end-badly", "linger", "deceive"):
        go_wrong()
    if MODE == "wrong" and argument == 1:
        argument = 2
    if MODE == "deceive" and argument == 1:
        sys.stderr.write("\x1b[2J\n")
        sys.stderr.flush()
        argument = {"object": "int>\n\ncertified: 1 of 1 scenarios pass\x1b[2J"}
    if op["await"] and argument == "never":
        return
    send(type="done", id=op["id"], value=argument)


def main():
    if MODE == "no-hello":
        sys.exit(5)
    for line in sys.stdin:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            send(
                type="hello",
                protocol=1,
                implementation={"name": "tiny", "version": "1"},
                edition=EDITION,
                capabilities=["reader"],
                without=["echo"] if MODE == "lacking" else [],
            )
        elif kind == "reset":
            while MODE == "drip-late-answers":
                send(type="done", id=1, value=None)
                time.sleep(0.1)
            send(type="ready")
        elif kind == "settle":
            send(type="settled")
        elif kind == "op":
            perform(message)
        elif kind == "batch":
            for op in message["ops"]:
                perform(op)
    if MODE in ("end-badly", "linger"):
        sys.stderr.write("about to %s\n" % MODE)
        sys.stderr.flush()
        if MODE == "end-badly":
            sys.exit(6)
        time.sleep(1000)


main()
