"""`alertd` on a machine whose clock is stepped, or whose names are not found, while it runs.

    python -m tests.faults.bent FOLDER run --config DIR

`FOLDER/clock` holds the seconds by which the machine's clock is ahead; while `FOLDER/no-names` is there, no name is
found. What alertd and its scheduler read as the present instant is `datetime.now`, so that is what is bent; the
monotonic clock goes on, as it does on a real machine.
"""

from __future__ import annotations

import datetime as dt
import socket
import sys
from pathlib import Path

from alertd import cli
from alertd.commands import run  # noqa: F401 - its modules are to be there before they are bent

NOW = dt.datetime
FOLDER = Path(sys.argv[1])


class _Any(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, NOW)


class Bent(NOW, metaclass=_Any):
    """A `datetime` whose `now` is that of the stepped clock; what it gives is a plain one."""

    @classmethod
    def now(cls, tz=None):
        return NOW.now(tz) + dt.timedelta(seconds=ahead())

    def __new__(cls, *arguments, **more):
        return NOW(*arguments, **more)


def ahead():
    try:
        return float((FOLDER / "clock").read_text() or 0)
    except FileNotFoundError:
        return 0.0


def bend():
    for name, module in list(sys.modules.items()):
        if name.startswith(("alertd.", "apscheduler.")) and getattr(module, "datetime", None) is NOW:
            module.datetime = Bent
    found = socket.getaddrinfo

    def looked_up(host, *arguments, **more):
        if (FOLDER / "no-names").exists():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return found(host, *arguments, **more)

    socket.getaddrinfo = looked_up


if __name__ == "__main__":
    bend()
    cli.main(sys.argv[2:])
