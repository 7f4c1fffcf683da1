"""Digests: 20,000 dossiers with unkind titles for 200 officers; what is never shown, what no provider would take."""

from __future__ import annotations

import random
import re
import time
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from alertd.core.digest import Limits
from alertd.core.freshness import MaxAge
from alertd.core.slots import Slots
from alertd.jobs import escalate
from alertd.jobs.compose import Composer
from alertd.messages.render import Renderer
from alertd.store.tables import alerts, dossiers, outbox
from bench.ground import NOW, ZONE, databases, observation, rules, table
from bench.intake import take

if TYPE_CHECKING:
    from alertd.store.database import Database

DOSSIERS = 20_000
SEED = 20_240_604
AGES = {"bench": MaxAge(elapsed=timedelta(hours=1))}
UNKIND = (
    "<b>", "</b", "&amp;", "&", "[@all]", "[@", "🏛️", "👨\u200d👩\u200d👧", "\n", "\r\n", "\t", "\x07", "\u202e",
    "\u2028", "%s", "{{ x }}", "{%", "|", "«»", "  ", "a" * 40, "Cấp lại ",
    unicodedata.normalize("NFD", "Chứng thực bản sao "),
)  # fmt: skip
#: What a line after the first may be: a dossier, what belongs to it, a group's title, a count.
_LINE = re.compile(r"\d+\. MAU-\d{8}( · .*)?|   \S.*|(Cán bộ|Đơn vị) [\d-]+:|(Ngoài ra|Đã giải quyết xong): .*")


@dataclass(frozen=True)
class Found:
    """What came out: alerts in messages, parts, alerts whose dossier no part shows, parts too long or not in order."""

    alerts: int
    parts: int
    unseen: int
    over: int
    seconds: float


def title(chance: random.Random) -> str:
    """Up to 300 characters that nobody has cleaned."""
    text = "".join(chance.choice(UNKIND) for _ in range(chance.randrange(1, 40)))
    return text[:300]


def measure(database: Database, count: int, seed: int) -> Found:
    """Take so many overdue dossiers, escalate, compose, and read everything that was composed."""
    chance = random.Random(seed)
    rulebook = rules()
    shown = [
        replace(observation(n, NOW - timedelta(minutes=1 + n % 600), NOW - timedelta(days=9)), procedure=title(chance))
        for n in range(count)
    ]
    take(database, rulebook, shown, NOW)
    escalate.tick(database, rulebook, AGES, NOW)
    composer = Composer(database, rulebook, Slots(), Renderer(ZONE, 8))
    begin = time.perf_counter()
    composer.tick(NOW)
    seconds = time.perf_counter() - begin
    with database.read() as connection:
        parts = connection.execute(select(outbox.c.person, outbox.c.text)).all()
        told = connection.execute(
            select(alerts.c.person, dossiers.c.code).join(dossiers, dossiers.c.id == alerts.c.dossier_id)
            .where(alerts.c.state == "sent")
        ).all()  # fmt: skip
    read: dict[str, str] = {}
    for person, text in parts:
        read[person] = read.get(person, "") + text + "\n"
    unseen = sum(f". {code} ·" not in read.get(person, "") for person, code in told)
    return Found(len(told), len(parts), unseen, sum(not fits(text) for _, text in parts), seconds)


def fits(text: str) -> bool:
    """Whether every provider takes a part, and no line of it is broken by what a portal wrote."""
    orderly = all(_LINE.fullmatch(line) for line in text.split("\n")[1:])
    seen = not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text.replace("\n", ""))
    return Limits().allow(text) and unicodedata.is_normalized("NFC", text) and orderly and seen


def main(quick=False):  # noqa: ARG001 - it is quick enough
    """Print the table."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            database = make()
            found = measure(database, DOSSIERS, SEED)
            database.close()
            rows.append([name, f"{found.alerts:,}", f"{found.parts:,}", found.unseen, found.over,
                         f"{found.seconds:.1f}"])  # fmt: skip
    table(
        f"Digests of {DOSSIERS:,} dossiers for 200 officers, their heads and the chairman (seed {SEED})",
        ["engine", "alerts", "parts", "unseen", "over the limit", "seconds to compose"],
        rows,
    )
