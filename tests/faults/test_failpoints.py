"""Kill at every step, in short: each point on a dossier's way once and some instants at random, on each engine.

The long form is `./do kills`.
"""

from __future__ import annotations

import random

import pytest

from tests.faults import kills
from tests.faults.warm import Warm

pytestmark = pytest.mark.process


def test_killed_at_every_point_and_at_any_instant_nothing_is_lost_and_repeats_are_marked(tmp_path, url, running, seed):
    rng = random.Random(seed)
    plan = [f"{point}:1" for point in kills.ON_THE_WAY] + [kills.ANY_INSTANT] * 4
    rng.shuffle(plan)
    with Warm() as warm:
        tally = kills.kill_and_settle(tmp_path, url, running, rng, plan, start=warm.start)
    print(tally)
    assert tally.faults == []
    assert tally.lost == 0
    assert set(tally.kills) == {*kills.ON_THE_WAY, kills.ANY_INSTANT}, "every point was reached"
    assert tally.messages
