"""Rehearse: the same poll and the same escalation on a database of which nothing stays."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alertd.core.errors import FeedError
from alertd.jobs import escalate
from alertd.store import effects
from alertd.store.intake import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from alertd.core.freshness import MaxAge
    from alertd.feeds import Source
    from alertd.jobs.poll import Poll


@dataclass(frozen=True, slots=True)
class Effects:
    """What taking one source would do; `refused` says why it would not be taken, and then nothing else is set.

    Rows as `store/effects` gives them. `fired` is what would be sent because of this poll, beside what is due anyway.
    """

    refused: str = ""
    counts: Counts = field(default_factory=Counts)
    due_moves: Sequence[Any] = ()
    phases: Sequence[Any] = ()
    missing: Sequence[Any] = ()
    spell_ends: Sequence[Any] = ()
    fired: Sequence[Any] = ()


async def rehearse(poll: Poll, source: Source, ages: Mapping[str, MaxAge], now: datetime) -> Effects:
    """Take a source and let fire what falls due, on the database of `poll`, which must be a rehearsal's."""
    database, rules = poll.database, poll.rules
    await asyncio.to_thread(escalate.tick, database, rules, ages, now)
    with database.read() as connection:
        mark = effects.mark(connection)
    try:
        counts = await poll.take(source, now)
    except FeedError as error:
        return Effects(refused=str(error))
    await asyncio.to_thread(escalate.tick, database, rules, ages, now)
    with database.read() as connection:
        return Effects(
            "", counts, effects.due_moves(connection, mark), effects.phases(connection, mark),
            effects.gone(connection, poll.feed.name, now), effects.spell_ends(connection, now),
            effects.fired(connection, mark),
        )  # fmt: skip
