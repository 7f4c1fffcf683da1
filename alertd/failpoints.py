"""Failpoints: the instants between two steps at which an end of the process must cost nothing.

The tests of faults name one in `ALERTD_FAILPOINT`: `alert-committed` ends the daemon with SIGKILL the first time it
comes by there, `alert-committed:3` the third time, `alert-committed:3:stop` suspends it with SIGSTOP. Without that
variable `reached` does nothing.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from alertd.core.errors import InputError

VARIABLE = "ALERTD_FAILPOINT"
#: Every point, in the order in which one dossier passes them; the last three are off its way.
POINTS = (
    "page-read",  # a page of a list is in memory or in the spool, nothing of it in the database
    "intake-committed",  # its dossiers are stored, the poll is not closed
    "alert-committed",  # alerts are in the ledger, no message is made
    "message-composed",  # a message is in the outbox, nobody has claimed it
    "message-claimed",  # claims are written and not yet committed
    "attempt-recorded",  # the attempt is on disk, the call not begun
    "provider-accepted",  # the provider has answered, nothing of that is on disk
    "result-recorded",  # the answer is on disk
    "token-refreshed",  # a new token is on disk and in no call yet
    "snapshot-frozen",  # a week is frozen, the report not made
    "migration-step",  # one migration of several has run, nothing is committed
)


@dataclass
class _Armed:
    point: str
    passes: int
    number: signal.Signals


_armed: _Armed | None = None


def arm() -> str | None:
    """Take up what the environment names; gives it, None if that is nothing. Raises InputError for what is no point."""
    global _armed  # noqa: PLW0603 - one process, one point
    given = os.environ.get(VARIABLE, "")
    if not given:
        return None
    point, _, rest = given.partition(":")
    passes, _, how = rest.partition(":")
    if point not in POINTS or not (passes or "1").isdecimal() or how not in ("", "kill", "stop"):
        raise InputError(f"{VARIABLE}={given}: write POINT, POINT:N or POINT:N:stop; points are {', '.join(POINTS)}")
    _armed = _Armed(point, int(passes or 1), signal.SIGSTOP if how == "stop" else signal.SIGKILL)
    return given


def reached(point: str) -> None:
    """The process is at this point; if it is the one that was named, and as often as named, it ends here."""
    if _armed is None or _armed.point != point:
        return
    _armed.passes -= 1
    if _armed.passes == 0:
        os.kill(os.getpid(), _armed.number)
