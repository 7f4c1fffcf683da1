"""Alerts that no policy writes: `vanished` to the unit's head, `feed` to the admin (DESIGN section 5, reserved steps)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from alertd.core.firing import AlertState
from alertd.core.organisation import Target
from alertd.core.policy import Urgency
from alertd.store.tables import alerts, dossiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.transition import SpellEnd

HEAD = Target.parse("head")
#: How the note of such an alarm begins; the dossiers' codes follow.
ALTERNATING = "alternating: "


def vanished(
    connection: Connection, rules: Rules, dossier_id: int, unit: str | None, kind: SpellEnd, now: datetime
) -> None:
    """Tell the unit's head that an overdue spell ended by anything but a plausible finish."""
    people = rules.organisation.on(rules.local_date(now)).resolve(HEAD, unit, ())
    episode = connection.scalar(select(dossiers.c.episode).where(dossiers.c.id == dossier_id)) or 1
    _record(connection, people, now, dossier_id=dossier_id, step="vanished", unit=unit, note=kind.value,
            episode=episode, urgency=Urgency.HIGH)  # fmt: skip


def feed_alarm(connection: Connection, rules: Rules, feed: str, note: str, now: datetime) -> None:
    """Tell the admin once that a feed is not to be trusted."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, subject=feed, step="feed", note=note, urgency=Urgency.HIGH)


def alternating(connection: Connection, rules: Rules, feed: str, codes: Sequence[str], now: datetime) -> None:
    """Tell the admin, once a day while it lasts, that due dates of a feed go back and forth."""
    told = select(alerts.c.id).where(
        alerts.c.dossier_id == 0, alerts.c.subject == feed, alerts.c.step == "feed",
        alerts.c.note.startswith(ALTERNATING), alerts.c.recorded_at > now - timedelta(days=1),
    )  # fmt: skip
    if connection.execute(told.limit(1)).first() is None:
        feed_alarm(connection, rules, feed, f"{ALTERNATING}{', '.join(codes[:5])}", now)


def delivery_alarm(connection: Connection, rules: Rules, person: str, now: datetime) -> None:
    """Tell the admin that somebody cannot be reached; once, and not the unreachable person."""
    people = [p for p in rules.organisation.on(rules.local_date(now)).admin() if p != person]
    told = select(alerts.c.id).where(alerts.c.step == "delivery", alerts.c.subject == person, alerts.c.dossier_id == 0)
    if people and connection.execute(told.limit(1)).first() is None:
        _record(connection, people, now, subject=person, step="delivery", note="unreachable", urgency=Urgency.HIGH)


def _record(
    connection: Connection,
    people: Iterable[str],
    now: datetime,
    *,
    step: str,
    note: str,
    urgency: Urgency,
    dossier_id: int = 0,
    subject: str = "",
    unit: str | None = None,
    episode: int = 1,
) -> None:
    """One alert a person; the occurrence counts how often this was raised before, so that each is told once."""
    same = (alerts.c.dossier_id == dossier_id, alerts.c.subject == subject, alerts.c.episode == episode,
            alerts.c.step == step)  # fmt: skip
    last = connection.scalar(select(func.max(alerts.c.occurrence)).where(*same))
    row: dict[str, Any] = {
        "dossier_id": dossier_id, "subject": subject, "episode": episode, "step": step,
        "occurrence": 0 if last is None else last + 1, "folded": 0, "policy": "", "target": "", "unit": unit,
        "at": now, "recorded_at": now, "urgency": urgency.value, "late_reason": None, "note": note,
    }  # fmt: skip
    rows = [row | {"person": person, "state": AlertState.PENDING.value} for person in people]
    if not rows:
        rows = [row | {"person": "", "state": AlertState.NOBODY.value}]
    connection.execute(insert(alerts), rows)
