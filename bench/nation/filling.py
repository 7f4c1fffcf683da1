"""A store with millions of dossiers in minutes: some come in by polls as always, the rest are copies of their rows.

Copies differ in their ids, keys and codes alone; every table and index has as many rows as if all had come by polls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, literal, select, text

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.jobs import escalate
from alertd.store import polls
from alertd.store.intake import Intake
from alertd.store.tables import alerts, dossiers, observations, phase_changes
from bench.ground import NOW, far

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from alertd.core.dossier import Observation
    from alertd.core.rules import Rules
    from alertd.store.database import Database
    from bench.nation.lives import Lives

#: So many come in by polls, at most; the rest are copies of these.
POLLED = 50_000
#: When the dossiers came in, and when those that ended did.
CAME, ENDED = NOW - timedelta(days=5), NOW - timedelta(days=1)


def feed_of(seen: Observation) -> str:
    """A feed a province."""
    return f"portal-{seen.unit[:3]}"


def poll(database: Database, rules: Rules, shown: Iterable[Observation], now: datetime, scope: str = "part") -> Intake:
    """One poll of one feed, as the daemon does it after reading."""
    rows = iter(shown)
    intake = None
    while chunk := list(islice(rows, polls.CHUNK)):
        if intake is None:
            feed = feed_of(chunk[0])
            with database.write() as connection:
                intake = Intake(feed, polls.begin(connection, feed, feed, "", now, now), rules, now, now)
        with database.write() as connection:
            intake.take(connection, chunk)
    assert intake is not None
    with database.write() as connection:
        polls.end(connection, intake, scope=scope, detail="", ended_at=now)
    return intake


def by_feed(shown: Iterable[Observation]) -> dict[str, list[Observation]]:
    """The same, apart by feed."""
    found: dict[str, list[Observation]] = {}
    for seen in shown:
        found.setdefault(feed_of(seen), []).append(seen)
    return found


def calm(lives: Lives, count: int, first: int = 0) -> Iterable[Observation]:
    """Open dossiers with no step near."""
    for number in range(first, first + count):
        life = lives.life(number)
        seen = lives.shown(life, life.received, life.at)
        yield replace(seen, received_at=CAME, due_at=far(number))


def fill(database: Database, rules: Rules, lives: Lives, first: int, count: int, *, ended: bool = False) -> None:
    """So many dossiers from number `first` on: open with nothing due, or ended with the history of a late one."""
    polled = min(POLLED, count)
    with database.read() as connection:
        last = connection.scalar(select(func.coalesce(func.max(dossiers.c.id), 0)))
    for shown in by_feed(calm(lives, polled, first)).values():
        if not ended:
            poll(database, rules, shown, CAME)
            continue
        # past its promise when it is first seen: steps fire, and then it ends
        late = [replace(seen, due_at=ENDED - timedelta(days=1)) for seen in shown]
        poll(database, rules, late, CAME)
        escalate.tick(database, rules, {feed_of(late[0]): MaxAge(working_days=30)}, ENDED)
        poll(database, rules, [replace(each, phase=Phase.DONE, status="x", finished_at=ENDED) for each in late], ENDED)
    for begin in range(polled, count, polled):
        _copy(database, last, polled, min(polled, count - begin), begin)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))


def _copy(database: Database, last: int, polled: int, count: int, shift: int) -> None:
    """`count` dossiers from above id `last` on once more, with their history and alerts; ids are `shift` higher."""
    chosen = dossiers.c.id > last, dossiers.c.id <= last + count
    suffix = literal(f"-{shift // polled}")
    with database.write() as connection:
        for table in (dossiers, observations, phase_changes, alerts):
            taken = {column.name: column for column in table.columns}
            if table is dossiers:
                taken |= {name: taken[name] + suffix for name in ("key", "code", "code_norm")}
                taken["id"] = dossiers.c.id + shift
                query = select(*taken.values()).where(*chosen)
            else:
                taken.pop("id")
                taken["dossier_id"] = table.c.dossier_id + shift
                query = select(*taken.values()).where(table.c.dossier_id > last, table.c.dossier_id <= last + count)
            connection.execute(insert(table).from_select(list(taken), query))
        if not database.is_sqlite:
            connection.execute(text("SELECT setval('dossiers_id_seq', (SELECT max(id) FROM dossiers))"))
