"""What the tests of the store and the jobs stand on: a small district, a feed that shows what it is told to, a channel
that records what it was given, and one value that runs the real jobs on a clock of the test's own.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from alertd.core.dossier import Observation, Phase
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact, Edge, Organisation, Person, Post, Span, Target, Unit
from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Limits, Pace
from alertd.core.policy import Duration, Match, Policy, Step, Urgency
from alertd.core.rules import Rules
from alertd.core.slots import Slots
from alertd.core.worktime import Calendar
from alertd.feeds import Page, Source
from alertd.jobs import escalate
from alertd.jobs.aftermath import Aftermath
from alertd.jobs.compose import Composer
from alertd.jobs.deliver import Deliver
from alertd.jobs.poll import Poll
from alertd.jobs.reach import Reach
from alertd.jobs.route import Route
from alertd.jobs.watch import Watch
from alertd.messages.render import Renderer
from alertd.store import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alertd.channels import Outgoing
    from alertd.core.storm import StormBrake
    from alertd.store.database import Database

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FEED = "portal"
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def at(text):
    """`03/06 08:00` on the clocks of the district in 2024 (03/06/2024 is a Monday), in UTC."""
    day, clock = text.split(" ")
    day = day if day.count("/") == 2 else f"{day}/2024"
    return datetime.strptime(f"{day} {clock}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


def step(name, offset, *to, every=None, times=None, urgency=None):
    return Step(
        name,
        Duration.parse(offset),
        tuple(Target.parse(target) for target in to or ("officer",)),
        Duration.parse(every) if every else None,
        times,
        Urgency(urgency) if urgency else None,
    )


STANDARD = (
    step("soon", "-3d", "officer"),
    step("apology", "-2d", "officer", "head"),
    step("today", "-4h", "officer"),
    step("overdue", "0d", "officer", "head"),
    step("unit-head", "+1d", "officer", "head", every="1d"),
    step("chairman", "+3d", "head@root", every="1d"),
)
CONSOLE = (Contact("console"),)


def person(ident, *posts, ids=(), contacts=CONSOLE, name=None):
    held = tuple(Post(text.partition("@")[2], text.partition("@")[0]) for text in posts)
    return Person(ident, name or f"Cán bộ {ident}", ids, held, contacts)


UNITS = (
    Unit("UBND", "UBND huyện", "district"),
    Unit("TP", "Phòng Tư pháp", "department", edges=(Edge("UBND"),)),
    Unit("NV", "Phòng Nội vụ", "department", edges=(Edge("UBND"),)),
)
PEOPLE = (
    person("chair", "head@UBND", name="Chủ tịch"),
    person("head", "head@TP", name="Trưởng phòng Tư pháp"),
    person("head-nv", "head@NV", name="Trưởng phòng Nội vụ"),
    person("an", "staff@TP", ids=("tp.an",), name="Chuyên viên 1"),
    person("binh", "staff@TP", ids=("tp.binh",), name="Chuyên viên 2"),
    person("office", name="Văn phòng"),
    person("admin", name="Quản trị"),
)


def organisation(*people, units=UNITS, admin="person:admin", fallback="person:office"):
    """The district; `people` take the place of those with the same id."""
    everybody = {p.id: p for p in PEOPLE} | {p.id: p for p in people}
    return Organisation(
        {u.code: u for u in units}, everybody, {}, Target.parse(fallback), Target.parse(admin) if admin else None
    )


def rules(*steps, org=None, calendar=None, calendars=None, policies=None):
    """The standard policy, or one of these steps."""
    policies = policies or (Policy("standard", Match(), steps or STANDARD),)
    return Rules(ZONE, calendar or Calendar(ZONE), calendars or {}, org or organisation(), tuple(policies))


def dossier(code="HS-1", due="10/06 16:00", **fields):
    """One running dossier of officer an; a due value without a clock is a date."""
    values = {
        "key": code, "code": code, "phase": Phase.RUNNING, "status": "4", "unit": "TP", "officers": ("tp.an",),
        "procedure": "Chứng thực bản sao", "received_at": at("27/05 08:00"),
    }  # fmt: skip
    if due is not None:
        values |= {"due_at": at(due)} if " " in due else {"due_on": at(f"{due} 12:00").date()}
    return Observation(**(values | fields))


def finished(seen, when, phase=Phase.DONE):
    return replace(seen, phase=phase, finished_at=at(when))


@dataclass
class ShownFeed:
    """A feed that shows what it is told to, in pages."""

    name: str = FEED
    pages: Sequence[Page] = ()
    as_of: datetime | None = None

    def sources(self, now):
        return [Source("shown", self.as_of or now, self._pages)]

    async def _pages(self):
        for page in self.pages:
            yield page


@dataclass
class RecordingChannel:
    """Answers as told, then accepts; keeps what it was given. `before` is called during each call."""

    name: str = "console"
    largest_file: int = 1 << 20
    answers: list = field(default_factory=list)
    before: Callable | None = None
    parts: list[Outgoing] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)
    #: What it says when asked whether it works; None: it cannot be asked.
    probes: list = field(default_factory=list)

    async def probe(self):
        return self.probes.pop(0) if self.probes else None

    async def send(self, part):
        self.parts.append(part)
        self.called.set()
        if self.before is not None:
            answer = self.before(part)
            if asyncio.iscoroutine(answer):
                await answer
        answer = self.answers.pop(0) if self.answers else Outcome.ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, SendResult) else SendResult(answer, code=f"{self.name}:{answer.value}")

    async def close(self):
        pass


HOURLY, AT_ONCE, MONDAY = MaxAge(timedelta(hours=1)), Slots(), at("03/06 08:00")


@dataclass
class World:
    """The jobs on one database, with a clock that stands where it is put."""

    database: Database
    rules: Rules = field(default_factory=rules)
    scope: str = "all"
    max_age: MaxAge = HOURLY
    slots: Slots = AT_ONCE
    channels: dict = field(default_factory=lambda: {"console": RecordingChannel()})
    now: datetime = MONDAY
    holder: str = "here"
    limits: dict = field(default_factory=dict)
    brake: StormBrake | None = None

    def __post_init__(self):
        self.deliver = self.delivery(self.holder)

    # --- the jobs -----------------------------------------------------------------------------------------------------

    def poll(
        self, when, *shown, complete=True, as_of=None, rejects=(), pages=None, accept_smaller=True, accept_changed=False
    ):
        """One poll, complete unless said otherwise; gives its counts."""
        made = pages or [Page(list(shown), list(rejects), "" if complete else "half of it")]
        feed = ShownFeed(FEED, made, at(as_of) if isinstance(as_of, str) else as_of)
        job = Poll(self.database, self.rules, feed, self.scope, accept_smaller, accept_changed)
        # in a thread of its own, so that an asynchronous test can poll too
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, job.tick(instant(when))).result()

    def tick(self, when):
        """One escalation tick; gives the number of alerts recorded."""
        return escalate.tick(self.database, self.rules, {FEED: self.max_age}, instant(when))

    def run(self, when, *shown, **poll):
        """A poll and the tick after it."""
        self.poll(when, *shown, **poll)
        return self.tick(when)

    @property
    def composer(self):
        return Composer(self.database, self.rules, self.slots, Renderer(ZONE, 8), self.brake)

    def compose(self, when):
        return self.composer.tick(instant(when))

    def delivery(self, holder):
        """The delivery of a process of this name."""
        return Delivery(self, holder)

    async def send(self, when):
        """One turn of composing, routing and delivering; gives the number of calls."""
        self.now = instant(when)
        return await self.deliver.tick(self.now)

    def watch(self, since, when):
        return Watch(self.database, self.rules, {FEED: self.max_age}, {}, instant(since)).tick(instant(when))

    # --- what is stored -----------------------------------------------------------------------------------------------

    def rows(self, table, **where):
        """All rows of a table with these values, oldest first."""
        columns = getattr(tables, table)
        query = select(columns).where(*(columns.c[name] == value for name, value in where.items()))
        order = {"outbox": ("created_at", "message", "part"), "attempts": ("started_at", "number"), "feeds": ("name",),
                 "addresses": ("person",), "circuits": ("channel",), "connections": ("person",), "paces": ("scope",),
                 "runs": ("scheduled_at",), "marks": ("name",), "attachments": ("digest",), "feed_troubles": ("feed", "kind")}  # fmt: skip
        with self.database.read() as connection:
            return connection.execute(query.order_by(*(columns.c[n] for n in order.get(table, ("id",))))).all()

    def counts(self, *, but=()):
        """How many rows each table has."""
        with self.database.read() as connection:
            return {
                name: connection.scalar(select(func.count()).select_from(table))
                for name, table in tables.metadata.tables.items()
                if name not in but
            }

    def stored(self, code="HS-1"):
        (row,) = self.rows("dossiers", code=code)
        return row

    def alerts(self, code=None, **where):
        """Alerts as (step, person, state), oldest first."""
        if code is not None:
            where["dossier_id"] = self.stored(code).id
        return [(row.step, row.person, row.state) for row in self.rows("alerts", **where)]

    def fired(self, code=None):
        """Policy steps on record as (step, occurrence, person), in any state but `not_applied`."""
        rows = self.rows("alerts") if code is None else self.rows("alerts", dossier_id=self.stored(code).id)
        return [(r.step, r.occurrence, r.person) for r in rows if r.policy and r.state != "not_applied"]

    @property
    def sent(self):
        """What the console was given."""
        return self.channels["console"].parts


class Delivery:
    """What one process does to deliver: composing, routes, and each channel by itself."""

    def __init__(self, world, holder):
        self.world = world
        self.reach = Reach(world.database, world.rules, world.channels)
        aftermath = Aftermath(world.rules, self.reach, timedelta(minutes=3))
        self.route = Route(world.database, world.rules, self.reach, world.channels, aftermath, holder)
        self.each = {
            name: Deliver(
                world.database, world.rules, world.slots, channel, self.reach, aftermath,
                Pace(world.limits.get(name, Limits())), holder, timedelta(seconds=60), lambda: world.now,
            )
            for name, channel in world.channels.items()
        }  # fmt: skip

    @property
    def stopping(self):
        return any(deliver.stopping for deliver in self.each.values())

    @stopping.setter
    def stopping(self, value):
        for deliver in self.each.values():
            deliver.stopping = value

    def start(self, now):
        for deliver in self.each.values():
            deliver.start(now)
        return self.route.start(now)

    async def tick(self, now):
        """Compose, then send until nothing may leave any more; gives the number of calls."""
        self.world.compose(now)
        calls = idle = 0
        # twice, as one channel may have handed parts to another that had just looked
        while idle < 2:
            self.route.tick(now)
            made = sum(await asyncio.gather(*(deliver.tick(now) for deliver in self.each.values())))
            calls += made
            idle = 0 if made else idle + 1
        return calls


def instant(when):
    return at(when) if isinstance(when, str) else when


def slots(*times, quiet=None, working_only=True):
    hours = tuple(time.fromisoformat(text) for text in times)
    return Slots(hours, tuple(time.fromisoformat(text) for text in quiet) if quiet else None, working_only)


def span(first=None, last=None):
    return Span(first, last)
