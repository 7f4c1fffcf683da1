"""Random sequences of observations: intake keeps the same history as a slow model that derives it from all of them."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from alertd.core.dossier import PauseKind, Phase
from tests.store import slow_history as slow
from tests.store.ground import World, at, dossier

OTHER = dossier("OTHER", due="28/06 16:00")
ROUNDS, POLLS = 12, 25
STATUSES = {PauseKind.SUPPLEMENT: "5", PauseKind.OBLIGATION: "6", PauseKind.OTHER: "8"}


def shown(dice, now, last):
    """The dossier as a portal of many whims shows it: mostly as before, else with some of its values drawn anew."""
    if last is not None and dice.random() < 0.25:
        return last
    phase = dice.choice([Phase.RUNNING, Phase.RUNNING, *Phase])
    pause = dice.choice(list(PauseKind)) if phase is Phase.PAUSED else None
    dues = [None, *(at(f"{day:02}/06 16:00") for day in (4, 5, 6, 7))]
    due = last.due_at if last is not None and dice.random() < 0.5 else dice.choice(dues)
    finished = dice.choice([None, None, *dues, now - timedelta(hours=1), now + timedelta(hours=30)])
    return dossier(
        due=None, phase=phase, pause=pause, status=STATUSES.get(pause, "4"), due_at=due, finished_at=finished,
        returned_at=dice.choice([None, None, now, at("05/06 10:00")]),
        received_at=dice.choice([at("27/05 08:00")] * 6 + [at("05/06 08:00")]),
        supplements=dice.choice([None, None, None, 1, 2, 3]),
        submitted_at=dice.choice([None, at("26/05 08:00"), at("27/05 07:00")]),
        accept_due_at=dice.choice([None, None, at("27/05 07:30"), at("28/05 08:00")]),
    )  # fmt: skip


@pytest.mark.parametrize("number", range(ROUNDS))
def test_any_sequence_of_observations_gives_the_history_of_the_slow_model(database, number):
    seed = random.randrange(10**9)
    print(f"round {number}, seed {seed}")
    dice, world, now, last, seen = random.Random(seed), World(database), at("03/06 08:00"), None, []
    for _ in range(POLLS):
        now += timedelta(minutes=dice.choice([5, 60, 600, 1500]))
        one = None if last is not None and dice.random() < 0.12 else shown(dice, now, last)
        world.poll(now, OTHER, *([one] if one is not None else []))
        seen.append((now, one))
        last = one or last
    compare(world, seen)


def compare(world, seen):
    past = [(when, one) for when, one in seen if one is not None]
    stored = world.stored()
    mine = {"dossier_id": stored.id}
    assert stored.clock == slow.clock(past)
    assert stored.episode == slow.episode(past)
    assert [(r.seen_at, r.old_due_at, r.new_due_at, r.kind) for r in world.rows("due_changes", **mine)] == [
        move[:4] for move in slow.due_changes(past)
    ]
    assert [(r.seen_at, r.old_phase, r.new_phase) for r in world.rows("phase_changes", **mine)] == [
        (when, old.phase, new.phase) for old, when, new in slow.changes(past) if old.phase != new.phase
    ]
    assert [[r.kind, r.first_seen_at, r.ended_seen_at] for r in world.rows("pauses", **mine)] == slow.pauses(past)
    spells = [[r.first_seen_at, r.due_at, r.ended_seen_at, r.end_kind] for r in world.rows("overdue_spells", **mine)]
    assert spells == slow.spells(seen)
    flags = [(r.seen_at, r.flag) for r in world.rows("flags", **mine)]
    assert sorted(flags) == sorted(slow.flags(seen))
    vanished = [(r.at, r.note) for r in world.rows("alerts", step="vanished", **mine)]
    ends = [(end, kind) for _, _, end, kind in slow.spells(seen) if kind not in (None, "finished")]
    later = [(when, "backdated_finish") for when, flag in slow.flags(seen) if flag == "backdated_finish"]
    assert sorted(vanished) == sorted(set(ends + later)), "whatever is no plausible finish is told to the head"
