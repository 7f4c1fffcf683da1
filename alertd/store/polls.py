"""Polls and the state of feeds: what was read, what it showed to be missing, since when a feed is not to be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, update

from alertd.core.shape import Profile
from alertd.core.text import normal_code
from alertd.core.transition import PlanReason, SpellEnd
from alertd.store import absences, reserved, spells
from alertd.store.bulk import among
from alertd.store.database import upsert, upsert_many
from alertd.store.paging import OPEN
from alertd.store.tables import dossiers, feeds, polls, quarantine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.dossier import Reject
    from alertd.store.intake import Counts, Intake

CHUNK = 5000
State = Row[Any]


OK, FAILED, INCOMPLETE, SHRUNK, CHANGED = "ok", "failed", "incomplete", "shrunk", "changed"


def taken(connection: Connection, feed: str, source: str, digest: str, as_of: datetime) -> bool:
    """Whether this file is what was last taken of it.

    Other content is read, also when it was there before; and so is the same content of a later date: an export that
    shows no change is news.
    """
    query = (
        select(polls.c.digest, polls.c.as_of)
        .where(polls.c.feed == feed, polls.c.source == source, polls.c.complete)
        .order_by(polls.c.id.desc())
        .limit(1)
    )
    last = connection.execute(query).first()
    return last is not None and last.digest == digest and last.as_of >= as_of


def state(connection: Connection, feed: str) -> Row[Any] | None:
    """The feed's row; None before its first poll."""
    return connection.execute(select(feeds).where(feeds.c.name == feed)).first()


def states(connection: Connection) -> dict[str, Row[Any]]:
    """All feeds ever polled, by name."""
    return {row.name: row for row in connection.execute(select(feeds))}


def data_at(connection: Connection, at: datetime) -> dict[str, datetime]:
    """Of what instant the newest data were that a complete poll had brought by then, by feed."""
    query = select(polls.c.feed, func.max(polls.c.as_of)).where(polls.c.complete, polls.c.started_at < at)
    return dict(connection.execute(query.group_by(polls.c.feed).order_by(polls.c.feed)).all())


