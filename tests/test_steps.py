"""Steps of the clock: each is told once, and what a clock does by itself is none."""

from __future__ import annotations

import pytest

from alertd import steps


@pytest.mark.parametrize(("by", "told"), [(-3600.0, -3600.0), (3600.0, 3600.0), (5.0, 5.0), (4.9, 0.0), (-0.3, 0.0)])
def test_a_step_is_told_once_and_a_slewed_clock_is_none(monkeypatch, by, told):
    ahead = 1_000.0
    monkeypatch.setattr(steps, "_ahead", lambda: ahead)
    watched = steps.Steps(ahead)
    assert watched.since() == 0.0
    ahead += by
    assert watched.since() == pytest.approx(told)
    assert watched.since() == 0.0


def test_a_clock_that_is_slewed_for_long_is_told_when_it_has_gone_far(monkeypatch):
    ahead = 0.0
    monkeypatch.setattr(steps, "_ahead", lambda: ahead)
    watched = steps.Steps(ahead)
    found = []
    for _ in range(12):
        ahead -= 0.5
        found.append(watched.since())
    assert found.count(0.0) == 11
    assert sum(found) == -5.0
