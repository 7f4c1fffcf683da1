"""Reports that are sent as files: one a week for each unit and person, in the ledger like any other alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.store import attachments, outbox
from alertd.store.database import insert_new
from alertd.store.tables import alerts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.store.attachments import Attachment

#: The reserved step, and the kind of the messages.
STEP = "report"
_CODED = {"dossier_id": 0, "episode": 1, "step": STEP}


def ordered(connection: Connection, week: int) -> set[tuple[str, str]]:
    """(unit, person) of each paper of a week (as 202648) on record: what a run that was cut off has done already."""
    a = alerts.c
    query = select(a.subject, a.person).where(a.dossier_id == 0, a.step == STEP, a.occurrence == week)
    return {(row.subject, row.person) for row in connection.execute(query)}


def order(
    connection: Connection, people: Sequence[str], unit: str, week: int, text: str, file: Attachment, at: datetime,
    now: datetime,
) -> int:  # fmt: skip
    """Put a unit's paper ("" is the whole) into the outbox for these people, with the file, in one transaction.

    Whoever has it already gets it no second time, whoever asks. Gives the number of messages.
    """
    digest = attachments.keep(connection, file, now)
    made = 0
    for person in people:
        alert = _record(connection, unit, week, person, AlertState.PENDING, at, now)
        if alert is None:
            continue
        outbox.enqueue(
            connection, person, [outbox.NewPart(text, ())], [alert], kind=STEP, urgency=Urgency.NORMAL, late=False,
            slot=at, now=now, attachment=digest,
        )  # fmt: skip
        made += 1
    return made


def nobody(connection: Connection, unit: str, week: int, at: datetime, now: datetime) -> None:
    """Put on record that nobody is there to get a unit's paper."""
    _record(connection, unit, week, "", AlertState.NOBODY, at, now)


def _record(
    connection: Connection, unit: str, week: int, person: str, state: AlertState, at: datetime, now: datetime
) -> int | None:
    """The alert's id; None when it is on record and has its message already."""
    insert_new(connection, alerts, [{
        **_CODED, "subject": unit, "occurrence": week, "folded": 0, "person": person, "policy": "", "target": "",
        "unit": unit or None, "at": at, "recorded_at": now, "state": state.value, "urgency": Urgency.NORMAL.value,
        "late_reason": None, "note": "", "message": None,
    }])  # fmt: skip
    a = alerts.c
    query = select(a.id).where(
        a.dossier_id == 0, a.subject == unit, a.step == STEP, a.occurrence == week, a.person == person,
        a.state == AlertState.PENDING.value, a.message.is_(None),
    )  # fmt: skip
    found: int | None = connection.scalar(query.with_for_update())
    return found
