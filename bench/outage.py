"""A channel down for a second, a minute, an hour, three days on a moved clock: what is lost, doubled, and said late."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from alertd.core.pace import limits
from bench.ground import databases, table
from bench.office import PROVIDERS, codes, office
from tests.store.ground import step

PEOPLE = 40
PACES = {"telegram": 25.0, "zalo": 40.0, "email": 5.0, "webhook": None}
LENGTHS = {
    "1 s": timedelta(seconds=1), "1 min": timedelta(minutes=1), "1 h": timedelta(hours=1), "3 days": timedelta(days=3),
}  # fmt: skip
#: Looks at the world while the channel is down.
LOOKS = 40
LATE = "gửi muộn"


async def _outage(database, name, length, *, goes_on):
    """What each person gets afterwards; where the clock of their dossiers goes on, more falls due in between."""
    contacts = [(PROVIDERS[name].contact(n),) for n in range(PEOPLE)]
    ladder = () if goes_on else (step("soon", "-3d", "officer"),)
    async with office(database, [name], contacts, {name: limits(name, PACES[name])}, ladder=ladder) as made:
        (provider,) = made.providers
        shown = made.shown()
        await provider.tick(made.clock())
        await provider.down()
        made.read(*shown)
        for _ in range(LOOKS):
            await made.turn()
            made.clock.move(length / LOOKS)
            if goes_on:
                made.read(*shown)
        await provider.up()
        back = made.clock()
        await made.send_all(seconds=7200, leap=timedelta(seconds=5))
        seconds = (made.clock() - back).total_seconds()
        taken = [(who, text) for who, text in provider.taken if codes(text)]
        told = {code for _, text in taken for code in codes(text)}
        each = Counter(who for who, _ in taken)
        return [
            len({seen.code for seen in shown} - told), len(each), f"{min(each.values())} to {max(each.values())}",
            len(taken), sum(LATE in text or "(báo muộn" in text for _, text in taken),
            made.outcomes()["unknown"], f"{seconds:.0f}", len(provider.server.violations),
        ]  # fmt: skip


def main(quick=False):
    """Print the table."""
    cases = [(name, shown, False) for name in PACES for shown in LENGTHS] + [("telegram", "3 days", True)]
    rows = []
    with databases() as makers:
        for engine, make in makers.items():
            for name, shown, goes_on in cases:
                if engine != "SQLite" and (quick or name != "telegram"):
                    continue
                database = make()
                found = asyncio.run(_outage(database, name, LENGTHS[shown], goes_on=goes_on))
                rows.append([name, engine, shown, "yes" if goes_on else "no", *found])
                database.close()
    table(
        f"A channel that is down for so long, {PEOPLE} people; more falls due for them meanwhile, or not",
        ["channel", "engine", "down", "more", "lost", "people", "each", "messages", "said to be late", "unknown",
         "s until all had it", "violations"],
        rows,
    )  # fmt: skip
