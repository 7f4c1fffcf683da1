"""Flags: what contradicts itself in a dossier's dates, raised when it becomes true (reference 2.2, 4.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dated import Dated
from alertd.core.dossier import Phase
from alertd.core.flags import Flag, Raised, accepted_late, conflicting, contradictions, out_of_order, undated

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


PLAIN = Dated(Phase.RUNNING, at("03/06 08:00"), at("10/06 16:00"), None, None, None, None)
ENDED = replace(PLAIN, phase=Phase.DONE, finished_at=at("07/06 09:00"))


def raised(before, dates, *, conflict=False, was_conflict=False):
    return list(contradictions(before, dates, ZONE, conflict=conflict, was_conflict=was_conflict))


@pytest.mark.parametrize("phase", list(Phase))
def test_an_open_dossier_with_a_finish_that_has_come_is_in_conflict(phase):
    is_open = phase in (Phase.PRE, Phase.RUNNING, Phase.PAUSED)
    finish = at("07/06 09:00")
    assert conflicting(phase, finish, finish) is is_open
    assert conflicting(phase, finish, at("07/06 08:59")) is False
    assert conflicting(phase, None, finish) is False


@pytest.mark.parametrize("phase", list(Phase))
def test_an_end_without_any_date_is_one_of_a_dossier_that_should_have_one(phase):
    bare = replace(PLAIN, phase=phase)
    assert undated(bare) is (phase in (Phase.DONE, Phase.RETURNED))
    assert undated(replace(bare, finished_at=at("07/06 09:00"))) is False
    assert undated(replace(bare, returned_at=at("07/06 09:00"))) is False


def test_a_submission_was_accepted_late_when_it_was_received_after_its_deadline():
    late = replace(PLAIN, accept_by=at("03/06 07:59"))
    assert accepted_late(late, ZONE)
    assert not accepted_late(replace(late, accept_by=at("03/06 08:00")), ZONE)
    assert not accepted_late(replace(late, accept_by=None), ZONE)
    assert not accepted_late(replace(late, received_at=None), ZONE)
    assert not accepted_late(replace(late, phase=Phase.PRE), ZONE), "it waits still"


def test_pairs_of_dates_that_are_out_of_order():
    wrong = Dated(
        Phase.RETURNED, at("11/06 08:00"), at("10/06 16:00"), None, None, at("09/06 09:00"), at("08/06 09:00")
    )
    assert list(out_of_order(wrong, ZONE)) == [
        ("received_at", "due_at"), ("received_at", "finished_at"), ("finished_at", "returned_at"),
    ]  # fmt: skip
    assert list(out_of_order(ENDED, ZONE)) == []


def test_nothing_is_raised_of_what_is_right():
    assert raised(None, PLAIN) == raised(PLAIN, ENDED) == raised(ENDED, ENDED) == []


def test_a_conflict_is_raised_once():
    odd = replace(PLAIN, finished_at=at("07/06 09:00"))
    assert raised(PLAIN, odd, conflict=True) == [
        Raised(Flag.CONFLICT, {"phase": "running", "finished_at": "2024-06-07T02:00:00+00:00"})
    ]
    assert raised(odd, odd, conflict=True, was_conflict=True) == []
    assert raised(odd, PLAIN, was_conflict=True) == []


def test_an_end_without_a_date_is_raised_once():
    bare = replace(PLAIN, phase=Phase.DONE)
    flag = [Raised(Flag.ESTIMATED_FINISH, {"phase": "done"})]
    assert raised(PLAIN, bare) == raised(None, bare) == raised(ENDED, bare) == flag
    assert raised(bare, bare) == raised(bare, replace(bare, phase=Phase.RETURNED)) == []


def test_a_late_acceptance_is_raised_once():
    late = replace(PLAIN, accept_by=at("03/06 07:00"))
    flag = [Raised(Flag.ACCEPTED_LATE,
                   {"accept_by": "2024-06-03T00:00:00+00:00", "received_at": "2024-06-03T01:00:00+00:00"})]  # fmt: skip
    assert raised(None, late) == raised(replace(late, phase=Phase.PRE), late) == flag
    assert raised(late, late) == []


def test_dates_out_of_order_are_raised_once_a_pair_with_both_of_them():
    odd = replace(ENDED, finished_at=at("02/06 09:00"))
    flag = [Raised(Flag.ORDER, {
        "earlier": "received_at", "later": "finished_at",
        "received_at": "2024-06-03T01:00:00+00:00", "finished_at": "2024-06-02T02:00:00+00:00",
    })]  # fmt: skip
    assert raised(None, odd) == raised(ENDED, odd) == flag
    assert raised(odd, odd) == []
    more = replace(odd, returned_at=at("01/06 09:00"))
    assert [each.evidence["later"] for each in raised(odd, more)] == ["returned_at"]


def test_a_day_without_a_time_is_out_of_order_by_the_day():
    same = replace(ENDED, finished_at=at("03/06 00:00"), day_only=("finished_at",))
    assert raised(None, same) == []
    assert len(raised(None, replace(same, finished_at=at("02/06 00:00")))) == 1
    due = replace(PLAIN, received_at=at("10/06 18:00"), due_at=at("10/06 17:00"), due_on=date(2024, 6, 10))
    assert raised(None, due) == []


def test_days_are_local_ones():
    """00:00 in Hanoi is the day before in UTC."""
    late = replace(PLAIN, received_at=at("10/06 00:00"), day_only=("received_at",), accept_by=at("09/06 08:00"))
    assert accepted_late(late, ZONE)
    assert [each.flag for each in raised(None, late)] == [Flag.ACCEPTED_LATE]
    assert raised(late, late) == []
    odd = replace(ENDED, received_at=at("08/06 00:00"), day_only=("received_at",))
    assert len(raised(None, odd)) == 1
    assert raised(odd, odd) == []
