"""What faults do to a list of dossiers, whatever the protocol that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from alertd.demo.portal.faults import Faults

    Row = dict[str, Any]


class Form(Protocol):
    """How one protocol writes a dossier."""

    def due(self, row: Row) -> datetime | None:
        """The due instant."""
        ...

    def finished(self, row: Row) -> datetime | None:
        """When processing ended; None for an open dossier."""
        ...

    def with_due(self, row: Row, at: datetime) -> Row:
        """The same with another due date."""
        ...

    def with_finish(self, row: Row, at: datetime) -> Row:
        """The same, finished."""
        ...

    def paused(self, row: Row) -> Row:
        """The same, with its clock stopped."""
        ...

    def reopened(self, row: Row) -> Row:
        """The same, being processed, without what said that it was finished."""
        ...


def spoiled(rows: Sequence[Row], faults: Faults, calls: int, now: datetime, form: Form) -> list[Row]:
    """The list as the faults show it at one of the calls since they were set, the first being 1."""
    shown = [_tampered(row, faults, now, form) for row in rows[faults.gone :]]
    if faults.shrunk:
        shown = shown[: len(shown) - len(shown) // 3]
    if faults.doubled:
        shown = [row for row in shown for _ in range(2)]
    shown = shown[min(faults.leaving, calls - 1) :]
    jumped = min(faults.jumping, calls - 1, len(shown))
    return shown[len(shown) - jumped :] + shown[: len(shown) - jumped]


def announced(rows: int, faults: Faults, calls: int) -> int:
    """How many dossiers the portal says that there are."""
    return rows + faults.missing + faults.drift * calls


def _tampered(row: Row, faults: Faults, now: datetime, form: Form) -> Row:
    due, finished = form.due(row), form.finished(row)
    if faults.reopen and finished:
        return form.reopened(row)
    if faults.backdate and due and due < (finished or now):
        return form.with_finish(row, due)
    if finished:
        return row
    if faults.move_due and due:
        row = form.with_due(row, due + timedelta(hours=faults.move_due))
    return form.paused(row) if faults.pause else row
