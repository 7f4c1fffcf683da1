"""Alerts that no policy writes: `vanished` to the unit's head; `feed`, `delivery`, `channel` to the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from alertd.core.delivery import PartState
from alertd.core.firing import AlertState
from alertd.core.organisation import Target
from alertd.core.outcome import Outcome
from alertd.core.policy import Urgency
from alertd.store.tables import alerts, attempts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select

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


def delivery_alarm(connection: Connection, rules: Rules, person: str, note: str, now: datetime) -> None:
    """Tell the admin that somebody cannot be reached (`unreachable`) or gives no answer (`unknown`).

    Once, and again only after something reached the person in between; never the unreachable person.
    """
    people = [p for p in rules.organisation.on(rules.local_date(now)).admin() if p != person]
    reached = select(outbox.c.settled_at).where(outbox.c.person == person, outbox.c.state == PartState.ACCEPTED.value)
    if people and not _told_since(connection, "delivery", person, note, reached):
        _record(connection, people, now, subject=person, step="delivery", note=note, urgency=Urgency.HIGH)


def channel_alarm(connection: Connection, rules: Rules, channel: str, note: str, now: datetime) -> None:
    """Tell the admin that a channel refuses everything; once, and again only after it accepted something in between."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    worked = select(attempts.c.finished_at).where(
        attempts.c.channel == channel, attempts.c.outcome == Outcome.ACCEPTED.value
    )
    if not _told_since(connection, "channel", channel, None, worked):
        _record(connection, people, now, subject=channel, step="channel", note=note, urgency=Urgency.HIGH)


def _told_since(connection: Connection, step: str, subject: str, note: str | None, well: Select[Any]) -> bool:
    """Whether this was told after the last instant of `well`, a query of instants."""
    (instants,) = well.selected_columns
    query = select(func.max(alerts.c.recorded_at)).where(
        alerts.c.dossier_id == 0, alerts.c.step == step, alerts.c.subject == subject,
        *([] if note is None else [alerts.c.note == note]),
    )  # fmt: skip
    told = connection.scalar(query)
    return told is not None and connection.execute(well.where(instants > told).limit(1)).first() is None


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
