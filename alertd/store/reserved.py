"""Alerts that no policy writes.

`vanished` goes to the unit's head, `resolved` to whoever was told that it is overdue, `feed`, `delivery`, `channel`,
`config`, `audit`, `calendar` and `storm` to the admin.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select, update

from alertd.core.delivery import PartState
from alertd.core.digest import RESOLVED, VANISHED
from alertd.core.firing import AlertState
from alertd.core.organisation import Target
from alertd.core.outcome import Outcome
from alertd.core.policy import Urgency
from alertd.core.transition import SpellEnd
from alertd.store.bulk import among
from alertd.store.database import insert_new
from alertd.store.tables import alerts, attempts, dossiers, outbox, overdue_spells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from alertd.core.rules import Rules

HEAD = Target.parse("head")
#: How the note about a channel begins that still sends: the rest is said as it is.
NEWS = "news: "
#: How the note of such an alarm begins; the dossiers' codes follow.
ALTERNATING = "alternating: "
#: The step that tells of differences between the ledger and its audit, and how many codes one alarm names.
LEDGER, CODES = "audit", 5
#: The step that tells of a year, its subject, whose days off are not written.
YEAR = "calendar"
#: The note of a configuration that is right again, after one that was not taken.
TAKEN = "taken"


def vanished(
    connection: Connection, rules: Rules, ended: Sequence[tuple[int, str | None]], kind: SpellEnd, now: datetime
) -> None:
    """Tell the units' heads that dossiers (id, unit) are overdue no more by anything but a plausible finish.

    Any number at once, such as finishes dated back in bulk; each end is told, also the second of one episode.
    """
    ids = [dossier_id for dossier_id, _ in ended]
    query = (
        select(dossiers.c.id, dossiers.c.episode, func.max(alerts.c.occurrence).label("last"))
        .outerjoin(
            alerts,
            (alerts.c.dossier_id == dossiers.c.id)
            & (alerts.c.episode == dossiers.c.episode)
            & (alerts.c.step == VANISHED),
        )
        .where(among(connection, dossiers.c.id, ids))
        .group_by(dossiers.c.id, dossiers.c.episode)
    )
    known = {row.id: row for row in connection.execute(query)}
    directory = rules.organisation.on(rules.local_date(now))
    heads = {unit: directory.resolve(HEAD, unit, ()) for unit in {unit for _, unit in ended}}
    rows = []
    for dossier_id, unit in ended:
        row = known[dossier_id]
        rows += _rows(
            heads[unit], now, dossier_id=dossier_id, step=VANISHED, unit=unit, note=kind.value, episode=row.episode,
            urgency=Urgency.HIGH, occurrence=0 if row.last is None else row.last + 1,
        )  # fmt: skip
    connection.execute(insert(alerts), rows)


def resolved(connection: Connection, dossier_ids: Sequence[int], now: datetime) -> None:
    """Tell everybody who was told that a dossier is overdue that it is finished; its spell has just ended so.

    Told: a message that named it in this spell, at or after its due instant, was tried.
    """
    tried = exists().where(
        outbox.c.message == alerts.c.message, outbox.c.attempts > 0,
        outbox.c.state.not_in((PartState.FAILED.value, PartState.SUPERSEDED.value)),
    )  # fmt: skip
    query = (
        select(alerts.c.dossier_id, alerts.c.person, dossiers.c.episode, dossiers.c.unit)
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .join(overdue_spells, (overdue_spells.c.dossier_id == dossiers.c.id) & (overdue_spells.c.ended_seen_at == now))
        .where(
            among(connection, alerts.c.dossier_id, list(dossier_ids)), alerts.c.policy != "",
            alerts.c.state == AlertState.SENT.value, alerts.c.at >= overdue_spells.c.due_at,
            overdue_spells.c.end_kind == SpellEnd.FINISHED.value, tried,
        )
        .distinct()
        .order_by(alerts.c.dossier_id, alerts.c.person)
    )  # fmt: skip
    rows = [
        {
            "dossier_id": row.dossier_id, "subject": "", "episode": row.episode, "step": RESOLVED, "occurrence": 0,
            "folded": 0, "person": row.person, "policy": "", "target": "", "unit": row.unit, "at": now,
            "recorded_at": now, "state": AlertState.PENDING.value, "urgency": Urgency.NORMAL.value,
            "late_reason": None, "note": "", "message": None,
        }
        for row in connection.execute(query)
    ]  # fmt: skip
    if rows:
        insert_new(connection, alerts, rows)


def storm_alarm(connection: Connection, rules: Rules, storm: int, note: str, now: datetime) -> None:
    """Tell the admin that a storm is held; `note` is as `core.storm.note` writes it."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, subject=str(storm), step="storm", note=note, urgency=Urgency.HIGH)


