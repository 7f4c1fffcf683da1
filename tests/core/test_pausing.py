"""Pauses: how often the clock was stopped, since when, for what, and how often a supplement was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.dossier import Clock, Observation, PauseKind, Phase
from alertd.core.pausing import Pause, paused, requests

NOW = datetime(2024, 6, 5, 2, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=2)
SUPPLEMENT, MONEY = PauseKind.SUPPLEMENT, PauseKind.OBLIGATION


def shown(kind=None, phase=Phase.PAUSED):
    return Observation("k", "H27-1", phase, pause=kind)


def test_a_dossier_that_never_stood_still_has_no_pause():
    assert paused(Pause(), None, shown(phase=Phase.RUNNING), Clock.DUE, NOW) == Pause()
    assert paused(Pause(), Clock.DUE, shown(phase=Phase.RUNNING), Clock.DUE, NOW) == Pause()


@pytest.mark.parametrize("was", [None, Clock.DUE, Clock.ACCEPT, Clock.ENDED])
def test_a_pause_begins_now_and_counts(was):
    before = Pause(2, None, None, 1)
    assert paused(before, was, shown(SUPPLEMENT), Clock.STOPPED, NOW) == Pause(3, NOW, SUPPLEMENT, 2, began=True)
    assert paused(before, was, shown(MONEY), Clock.STOPPED, NOW) == Pause(3, NOW, MONEY, 1, began=True)
    assert paused(before, was, shown(), Clock.STOPPED, NOW) == Pause(3, NOW, None, 1, began=True)


def test_a_pause_that_goes_on_is_as_it_was():
    before = Pause(1, BEFORE, SUPPLEMENT, 1, began=True)
    after = Pause(1, BEFORE, SUPPLEMENT, 1)
    assert paused(before, Clock.STOPPED, shown(SUPPLEMENT), Clock.STOPPED, NOW) == after
    assert paused(before, Clock.STOPPED, shown(), Clock.STOPPED, NOW) == after, "nobody says what for: as before"


def test_another_kind_is_another_stretch_of_the_same_stop():
    before = Pause(1, BEFORE, MONEY, 0)
    asked = paused(before, Clock.STOPPED, shown(SUPPLEMENT), Clock.STOPPED, NOW)
    assert asked == Pause(1, BEFORE, SUPPLEMENT, 1, began=True, ended=True)
    assert paused(asked, Clock.STOPPED, shown(MONEY), Clock.STOPPED, NOW) == Pause(
        1, BEFORE, MONEY, 1, began=True, ended=True
    )


def test_a_kind_of_an_earlier_pause_says_nothing_of_a_new_one():
    before = Pause(1, None, SUPPLEMENT, 1)
    assert paused(before, Clock.DUE, shown(), Clock.STOPPED, NOW).kind is None


@pytest.mark.parametrize("clock", [Clock.DUE, Clock.ENDED, Clock.ACCEPT])
def test_a_pause_ends_and_stays_counted(clock):
    before = Pause(2, BEFORE, SUPPLEMENT, 1)
    assert paused(before, Clock.STOPPED, shown(phase=Phase.RUNNING), clock, NOW) == Pause(2, None, None, 1, ended=True)


@pytest.mark.parametrize(("declared", "counted", "much"), [(None, 0, 0), (None, 2, 2), (3, 2, 3), (1, 2, 2), (0, 0, 0)])
def test_a_supplement_was_asked_for_as_often_as_is_declared_or_was_seen_whichever_is_more(declared, counted, much):
    assert requests(declared, counted) == much