def begin(connection: Connection, feed: str, source: str, digest: str, as_of: datetime, now: datetime) -> int:
    """Record that a poll starts; gives its id."""
    result = connection.execute(
        insert(polls).values(
            feed=feed, source=source, digest=digest, as_of=as_of, started_at=now, rows=0, new=0, changed=0, rejected=0,
            complete=False, detail="",
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def end(
    connection: Connection, intake: Intake, *, scope: str, detail: str, ended_at: datetime, skew: int | None = None
) -> None:
    """Close a poll. Without a `detail` it is complete: only then missing dossiers are looked for and spells opened.

    `skew` is how many seconds the portal's clock is ahead.
    """
    counts, complete = intake.counts, detail == ""
    connection.execute(
        update(polls).where(polls.c.id == intake.poll_id).values(
            ended_at=ended_at, rows=counts.rows, new=counts.new, changed=counts.changed, rejected=counts.rejected,
            complete=complete, detail=detail, skew=skew,
        )
    )  # fmt: skip
    _read_after_all(connection, intake, whole=complete and scope != "part")
    if complete:
        if scope in ("all", "open"):
            _mark_missing(connection, intake)
        spells.open_new(connection, intake.feed, intake.as_of, intake.now)
        _put_back(connection, intake.feed, intake.now)
    if counts.alternating:
        reserved.alternating(connection, intake.rules, intake.feed, counts.alternating, intake.now)
    _set_state(connection, intake, counts, complete=complete, detail=detail)
    connection.execute(update(feeds).where(feeds.c.name == intake.feed).values(skew=skew))


def _set_state(connection: Connection, intake: Intake, counts: Counts, *, complete: bool, detail: str) -> None:
    if complete:
        before = state(connection, intake.feed)
        known = newest(before, intake.now)
        as_of = intake.as_of if known is None else max(intake.as_of, known)
        upsert(connection, feeds, ["name"], {
            "name": intake.feed, "state": OK, "detail": "", "polled_at": intake.now, "complete_at": intake.now,
            "as_of": as_of, "rows": counts.rows, "failing_since": None, "failures": 0,
        })  # fmt: skip
    else:
        fault(connection, intake.feed, INCOMPLETE, detail, intake.now)


def fault(connection: Connection, feed: str, kind: str, detail: str, now: datetime) -> None:
    """Show that the last poll of a feed was no good; what was known of it stays."""
    before = state(connection, feed)
    values = {
        "state": kind, "detail": detail, "polled_at": now, "failures": 1 + (before.failures if before else 0),
        "failing_since": now if before is None or before.failing_since is None else before.failing_since,
    }  # fmt: skip
    upsert(connection, feeds, ["name"], {"name": feed, "rows": 0, **values}, list(values))


def still_right(connection: Connection, feed: str, now: datetime) -> None:
    """Nothing new to read: whatever was wrong with the last look is over, what is known is as old as before."""
    connection.execute(
        update(feeds).where(feeds.c.name == feed, feeds.c.complete_at.is_not(None))
        .values(state=OK, detail="", polled_at=now, failing_since=None, failures=0)
    )  # fmt: skip


def newest(row: State | None, now: datetime) -> datetime | None:
    """Of when the data of a feed are; None of none, and of those from the future: the clock was set back since."""
    found: datetime | None = None if row is None else row.as_of
    return None if found is None or found > now else found


def profile(row: State | None) -> Profile | None:
    """What the last complete poll that was right looked like."""
    return None if row is None or row.profile is None else Profile.of(row.profile)


def set_profile(connection: Connection, feed: str, shown: Profile) -> None:
    """From now on polls are compared with this one."""
    connection.execute(update(feeds).where(feeds.c.name == feed).values(profile=shown.plain()))


def set_aside(connection: Connection, intake: Intake, rejects: Sequence[Reject]) -> None:
    """Keep each row that cannot be taken, with its reason, on the list that the admin sees."""
    if not rejects:
        return
    intake.counts.rejected += len(rejects)
    intake.unreadable.update(normal_code(reject.code) for reject in rejects)
    listed = connection.execute(
        select(quarantine.c.code, quarantine.c.reason, func.min(quarantine.c.first_seen_at))
        .where(quarantine.c.feed == intake.feed, among(connection, quarantine.c.code, [each.code for each in rejects]))
        .group_by(quarantine.c.code, quarantine.c.reason)
    )
    since = {(code, reason): first for code, reason, first in listed}
    upsert_many(
        connection,
        quarantine,
        ["feed", "code", "reason", "row"],
        [
            {
                "feed": intake.feed, "code": reject.code, "reason": reject.reason, "row": reject.row,
                "poll_id": intake.poll_id, "first_seen_at": since.get((reject.code, reject.reason), intake.now),
                "last_seen_at": intake.now,
            }
            for reject in rejects
        ],
        ["poll_id", "last_seen_at"],
    )  # fmt: skip


def _read_after_all(connection: Connection, intake: Intake, *, whole: bool) -> None:
    """Take off the list what was set aside before and could be read this time, or is gone from a `whole` source.

    What this poll has set aside takes the place of what earlier ones said of the same code, or of rows without one.
    """
    listed = connection.execute(
        select(quarantine.c.id, quarantine.c.code).where(
            quarantine.c.feed == intake.feed, quarantine.c.poll_id != intake.poll_id
        )
    )
    told = intake.seen | intake.unreadable
    read = [row.id for row in listed if whole or normal_code(row.code) in told]
    if read:
        connection.execute(delete(quarantine).where(among(connection, quarantine.c.id, read)))


def _mark_missing(connection: Connection, intake: Intake) -> None:
    """Hold what a complete poll no longer shows; after the second one its overdue spell ends as disappeared.

    A row that is there but cannot be read is no absence.
    """
    query = select(
        dossiers.c.id,
        dossiers.c.key,
        dossiers.c.code_norm,
        dossiers.c.unit,
        dossiers.c.missing_polls,
        dossiers.c.overdue_since,
    ).where(dossiers.c.feed == intake.feed, OPEN)
    absent = [
        row for row in connection.execute(query, execution_options={"yield_per": CHUNK})  # streamed from the server too
        if row.key not in intake.seen and row.code_norm not in intake.unreadable
    ]  # fmt: skip
    for start in range(0, len(absent), CHUNK):
        part = absent[start : start + CHUNK]
        ids = [row.id for row in part]
        connection.execute(
            update(dossiers).where(dossiers.c.id.in_(ids), dossiers.c.missing_since.is_(None))
            .values(missing_since=intake.now, next_step_at=None, waiting_at=None)
        )  # fmt: skip
        connection.execute(
            update(dossiers).where(dossiers.c.id.in_(ids)).values(missing_polls=dossiers.c.missing_polls + 1)
        )
    absences.begin(connection, [row.id for row in absent if row.missing_polls == 0], intake.now)
    gone = [(row.id, row.unit) for row in absent if row.missing_polls == 1 and row.overdue_since is not None]
    if gone:
        ids = [dossier_id for dossier_id, _ in gone]
        spells.end(connection, ids, SpellEnd.DISAPPEARED, intake.now)
        connection.execute(update(dossiers).where(among(connection, dossiers.c.id, ids)).values(overdue_since=None))
        reserved.vanished(connection, intake.rules, gone, SpellEnd.DISAPPEARED, intake.now)


def put_back_fresh(connection: Connection, fresh: Collection[str], now: datetime) -> None:
    """Put back what waits on fresh data: a tick that saw them stale was overtaken by the end of the poll."""
    for feed in fresh:
        waiting = select(dossiers.c.id).where(dossiers.c.feed == feed, dossiers.c.waiting_at.is_not(None))
        if connection.execute(waiting.limit(1)).first() is not None:
            _put_back(connection, feed, now)


def _put_back(connection: Connection, feed: str, now: datetime) -> None:
    """Fresh data are here: steps that waited for them may fire, late."""
    connection.execute(
        update(dossiers)
        .where(dossiers.c.feed == feed, dossiers.c.waiting_at.is_not(None), dossiers.c.missing_since.is_(None))
        .values(next_step_at=dossiers.c.waiting_at, waiting_at=None, planned_at=now,
                plan_reason=PlanReason.STALE.value)
    )  # fmt: skip
