"""Tenure: what one process may write while several share a database; asked within each transaction that writes.

A process that was frozen, cut off or overtaken learns of it here, at the latest, and writes nothing (DESIGN section 8).
Outside a cluster nobody asks.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    #: Whether the work at hand is still this process's; a yes holds until the transaction ends.
    Guard = Callable[[Connection], bool]

_guard: ContextVar[Guard | None] = ContextVar("tenure", default=None)


def holds(connection: Connection) -> bool:
    """Whether the work that this is a part of may still write."""
    guard = _guard.get()
    return guard is None or guard(connection)


@contextmanager
def guarded(guard: Guard) -> Iterator[None]:
    """Everything begun within, in threads and tasks too, writes only as long as `guard` says so."""
    before = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(before)
