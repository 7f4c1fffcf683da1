from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.grant import Grant, GrantState

NOW = datetime(2024, 6, 4, 9, 0, tzinfo=UTC)


def grant(state=GrantState.IDLE, **changes):
    values = {
        "access": "a", "refresh": "r", "access_issued_at": NOW, "access_expires_at": NOW + timedelta(hours=25),
        "refresh_issued_at": NOW, "version": 3, "state": state, "state_since": NOW,
    }  # fmt: skip
    return Grant(**{**values, **changes})


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (GrantState.IDLE, 0),
        (GrantState.IN_FLIGHT, 60),
        (GrantState.REFUSED, 60),
        (GrantState.UNCERTAIN, 30),
        (GrantState.LASTING, 600),
    ],
)
def test_a_refresh_token_is_tried_again_after_the_pause_of_its_state(state, seconds):
    at = NOW + timedelta(seconds=seconds)

    assert grant(state).may_refresh(at)
    assert seconds == 0 or not grant(state).may_refresh(at - timedelta(microseconds=1))


def test_a_dead_or_missing_refresh_token_is_never_tried():
    assert not grant(GrantState.DEAD).may_refresh(NOW + timedelta(days=90))
    assert not grant(refresh="").may_refresh(NOW)


@pytest.mark.parametrize("state", [state for state in GrantState if state is not GrantState.DEAD])
def test_a_clock_that_was_set_back_does_not_put_it_off(state):
    assert grant(state, state_since=NOW + timedelta(days=365)).may_refresh(NOW)


def test_a_grant_is_due_at_half_its_life():
    half = NOW + timedelta(hours=12, minutes=30)

    assert not grant().is_due(half - timedelta(microseconds=1))
    assert grant().is_due(half)
    assert grant(imported=True).is_due(NOW)
    assert grant(access="").is_due(NOW)


def test_an_access_token_is_usable_until_it_ends():
    end = NOW + timedelta(hours=25)

    assert grant().is_usable(end - timedelta(microseconds=1))
    assert not grant().is_usable(end)
    assert not grant(access="").is_usable(NOW)


@pytest.mark.parametrize("ahead", [timedelta(microseconds=1), timedelta(milliseconds=5), timedelta(seconds=20)])
def test_an_exchange_that_another_process_began_a_moment_later_by_its_own_clock_is_under_way(ahead):
    assert not grant(GrantState.IN_FLIGHT, state_since=NOW + ahead).may_refresh(NOW)
