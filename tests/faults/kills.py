"""Rounds of kills: the daemon dies at a named point or at any instant, again and again, then is left alone once; what
recipients saw is compared with what the oracle says they must have seen.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from alertd.failpoints import VARIABLE
from alertd.jobs.deliver import IN_FLIGHT
from alertd.store.tables import attempts, outbox
from tests.faults.harness import reading
from tests.faults.world import World
from tests.oracle import seen as oracle

#: The points on the way of one dossier; the others have tests of their own.
ON_THE_WAY = (
    "page-read", "intake-committed", "alert-committed", "message-composed", "message-claimed", "attempt-recorded",
    "provider-accepted", "result-recorded",
)  # fmt: skip
ANY_INSTANT = "any instant"
#: Seconds: how long a point may take to come, the latest random instant, and how long all may take to be settled.
COMES, LATEST, SETTLES = 6.0, 1.5, 90.0
MORE = 8


@dataclass
class Tally:
    """What came of some rounds. `told` and `lost` count (person, dossier, step); `in_flight` calls without an answer."""

    kills: Counter = field(default_factory=Counter)
    messages: int = 0
    told: int = 0
    lost: int = 0
    in_flight: int = 0
    doubled: int = 0
    faults: list = field(default_factory=list)

    def __add__(self, other):
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def rounds(rng, count):
    """What the next kills are: every point in some order, an instant at random after every second."""
    plan = []
    while len(plan) < count:
        points = list(ON_THE_WAY)
        rng.shuffle(points)
        for number, point in enumerate(points):
            plan.append(f"{point}:{rng.choice((1, 1, 2, 3, 7))}")
            if number % 2:
                plan.append(ANY_INSTANT)
    return plan[:count]


def kill_and_settle(folder, url, running, rng, plan, *, start=None, comes=COMES):
    """One world, killed once for each entry of `plan`, then settled and judged; a point has `comes` seconds to come."""
    receiver = running.receiver(delay=0.03, lifetime=900)
    tally = Tally()
    more = {} if start is None else {"start": start}
    with World(folder / "config", url, receiver.url, rng, resend_after="1s", claim_timeout="1s") as world:
        district = world.district
        for wanted in plan:
            world.arrive(MORE)
            tally.kills[_killed(running, district, rng, wanted, more, comes)] += 1
            district.forget_the_dead()
        world.arrive(MORE)
        daemon = running.alertd("run", "--config", district.folder, **more)
        _settle(world, receiver, daemon)
        if (code := daemon.terminate()) != 0:
            tally.faults.append(f"exit {code} when asked to stop\n{daemon.stderr[-3000:]}")
        try:
            _judge(world, receiver, tally)
        except AssertionError as fault:
            tally.faults.append(str(fault))
    receiver.process.terminate()
    return tally


def _killed(running, district, rng, wanted, more, comes):
    """Start the daemon and let it die; gives at which point it did."""
    if wanted == ANY_INSTANT:
        daemon = running.alertd("run", "--config", district.folder, **more)
        time.sleep(rng.uniform(0, LATEST))
    else:
        daemon = running.alertd("run", "--config", district.folder, env={VARIABLE: wanted}, **more)
        end = time.monotonic() + comes
        while daemon.code is None and time.monotonic() < end:
            time.sleep(0.01)
        if daemon.code is not None:
            assert daemon.code == -9, f"ended by itself with {daemon.code}\n{daemon.stderr}"
            return wanted.partition(":")[0]
    assert daemon.code is None, f"ended by itself with {daemon.code}\n{daemon.stderr}"
    daemon.kill()
    return ANY_INSTANT


def _steps(receiver):
    """(person, code, step) of everything that was seen; the texts are looked at by `Receiver.told`."""
    assert receiver.told is not None
    return {
        (request["body"]["person"], each["code"], each["step"])
        for request in receiver.seen
        for each in request["body"]["dossiers"]
    }


def _settle(world, receiver, daemon):
    """Wait until everything due has been seen and nothing is under way, or no longer: the judge says what is wrong."""
    end = time.monotonic() + SETTLES
    while time.monotonic() < end and not _is_quiet(world, receiver):
        assert daemon.code is None, daemon.stderr
        time.sleep(0.1)


def _is_quiet(world, receiver):
    now = datetime.now(UTC)
    return (
        now > world.settled_at + timedelta(seconds=1)
        and world.district.outbox.keys() <= {"accepted", "superseded"}
        and oracle.must(world.shown, now) <= _steps(receiver)
    )


def _judge(world, receiver, tally):
    """Nothing lost, nothing that nobody asked for; a repeat for each lost call at most, marked, under the same id."""
    now = datetime.now(UTC)
    steps = _steps(receiver)
    missing = oracle.must(world.shown, now) - steps
    arrivals, lost_calls = Counter(receiver.ids), _lost_calls(world.district.url)
    tally.messages, tally.told, tally.lost = len(arrivals), len(steps), len(missing)
    tally.in_flight = lost_calls.total()
    tally.doubled = sum(count - 1 for count in arrivals.values())
    assert missing == set(), f"lost: {sorted(missing)[:10]}; outbox {world.district.outbox}"
    wrong = steps - oracle.may(world.shown, now)
    assert wrong == set(), f"nobody asked for it: {sorted(wrong)[:10]}"
    assert tally.doubled == receiver.doubled  # which looks at the marks and the ids
    too_often = {ident: count for ident, count in arrivals.items() if count > 1 + lost_calls[ident]}
    assert too_often == {}, f"came more often than calls were lost: {too_often}"
    assert tally.in_flight <= IN_FLIGHT * tally.kills.total(), "more calls lost than can be under way"
    assert world.district.outbox.keys() <= {"accepted", "superseded"}, f"never settled: {world.district.outbox}"


def _lost_calls(url):
    """How many calls of each part ended without an answer, by the ledger."""
    query = (
        select(outbox.c.id, func.count())
        .join(attempts, attempts.c.outbox_id == outbox.c.id)
        .where(attempts.c.code == "lost")
        .group_by(outbox.c.id)
    )
    with reading(url) as connection:
        return Counter(dict(connection.execute(query).all()))
