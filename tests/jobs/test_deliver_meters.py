"""A thousand recipients against Telegram's meters, with groups and a restart in the middle of a refusal (reference 7.5).

Time is a clock that leaps: the minutes it takes are minutes for the meters only.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import limits
from tests.jobs.leaping import LeapingLoop
from tests.peers.telegram_meter import Meter
from tests.store.ground import World, at, dossier, organisation, person, rules

START = at("05/06 16:00")
PEOPLE, IN_GROUPS = 1000, 50
GROUPS = ("-51", "-52")
PAUSE = 20


class MeteredChannel:
    """Takes each message after a while and says so after another; the meter says what was too fast."""

    name = "telegram"

    def __init__(self, seconds, rng, refuse_at):
        self.seconds, self.rng, self.refuse_at = seconds, rng, refuse_at
        self.violations, self.begun, self.accepted = [], defaultdict(list), Counter()
        self.held_until, self.refused = 0.0, asyncio.Event()
        self.meter = Meter(self.violations, self.seconds)

    @property
    def instants(self):
        return sorted(instant for each in self.begun.values() for instant in each)

    async def send(self, part):
        began = self.seconds()
        if began < self.held_until:
            self.violations.append(f"a call {self.held_until - began:.2f} s before the pause was over")
        self.begun[part.address].append(began)
        # the line shifts calls against each other by little: 25 a second here are not to be 31 there
        await asyncio.sleep(self.rng.uniform(0.05, 0.09))
        if len(self.instants) >= self.refuse_at and not self.refused.is_set():
            return self.refusal(part.address, PAUSE)
        if wait := self.meter.wait(part.address):
            return self.refusal(part.address, wait)
        await asyncio.sleep(self.rng.uniform(0.01, 0.4))
        self.accepted[part.id] += 1
        return SendResult(Outcome.ACCEPTED, provider_id="1")

    def refusal(self, chat, seconds):
        self.refused.set()
        self.held_until = self.seconds() + seconds
        self.meter.hold(chat, seconds)
        until = START + timedelta(seconds=self.held_until)
        return SendResult(Outcome.RATE_LIMITED, code="tg:429", retry_at=until)

    async def probe(self):
        return None

    async def close(self):
        pass


def most(instants, span):
    """The most calls within any window of so many seconds, but for the microseconds to which the clock is rounded."""
    return max(sum(first <= other < first + span - 2e-6 for other in instants) for first in instants)


def crowd():
    for n in range(PEOPLE):
        chat = GROUPS[n % len(GROUPS)] if n < IN_GROUPS else str(1000 + n)
        yield person(f"p{n}", "staff@TP", ids=(f"tp.p{n}",), contacts=(Contact("telegram", chat),))


async def deliver_all(database, channel):
    """Send everything, and go on as another process as soon as a refusal was heard."""
    world = World(
        database, rules(org=organisation(*crowd())), channels={"telegram": channel}, max_age=MaxAge(working_days=9),
        limits={"telegram": limits("telegram", 25.0)},
    )  # fmt: skip
    # each twentieth has so many dossiers that the message has parts
    world.run(START, *[
        dossier(f"HS-{n}-{d}", officers=(f"tp.p{n}",), procedure="Thủ tục " * 12)
        for n in range(PEOPLE) for d in range(12 if n % 20 == 19 else 1)
    ])  # fmt: skip
    world.compose(START)

    def clock():
        return START + timedelta(seconds=channel.seconds())

    def take_over(holder):
        world.deliver = world.delivery(holder)
        world.deliver.each["telegram"].clock = clock
        world.deliver.start(clock())

    async def turns():
        while {row.state for row in world.rows("outbox")} - {"accepted"} and not world.deliver.stopping:
            world.deliver.route.tick(clock())
            await world.deliver.each["telegram"].tick(clock())
            await asyncio.sleep(0.2)

    take_over("first")
    running = asyncio.create_task(turns())
    refused = asyncio.create_task(channel.refused.wait())
    await asyncio.wait([running, refused], return_when=asyncio.FIRST_COMPLETED)
    world.deliver.stopping = True
    await running
    take_over("second")
    await turns()
    return world


def test_a_thousand_recipients_never_exceed_any_meter_also_over_a_restart_in_the_middle_of_a_refusal(database):
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed} (ALERTD_SEED={seed} makes this run again)")
    rng = random.Random(seed)
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        channel = MeteredChannel(runner.get_loop().time, rng, refuse_at=rng.randrange(100, 700))
        world = runner.run(deliver_all(database, channel))
    assert channel.violations == []
    parts = world.rows("outbox")
    assert channel.accepted == Counter(row.id for row in parts), "each part once"
    assert len({row.person for row in parts}) == PEOPLE
    assert max(row.parts for row in parts) > 1
    assert Counter(row.outcome for row in world.rows("attempts"))["rate_limited"] == 1
    assert most(channel.instants, 1.0) <= 25
    for chat, instants in channel.begun.items():
        gap = 3.2 if chat in GROUPS else 1.05
        assert all(later - earlier >= gap - 2e-6 for earlier, later in pairwise(instants)), chat
    assert all(most(channel.begun[group], 60.0) <= 18 for group in GROUPS)
