"""The facts of a week are those that were known at its end, whenever they are asked for."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.dossier import Filing, Phase
from alertd.core.rates.fact import Period
from alertd.core.rates.tally import tally
from alertd.store import facts
from tests.store.ground import DAY, HOUR, ZONE, World, at, dossier, finished, rules

#: Monday 03/06 00:00 to Sunday 09/06 24:00.
START = at("03/06 00:00")
CUTOFF = at("10/06 00:00")
RULES = rules()


def week(start=START, cutoff=CUTOFF, counted_until=None):
    return Period(start, cutoff, counted_until or start, cutoff + DAY, cutoff + 3 * DAY, ZONE)


def gathered(world, over=None, known_at=None, observed_to=None):
    over = over or week()
    with world.database.read() as connection:
        return facts.gather(
            connection, RULES, over, known_at or over.cutoff, observed_to or facts.last_observation(connection)
        )


def some(rng, code, when):
    """What a portal may show of one dossier at an instant."""
    phase = rng.choice([Phase.PRE, Phase.RUNNING, Phase.RUNNING, Phase.PAUSED, Phase.UNKNOWN, Phase.DONE, Phase.RETURNED,
                        Phase.CANCELLED, Phase.REJECTED])  # fmt: skip
    ended = phase in (Phase.DONE, Phase.RETURNED, Phase.CANCELLED)
    back = timedelta(minutes=rng.randrange(20_000))
    return dossier(
        code, rng.choice(["05/06 16:00", "07/06", "12/06 09:00", "20/06", None]), phase=phase,
        unit=rng.choice(["TP", "NV", "Phòng lạ"]), received_unit=rng.choice(["", "NV"]),
        officers=rng.choice([(), ("tp.an",)]), channel=rng.choice(list(Filing)),
        received_at=rng.choice([None, when - back]), finished_at=when - back / 2 if ended and rng.random() < 0.8 else None,
        paid_online=rng.choice([None, True, False]), result_digital=rng.choice([None, True]),
        supplements=rng.choice([None, 0, 2]), fee_total=rng.choice([None, 0, 20_000]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", ["a new one", 11, 5, 1003])
def test_a_week_asked_for_later_is_the_week_that_was_known_at_its_end(database, seed):
    if seed == "a new one":
        seed = random.randrange(10**6)
    print(f"seed {seed}")
    rng = random.Random(seed)
    world = World(database)
    shown = {}
    now = START - 3 * DAY
    known = []
    while now < CUTOFF + 8 * DAY:
        for _ in range(rng.randrange(6)):
            code = f"MAU-{rng.randrange(25)}"
            shown[code] = some(rng, code, now)
        for code in [code for code in shown if rng.random() < 0.03]:
            del shown[code]
        if now >= CUTOFF and not known:
            with database.read() as connection:
                last = facts.last_observation(connection)
            known.append((gathered(world), last))
        world.poll(now, *shown.values())
        now += timedelta(hours=rng.randrange(2, 9))
    (before, last) = known[0]
    after = gathered(world, observed_to=last)
    assert dict(after.facts) == dict(before.facts)
    assert after == before
    assert tally([*after.facts.values()], after.moves, after.spells, week()) == tally(
        [*before.facts.values()], before.moves, before.spells, week()
    )


def test_a_dossier_accepted_after_a_status_that_nobody_knows_is_accepted_when_that_was_seen(database):
    """Also when its week is asked for again after the row has changed."""
    world = World(database)
    one = dossier("HS-1", "12/06 09:00", phase=Phase.PRE)
    world.poll("31/05 08:00", one)
    world.poll("01/06 08:00", replace(one, phase=Phase.UNKNOWN, status="lạ"))
    world.poll("05/06 08:00", replace(one, phase=Phase.RUNNING))
    known = gathered(world).facts
    assert [each.accepted_seen_at for each in known.values()] == [at("05/06 08:00")]
    world.poll("11/06 08:00", replace(one, phase=Phase.DONE))
    assert gathered(world).facts == known


def test_a_row_that_did_not_change_says_what_its_observations_say(database):
    """The quick way and the slow way: asked for at any later instant, the second is taken."""
    rng = random.Random(7)
    world = World(database)
    for hour in range(60):
        now = START + hour * HOUR
        world.poll(now, *(some(rng, f"MAU-{n}", now) for n in range(8)))
    quick = gathered(world)
    for n in range(8):  # everything changes after the cut-off
        world.poll(CUTOFF + HOUR, *(replace(some(rng, f"MAU-{n}", CUTOFF), status="later") for n in range(8)))
    assert gathered(world).facts == quick.facts
    assert quick.facts


def test_what_an_import_brings_after_the_end_with_an_earlier_date_counts_when_the_week_is_counted_again(database):
    world = World(database)
    one = dossier("HS-1", "05/06 16:00", received_at=at("03/06 08:00"))
    world.poll("03/06 08:00", one)
    world.poll("10/06 08:00", finished(one, "05/06 10:00"), dossier("HS-2", received_at=at("04/06 08:00")))
    as_known = gathered(world)
    assert {f.code: f.phase for f in as_known.facts.values()} == {"HS-1": Phase.RUNNING}
    again = gathered(world, known_at=at("11/06 08:00"))
    assert {f.code: f.phase for f in again.facts.values()} == {"HS-1": Phase.DONE, "HS-2": Phase.RUNNING}


def test_a_later_observation_beyond_the_last_that_was_read_does_not_count(database):
    """A slow poll writes after the freeze what it dates before the cut-off."""
    world = World(database)
    world.poll("03/06 08:00", dossier("HS-1"))
    with database.read() as connection:
        last = facts.last_observation(connection)
    before = gathered(world)
    world.poll("09/06 23:59", dossier("HS-1", channel=Filing.ONLINE), as_of="09/06 23:59")
    assert gathered(world, observed_to=last).facts == before.facts
    assert gathered(world).facts != before.facts


def test_a_dossier_missing_at_the_end_of_the_week_is_so_for_good(database):
    world = World(database)
    world.poll("03/06 08:00", dossier("HS-1"), dossier("HS-2"))
    world.poll("08/06 08:00", dossier("HS-2"))
    missing = {f.code: f.missing for f in gathered(world).facts.values()}
    assert missing == {"HS-1": True, "HS-2": False}
    world.poll("11/06 08:00", dossier("HS-1"), dossier("HS-2"))
    assert {f.code: f.missing for f in gathered(world).facts.values()} == missing


def test_moves_and_overdue_spells_of_the_week_and_of_no_other(database):
    world = World(database)
    world.poll("03/06 08:00", dossier("HS-1", "03/06 09:00"), dossier("HS-2", "12/06 09:00"))
    world.poll("03/06 10:00", dossier("HS-1", "03/06 09:00"), dossier("HS-2", "12/06 09:00"))
    world.poll("04/06 10:00", dossier("HS-1", "20/06 09:00"), dossier("HS-2", "12/06 09:00"))
    world.poll("12/06 10:00", dossier("HS-1", "20/06 09:00"), dossier("HS-2", "12/06 09:00"))
    world.poll("12/06 11:00", dossier("HS-1", "20/06 09:00"), dossier("HS-2", "25/06 09:00"))
    found = gathered(world)
    assert [(move.seen_at, move.kind.value) for move in found.moves] == [(at("04/06 10:00"), "extended_after_due")]
    assert [(s.first_seen_at, s.ended_seen_at, s.kind.value) for s in found.spells] == [
        (at("03/06 10:00"), at("04/06 10:00"), "due_moved")
    ]
    following = gathered(world, week(CUTOFF, CUTOFF + 7 * DAY))
    assert [move.seen_at for move in following.moves] == [at("12/06 11:00")]


def test_a_handover_is_shown_as_it_was(database):
    world = World(database)
    world.poll("03/06 08:00", dossier("HS-1"))
    with database.write() as connection:
        from alertd.store import answers

        answers.hand_over(connection, world.stored("HS-1").id, "an", "binh", at("04/06 08:00"), "test")
    assert [f.handed_to for f in gathered(world).facts.values()] == ["binh"]
    world.poll("11/06 08:00", dossier("HS-1", officers=("tp.khac",)))
    assert [f.handed_to for f in gathered(world).facts.values()] == ["binh"]


def test_before_the_first_poll_everything_is_by_the_feeds_own_dates(database):
    world = World(database)
    old = dossier("HS-1", "05/06 16:00", received_at=at("27/05 08:00"))
    world.poll("20/06 08:00", finished(old, "06/06 08:00"), dossier("HS-2", received_at=at("04/06 08:00")),
               dossier("HS-3", received_at=at("11/06 08:00")))  # fmt: skip
    found = gathered(world, known_at=at("20/06 09:00"))
    assert {f.code: (f.phase, f.ended_at) for f in found.facts.values()} == {
        "HS-1": (Phase.DONE, at("06/06 08:00")), "HS-2": (Phase.RUNNING, None),
    }  # fmt: skip
    assert found.since == {"portal": at("20/06 08:00")}
