"""What the receiver saw, compared with the ledger and with the lives of the dossiers; and how much each person got."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from alertd.store.tables import alerts, dossiers, outbox
from bench.ground import ZONE
from bench.nation.places import ADMIN, head_of

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.store.database import Database

#: The steps at or after the due instant.
OVERDUE = {"overdue", "unit-head", "chairman"}


class Seen:
    """The receiver's record: how often each part came, what each named, and who was told that what is overdue."""

    def __init__(self, log: Path) -> None:
        self.parts: Counter[str] = Counter()
        self.named: dict[str, set[str]] = defaultdict(set)
        self.told: Counter[tuple[str, str, str]] = Counter()
        self.overdue: set[tuple[str, str]] = set()
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                part, person, *named = line.split()
                self.parts[part] += 1
                for each in named:
                    code, _, step = each.partition("/")
                    self.named[part.rpartition(".")[0]].add(code)
                    self.told[person, code, step] += 1
                    if step in OVERDUE:
                        self.overdue.add((person, code))


def against_ledger(database: Database, seen: Seen) -> dict[str, int]:
    """What the ledger says was sent and nobody saw, what was seen more often than that, and what still waits."""
    sent: Counter[tuple[str, str, str]] = Counter()
    lost = 0
    query = (
        select(alerts.c.person, dossiers.c.code, alerts.c.step, alerts.c.message, alerts.c.policy)
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(alerts.c.state == "sent")
    )
    with database.read() as connection:
        for person, code, step, message, policy in connection.execute(query, execution_options={"yield_per": 5000}):
            sent[person, code, step] += 1
            # what was finished is only counted where there is something else to say
            lost += policy != "" and code not in seen.named.get(message, ())
        parts = dict(connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all())
        waiting = connection.scalar(select(func.count()).select_from(alerts).where(alerts.c.state == "pending"))
    doubled = sum(count - 1 for count in seen.parts.values())
    doubled += sum(count - sent[told] for told, count in seen.told.items() if count > sent[told])
    accepted = parts.pop("accepted", 0)
    superseded = parts.pop("superseded", 0)
    return {"alerts": sent.total(), "parts": accepted, "superseded": superseded, "unsettled": sum(parts.values()),
            "lost": lost + abs(accepted - len(seen.parts)), "doubled": doubled, "waiting": waiting or 0}  # fmt: skip


def against_lives(lives, seen: Seen, days: int) -> tuple[int, int]:
    """Dossiers that ran past their promise for two days at least, and how many whose officer or head heard nothing."""
    first = lives.begin
    late, untold = 0, 0
    for number in range(max(first - lives.size.longest, 0) * lives.size.daily, (first + days) * lives.size.daily):
        life = lives.life(number)
        ran = first <= life.due and life.due + 2 < min(life.finished, first + days)
        if not ran or life.pause or life.put_off:
            continue
        shown = lives.shown(life, life.due, life.at)
        late += 1
        untold += any((who, shown.code) not in seen.overdue for who in (shown.officers[0], head_of(shown.unit)))
    return late, untold


def per_person(database: Database, people, days: int) -> list[list[object]]:
    """Of each role: messages and dossiers named a person and day; median, 95 of 100, the most; and the worst day."""
    messages: Counter[str] = Counter()
    named: Counter[str] = Counter()
    busiest: Counter[tuple[str, str]] = Counter()
    query = select(outbox.c.person, outbox.c.part, outbox.c.created_at, outbox.c.dossiers).where(
        outbox.c.state == "accepted"
    )
    with database.read() as connection:
        for person, part, created_at, held in connection.execute(query, execution_options={"yield_per": 2000}):
            count = len(json.loads(held) if isinstance(held, str) else held)
            messages[person] += part == 1
            named[person] += count
            busiest[person, created_at.astimezone(ZONE).date().isoformat()] += part == 1
    worst: Counter[str] = Counter()
    for (person, _), count in busiest.items():
        worst[person] = max(worst[person], count)
    roles: dict[str, list[str]] = defaultdict(list)
    for each in people:
        if each.id != ADMIN:
            top = "-" not in each.unit
            roles["officer" if each.post == "staff" else "chairman" if top else "head"].append(each.id)
    return [
        [role, f"{len(ids):,}", *_spread([messages[each] / days for each in ids]), max(worst[each] for each in ids),
         *_spread([named[each] / days for each in ids])]
        for role, ids in roles.items()
    ]  # fmt: skip


def _spread(values: list[float]) -> list[str]:
    values = sorted(values)
    return [f"{each:.2f}" for each in (statistics.median(values), values[int(0.95 * (len(values) - 1))], values[-1])]


def slope(values: list[float]) -> float:
    """By how much a day they grow, by least squares."""
    middle, mean = (len(values) - 1) / 2, statistics.fmean(values)
    over = sum((n - middle) ** 2 for n in range(len(values)))
    return sum((n - middle) * (value - mean) for n, value in enumerate(values)) / over if over else 0.0
