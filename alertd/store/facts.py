"""The facts of a period from the history: what was known of each dossier at an instant, whatever came later."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from alertd.core.dossier import Clock, Filing, PauseKind, Phase
from alertd.core.rates.asof import Beside, Ground, Known, fact, fold
from alertd.core.rates.tally import Move, Spell
from alertd.core.transition import DueKind, SpellEnd
from alertd.store.bulk import among
from alertd.store.tables import (
    absences,
    dossiers,
    due_changes,
    handovers,
    observations,
    overdue_spells,
    pauses,
    phase_changes,
    polls,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from alertd.core.rates.fact import Fact, Period
    from alertd.core.rules import Rules

#: Fields of an observation that a fact needs, as they stand in the dossier's row.
_SHOWN = (
    "code", "phase", "received_unit", "officers", "procedure_code", "procedure", "channel", "received_at", "due_at",
    "due_on", "finished_at", "returned_at", "supplements", "service_level", "fee", "fee_total", "paid_online",
    "result_required", "result_digital", "components_digital",
)  # fmt: skip
_DERIVED = (
    "id", "feed", "unit_text", "clock", "first_seen_at", "changed_at", "ended_seen_at", "paused_since", "pause_count",
    "due_original_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a period's figures are made from. `since` is when each feed was first read."""

    facts: Mapping[int, Fact]
    moves: tuple[Move, ...]
    spells: tuple[Spell, ...]
    since: Mapping[str, datetime]


def last_observation(connection: Connection) -> int:
    """The number of the last observation on record."""
    return connection.scalar(select(func.max(observations.c.id))) or 0


def first_reads(connection: Connection, known_at: datetime) -> dict[str, datetime]:
    """When each feed that was known at an instant was first read, by the name of the feed."""
    d, p = dossiers.c, polls.c
    shown = select(d.feed, func.min(d.first_seen_at)).where(d.first_seen_at < known_at).group_by(d.feed)
    read = select(p.feed, func.min(p.started_at)).where(p.complete, p.started_at < known_at).group_by(p.feed)
    first: dict[str, datetime] = {}
    for feed, at in [*connection.execute(shown), *connection.execute(read)]:
        first[feed] = min(at, first.get(feed, at))
    return dict(sorted(first.items()))


def earliest_receipt(connection: Connection) -> datetime | None:
    """The earliest date of receipt that any feed has shown, else when the first dossier was seen."""
    d = dossiers.c
    received, seen = connection.execute(select(func.min(d.received_at), func.min(d.first_seen_at))).one()
    found: datetime | None = received or seen
    return found