def storm_told(connection: Connection, storm: int) -> datetime | None:
    """When the admin was last told of a storm."""
    told = alerts.c.dossier_id == 0, alerts.c.step == "storm", alerts.c.subject == str(storm)
    at: datetime | None = connection.scalar(select(func.max(alerts.c.recorded_at)).where(*told))
    return at


def configuration_alarm(connection: Connection, rules: Rules, note: str, now: datetime) -> None:
    """Tell the admin that an edited configuration is not taken, with its fault; or with `TAKEN` that it is."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, step="config", note=note, urgency=Urgency.HIGH)


def ledger_alarm(
    connection: Connection, rules: Rules, new: int, total: int, codes: Sequence[str], now: datetime
) -> None:
    """Tell the admin that an audit found differences that it had not found before, in dossiers of these codes."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    named = ", ".join(codes[:CODES]) + (", …" if len(codes) > CODES else "")
    _record(connection, people, now, step=LEDGER, note=f"new|{new}|{total}|{named}", urgency=Urgency.HIGH)


def ledger_better(connection: Connection, rules: Rules, gone: int, left: int, now: datetime) -> None:
    """Tell the admin that differences of which they have heard are no more, and how many are left."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, step=LEDGER, note=f"gone|{gone}|{left}|", urgency=Urgency.NORMAL)


def year_alarm(connection: Connection, rules: Rules, year: int, calendars: str, now: datetime) -> bool:
    """Tell the admin that these calendars lack a year's days off, unless that was told already."""
    told = *_of_year(year), alerts.c.state != AlertState.SUPERSEDED.value
    if connection.execute(select(alerts.c.id).where(*told).limit(1)).first() is not None:
        return False
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, subject=str(year), step=YEAR, note=calendars, urgency=Urgency.HIGH)
    return True


def take_back_year(connection: Connection, year: int) -> None:
    """Take back an alarm of a year that has not left yet; one that has left asks for no word after it."""
    waiting = *_of_year(year), alerts.c.state == AlertState.PENDING.value
    connection.execute(update(alerts).where(*waiting).values(state=AlertState.SUPERSEDED.value))


def _of_year(year: int) -> tuple[ColumnElement[bool], ...]:
    return alerts.c.dossier_id == 0, alerts.c.subject == str(year), alerts.c.step == YEAR


def feed_alarm(
    connection: Connection, rules: Rules, feed: str, note: str, now: datetime, urgency: Urgency = Urgency.HIGH
) -> None:
    """Tell the admin that a feed is not to be trusted, or is so again; how the note begins says which."""
    people = rules.organisation.on(rules.local_date(now)).admin()
    _record(connection, people, now, subject=feed, step="feed", note=note, urgency=urgency)


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


def address_alarm(connection: Connection, rules: Rules, person: str, channel: str, now: datetime) -> None:
    """Tell the admin that a channel reaches somebody no more, though another one does (delivery reference 7.2).

    Once, and again only after that channel reached the person in between.
    """
    people = rules.organisation.on(rules.local_date(now)).admin()
    reached = (
        select(attempts.c.finished_at)
        .join(outbox, outbox.c.id == attempts.c.outbox_id)
        .where(outbox.c.person == person, attempts.c.channel == channel, attempts.c.outcome == Outcome.ACCEPTED.value)
    )
    if not _told_since(connection, "address", person, channel, reached):
        _record(connection, people, now, subject=person, step="address", note=channel, urgency=Urgency.HIGH)


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
    subject: str = "",
) -> None:
    """One alert a person, about no dossier; the occurrence counts how often this was raised, so that each is told."""
    same = alerts.c.dossier_id == 0, alerts.c.subject == subject, alerts.c.episode == 1, alerts.c.step == step
    last = connection.scalar(select(func.max(alerts.c.occurrence)).where(*same))
    rows = _rows(people, now, step=step, note=note, urgency=urgency, subject=subject,
                 occurrence=0 if last is None else last + 1)  # fmt: skip
    connection.execute(insert(alerts), rows)


def _rows(
    people: Iterable[str],
    now: datetime,
    *,
    step: str,
    note: str,
    urgency: Urgency,
    occurrence: int,
    dossier_id: int = 0,
    subject: str = "",
    unit: str | None = None,
    episode: int = 1,
) -> list[dict[str, Any]]:
    """An alert for each of these people, or one for nobody."""
    row: dict[str, Any] = {
        "dossier_id": dossier_id, "subject": subject, "episode": episode, "step": step, "occurrence": occurrence,
        "folded": 0, "policy": "", "target": "", "unit": unit, "at": now, "recorded_at": now, "urgency": urgency.value,
        "late_reason": None, "note": note,
    }  # fmt: skip
    rows = [row | {"person": person, "state": AlertState.PENDING.value} for person in people]
    return rows or [row | {"person": "", "state": AlertState.NOBODY.value}]
