"""Starts daemons quickly: a process that has imported alertd once and becomes a daemon by a fork.

A start from nothing spends most of its time with importing, in which a kill tells nothing. What runs after the fork is
`alertd run` to the letter, in a process of its own, with its own environment, output and end.

    python -m tests.faults.warm

reads a line of JSON for each process and answers with its id, or, for an id, with the exit code once it has ended.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import select
import signal
import subprocess
import sys

from tests.faults.harness import ROOT, environment

NEEDED = ("alertd.commands.run", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.postgresql.psycopg")


class Warm:
    """The process that forks, as a context manager; `start` is for `Process`."""

    def __enter__(self):
        self._server = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.faults.warm"], cwd=ROOT, env=environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._server.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *error):
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()

    def start(self, arguments, *, cwd, env, out, err):
        module, *rest = arguments
        assert module == "alertd"
        out.touch()
        err.touch()
        return Forked(
            self, self.ask({"arguments": rest, "cwd": str(cwd), "env": env, "out": str(out), "err": str(err)})
        )

    def ask(self, question):
        print(json.dumps(question), file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())


class Forked:
    """What a test needs of a Popen."""

    def __init__(self, warm, pid):
        self.pid = pid
        self._warm = warm
        self._code = None
        self._end = os.pidfd_open(pid)  # the number stays ours until the server has asked for the exit code

    def poll(self):
        return self._code if self._code is not None or not self._ended(0) else self._reaped()

    def wait(self, limit):
        if self._code is None and not self._ended(limit):
            raise subprocess.TimeoutExpired("alertd", limit)
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def _ended(self, limit):
        return bool(select.select([self._end], [], [], limit)[0])

    def _reaped(self):
        self._code = self._warm.ask(self.pid)
        os.close(self._end)
        return self._code


def _become(asked):
    """In the child: what was asked for, and nothing of the server."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # ends with the server
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for path, number, flags in (
        (os.devnull, 0, os.O_RDONLY),
        (asked["out"], 1, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (asked["err"], 2, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(path, flags, 0o644), number)
    from alertd.cli import main

    code = 1
    try:
        main(asked["arguments"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve():
    for name in NEEDED:
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            print(os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1]), flush=True)
            continue
        if (pid := os.fork()) == 0:
            _become(asked)
        print(pid, flush=True)


if __name__ == "__main__":
    serve()