def gather(
    connection: Connection,
    rules: Rules,
    period: Period,
    known_at: datetime,
    observed_to: int,
    each: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> Gathered:
    """The facts of a period as known at an instant (exclusive), up to an observation (inclusive).

    What is long is gone through by `each`, which may cut it off.
    """
    since = first_reads(connection, known_at)
    directory = rules.organisation.on(period.last_day)
    grounds = {feed: Ground(rules, directory, period, at) for feed, at in since.items()}
    slow = _accepted_since(connection, period.counted_until, known_at)
    slow |= _observed_after(connection, known_at, observed_to)
    missing = _missing(connection, period.cutoff, known_at)
    supplements = _supplements(connection, known_at)
    takers = _takers(connection, known_at)

    def beside(row: Row[Any]) -> Beside:
        return Beside(row.due_original_at, takers.get(row.id), row.id in missing, supplements.get(row.id))

    facts: dict[int, Fact] = {}
    folded: dict[int, Any] = {}
    for row in each(connection.execute(_candidates(connection, period, known_at, since, slow)).yield_per(5000)):
        seen_before = since[row.feed] < period.cutoff
        changed_since = row.changed_at >= (min(known_at, period.cutoff) if seen_before else known_at)
        if changed_since or row.id in slow:
            folded[row.id] = row
            continue
        known = _known(row)
        made = fact(row.id, known, known if seen_before else None, grounds[row.feed], beside(row))
        if made is not None:
            facts[row.id] = made
    for id_, (known, then) in each(_folded(connection, list(folded), period.cutoff, known_at, observed_to)):
        row = folded[id_]
        made = fact(id_, known, then, grounds[row.feed], beside(row))
        if made is not None:
            facts[id_] = made
    return Gathered(dict(sorted(facts.items())), _moves(connection, period), _spells(connection, period), since)


def _candidates(
    connection: Connection, period: Period, known_at: datetime, since: Mapping[str, datetime], slow: set[int]
) -> Any:
    """Dossiers that may have come, left or been open in the period; the facts decide."""
    d = dossiers.c
    ended = func.coalesce(d.finished_at, d.returned_at)
    left: ColumnElement[bool] = or_(d.ended_seen_at >= period.counted_until, ended >= period.start)
    unread = [feed for feed, at in since.items() if at >= period.counted_until]
    if unread:  # before all history dates alone count
        left = and_(left, ~and_(d.feed.in_(unread), ended < period.start))
    came = or_(d.received_at.is_(None), d.received_at < period.cutoff, d.first_seen_at < period.cutoff)
    # what a row says now is no guide to what it said before it changed
    read = [feed for feed, at in since.items() if at < period.cutoff]
    changed = or_(
        d.changed_at >= known_at,
        and_(d.feed.in_(read), d.changed_at >= period.cutoff),
        among(connection, d.id, list(slow)),
    )
    # copies, from which no deadline may be taken, stand in their own portal's feed already
    return select(*(d[name] for name in (*_DERIVED, *_SHOWN))).where(
        d.first_seen_at < known_at,
        or_(d.untimed.is_(None), ~d.untimed),
        or_(changed, and_(came, or_(d.clock != Clock.ENDED.value, left))),
    )


def _known(row: Row[Any]) -> Known:
    """A dossier that has not changed since: its row says all."""
    shown = dict(zip(_SHOWN, row[len(_DERIVED) :], strict=True))
    shown["unit"] = row.unit_text
    shown["phase"] = Phase(shown["phase"])
    shown["channel"] = Filing(shown["channel"])
    shown["officers"] = tuple(shown["officers"])
    if shown["due_on"] is not None:
        shown["due_at"] = None  # the stored instant follows from the calendar of its day
    clock = Clock(row.clock)
    accepted = None if clock is Clock.ACCEPT else row.first_seen_at
    return Known(shown, clock, row.first_seen_at, accepted, row.ended_seen_at, row.paused_since, row.pause_count)


def _folded(
    connection: Connection, ids: list[int], cutoff: datetime, known_at: datetime, observed_to: int
) -> Iterable[tuple[int, tuple[Known, Known | None]]]:
    """Dossiers that changed later, from their observations: as known in the end, and as known at the cut-off."""
    o = observations.c
    query = (
        select(o.dossier_id, o.seen_at, o.changed)
        .where(among(connection, o.dossier_id, ids), o.seen_at < known_at, o.id <= observed_to)
        .order_by(o.dossier_id, o.id)
    )
    for id_, rows in groupby(connection.execute(query), key=itemgetter(0)):
        history = [(seen_at, changed) for _, seen_at, changed in rows]
        known = fold(history)
        if known is not None:
            yield id_, (known, fold([each for each in history if each[0] < cutoff]) if known_at > cutoff else known)


def _accepted_since(connection: Connection, since: datetime, until: datetime) -> set[int]:
    """Dossiers that may not have been accepted before an instant, though seen.

    A status that nobody knows stands where the one before stood: it may have been waiting still.
    """
    p = phase_changes.c
    waiting = p.old_phase.in_((Phase.PRE.value, Phase.UNKNOWN.value))
    query = select(p.dossier_id).where(waiting, p.seen_at >= since, p.seen_at < until)
    return set(connection.scalars(query))


def _observed_after(connection: Connection, known_at: datetime, observed_to: int) -> set[int]:
    """Dossiers of which a slow poll wrote something after an observation that it dates before an instant."""
    o = observations.c
    return set(connection.scalars(select(o.dossier_id).where(o.id > observed_to, o.seen_at < known_at)))


def _missing(connection: Connection, cutoff: datetime, known_at: datetime) -> set[int]:
    a = absences.c
    at = min(cutoff, known_at)
    return set(connection.scalars(select(a.dossier_id).where(a.since < at, or_(a.until.is_(None), a.until >= at))))


def _supplements(connection: Connection, known_at: datetime) -> dict[int, int]:
    """How often somebody was asked to add something, as was seen, where it was more than once."""
    p, times = pauses.c, func.count()
    query = select(p.dossier_id, times).where(p.kind == PauseKind.SUPPLEMENT.value, p.first_seen_at < known_at)
    return dict(connection.execute(query.group_by(p.dossier_id).having(times > 1)).all())


def _takers(connection: Connection, known_at: datetime) -> dict[int, str]:
    """Who had taken over which dossier."""
    h = handovers.c
    held: ColumnElement[bool] = or_(h.ended_at.is_(None), h.ended_at >= known_at)
    query = select(h.dossier_id, h.taker).where(h.at < known_at, held).order_by(h.at, h.id)
    return dict(connection.execute(query).all())


def _moves(connection: Connection, period: Period) -> tuple[Move, ...]:
    c = due_changes.c
    query = (
        select(c.dossier_id, c.seen_at, c.old_due_at, c.new_due_at, c.kind)
        .where(c.seen_at >= period.start, c.seen_at < period.cutoff)
        .order_by(c.seen_at, c.id)
    )
    return tuple(Move(*row[:4], DueKind(row[4])) for row in connection.execute(query))


def _spells(connection: Connection, period: Period) -> tuple[Spell, ...]:
    """Overdue spells that touch the period, with their end only if it lies in it."""
    s = overdue_spells.c
    query = (
        select(s.dossier_id, s.first_seen_at, s.due_at, s.ended_seen_at, s.end_kind)
        .where(s.first_seen_at < period.cutoff, or_(s.ended_seen_at.is_(None), s.ended_seen_at >= period.start))
        .order_by(s.dossier_id, s.id)
    )
    return tuple(
        Spell(*row[:3], row.ended_seen_at, SpellEnd(row.end_kind))
        if row.ended_seen_at is not None and row.ended_seen_at < period.cutoff
        else Spell(*row[:3])
        for row in connection.execute(query)
    )
