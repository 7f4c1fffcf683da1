"""Everything that a daemon does, on a clock of its own: `python -m bench.soak.worker FOLDER PART SEED DAYS`.

A process of its own, so that its memory is its own. It prints one JSON line a day.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alertd import parts
from alertd.commands.run import RUBBISH
from alertd.config.load import load
from alertd.jobs import accept, audit, escalate
from alertd.log import configure
from alertd.store import migrate
from alertd.store.database import Database
from bench.nation.files import sheet
from bench.nation.lives import MORNING, Course, Lives, instant
from bench.nation.places import PROVINCE
from bench.poll import memory

HOUR = timedelta(hours=1)
#: Half an hour before the slots, which are at the beginning of the sessions.
BEFORE = timedelta(minutes=30)


class Clock:
    """An instant that is set, and goes on from there as clocks do."""

    def set(self, at):
        self._at, self._since = at, time.monotonic()

    def __call__(self):
        return self._at + timedelta(seconds=time.monotonic() - self._since)


class Soak:
    """A configuration that runs, day after day."""

    def __init__(self, folder, part, seed, days):
        configure("ERROR")
        size = PROVINCE.divided(part)
        self.lives = Lives(size, seed)
        self.first, self.days = self.lives.begin, days
        self.course = Course(self.lives, self.first - 1, days + 1)
        self.drop, self.clock = folder / "drop", Clock()
        self.clock.set(instant(self.first, 0) - BEFORE)
        loaded = load(folder)
        self.database = Database(loaded.settings.storage.url)
        migrate.upgrade(self.database)
        now = self.clock()
        self.parts = parts.make(loaded, self.database, self.clock, now, lambda: None)
        accept.accept(self.database, loaded, now)
        self.parts.start(now)
        self.spent, self.counts = Counter(), Counter()

    @contextmanager
    def timed(self, name):
        begin = time.perf_counter()
        yield
        self.spent[name] += time.perf_counter() - begin

    async def poll(self, name, shown):
        """A sheet is put into the drop folder, and taken."""
        path, now = self.drop / f"{name}.csv", self.clock()
        sheet(path, shown)
        os.utime(path, (now.timestamp(), now.timestamp()))
        with self.timed("poll"):
            counts = await self.parts.polls["portal"].tick(self.clock())
        path.unlink()
        self.counts.update(rows=counts.rows, new=counts.new, changed=counts.changed, rejected=counts.rejected)

    async def turn(self, at=None):
        """One turn of the engine and of delivery."""
        if at is not None:
            self.clock.set(at)
        with self.timed("escalate"):
            self.counts["alerts"] += escalate.tick(
                self.database, self.parts.loaded.rules, self.parts.ages, self.clock()
            )
        with self.timed("compose"):
            self.counts["messages"] += self.parts.delivery.composer.tick(self.clock())
        with self.timed("deliver"):
            self.parts.delivery.route.tick(self.clock())
            for deliver in self.parts.delivery.channels:
                self.counts["calls"] += await deliver.tick(self.clock())
        self.parts.watch.tick(self.clock())

    async def half(self, on, minute, name, shown):
        """A poll, the slot half an hour later, and a turn every hour of the session."""
        begin = instant(on, minute)
        self.clock.set(begin - BEFORE)
        await self.poll(name, shown)
        for at in (begin - BEFORE, begin, *(begin + hours * HOUR for hours in range(1, 5))):
            await self.turn(at)

    async def day(self, on):
        """Both halves; the first one of all shows everything that is open."""
        shown = self.lives.open_on(on) if on == self.first else self.course.changed(on - 1, afternoon=True)
        await self.half(on, 0, "a", shown)
        await self.half(on, MORNING, "b", self.course.changed(on, afternoon=False))

    async def run(self):
        """All days, then the ledger recounted."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RUBBISH)  # as in a daemon, whose memory this is to show
        for on in range(self.first, self.first + self.days):
            begin = time.perf_counter()
            self.spent, self.counts = Counter(), Counter()
            await self.day(on)
            say(day=on - self.first + 1, seconds=time.perf_counter() - begin, spent=self.spent, counts=self.counts,
                rss=memory("VmRSS"), peak=memory("VmHWM"))  # fmt: skip
        begin = time.perf_counter()
        found = audit.walk(self.database, self.parts.loaded.rules)
        say(audited=found.dossiers, undecided=found.undecided, until=str(found.mark),
            findings=[str(each) for each in found.findings[:20]], seconds=time.perf_counter() - begin)  # fmt: skip
        await self.parts.close()
        self.database.close()


def say(**what):
    """One line to whoever started this."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    place, *numbers = sys.argv[1:]
    asyncio.run(Soak(Path(place), *map(int, numbers)).run())
