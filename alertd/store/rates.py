"""Alerts about rates below plan: one a week for each unit and person, in the ledger like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.store.database import insert_new
from alertd.store.tables import alerts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

STEP = "rates"


def record(
    connection: Connection, people: Sequence[str], unit: str, week: int, note: str, at: datetime, now: datetime
) -> None:
    """Tell people of a unit ("" is the whole) at an instant; once a week (as 202648), whoever asks how often."""
    row = {
        "dossier_id": 0, "subject": unit, "episode": 1, "step": STEP, "occurrence": week, "folded": 0, "policy": "",
        "target": "", "unit": unit or None, "at": at, "recorded_at": now, "urgency": Urgency.NORMAL.value,
        "late_reason": None, "note": note, "message": None,
    }  # fmt: skip
    rows = [row | {"person": person, "state": AlertState.PENDING.value} for person in people]
    if not rows:
        rows = [row | {"person": "", "state": AlertState.NOBODY.value}]
    insert_new(connection, alerts, rows)
