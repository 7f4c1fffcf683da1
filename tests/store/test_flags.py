"""Flags (reference 2.2, 2.3, 4.3): what asks for a question, on record once for each occurrence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.dossier import PauseKind, Phase
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def world(database):
    return World(database)


def asked(due="20/06 16:00", **fields):
    """A dossier that waits for a supplement."""
    return dossier(due=due, phase=Phase.PAUSED, status="5", pause=PauseKind.SUPPLEMENT, **fields)


def flags(world, kind=None):
    return [(row.flag, row.seen_at) for row in world.rows("flags") if kind in (None, row.flag)]


def evidence(world):
    (row,) = world.rows("flags")
    return row.evidence


def test_a_quiet_dossier_has_none(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", dossier(phase=Phase.PAUSED, status="5", pause=PauseKind.SUPPLEMENT))
    world.poll("05/06 08:00", dossier(due="13/06 16:00"))
    world.poll("12/06 08:00", finished(dossier(due="13/06 16:00"), "11/06 16:00"))
    world.poll("13/06 08:00", replace(finished(dossier(due="13/06 16:00"), "11/06 16:00", Phase.RETURNED),
                                      returned_at=at("12/06 16:00")))  # fmt: skip
    assert flags(world) == []


# --- supplements ------------------------------------------------------------------------------------------------------


def test_a_second_request_for_a_supplement_is_flagged_when_it_is_seen_and_so_is_a_third(world):
    for hour, shown in enumerate([dossier(), asked(), dossier(), asked(), dossier(), asked()], 8):
        world.poll(f"03/06 {hour:02}:00", replace(shown, due_at=at("20/06 16:00")))
    assert flags(world) == [("supplement_repeat", at("03/06 11:00")), ("supplement_repeat", at("03/06 13:00"))]
    assert [row.evidence["count"] for row in world.rows("flags")] == [2, 3]


def test_a_request_after_another_kind_of_pause_is_one_more(world):
    money = replace(asked(), status="6", pause=PauseKind.OBLIGATION)
    for hour, shown in enumerate([asked(), money, asked()], 8):
        world.poll(f"03/06 {hour:02}:00", shown)
    assert flags(world) == [("supplement_repeat", at("03/06 10:00"))]
    assert world.stored().pause_count == 1, "the clock was stopped once"


def test_an_unknown_status_in_between_is_no_second_request(world):
    for hour, shown in enumerate([asked(), replace(asked(), phase=Phase.UNKNOWN, status="?", pause=None), asked()], 8):
        world.poll(f"03/06 {hour:02}:00", shown)
    assert flags(world) == []


def test_pauses_of_other_kinds_are_no_requests(world):
    money = replace(asked(), status="6", pause=PauseKind.OBLIGATION)
    for hour, shown in enumerate([money, dossier(due="20/06 16:00"), money], 8):
        world.poll(f"03/06 {hour:02}:00", shown)
    assert flags(world) == []


def test_what_a_portal_declares_counts_where_it_is_more_than_was_seen(world):
    world.poll("03/06 08:00", dossier(supplements=2))
    assert flags(world) == [("supplement_repeat", at("03/06 08:00"))]
    assert evidence(world) == {"count": 2, "declared": 2, "seen": 0}
    world.poll("03/06 09:00", dossier(supplements=2, status="x"))
    world.poll("03/06 10:00", asked("10/06 16:00", supplements=2))
    assert len(flags(world)) == 1, "the second request is declared and seen, and flagged once"
    world.poll("03/06 11:00", dossier(supplements=3))
    assert [row.evidence["count"] for row in world.rows("flags")] == [2, 3]


# --- due dates --------------------------------------------------------------------------------------------------------


def test_a_due_date_put_off_after_it_has_passed_is_flagged(world):
    world.poll("10/06 16:05", dossier())
    world.poll("11/06 08:00", dossier(due="14/06 16:00"))
    assert flags(world) == [("extended_after_due", at("11/06 08:00"))]
    assert evidence(world) == {
        "from": "2024-06-10T09:00:00+00:00", "to": "2024-06-14T09:00:00+00:00", "phase": "running",
    }  # fmt: skip


def test_a_due_date_put_off_on_a_finished_dossier_is_flagged_too(world):
    world.poll("12/06 08:00", finished(dossier(), "11/06 09:00"))
    world.poll("13/06 08:00", finished(dossier(due="12/06 16:00"), "11/06 09:00"))
    assert evidence(world)["phase"] == "done"


def test_a_due_date_put_off_a_second_time_is_flagged_and_one_that_grows_by_a_pause_does_not_count(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", dossier(due="12/06 16:00"))
    world.poll("05/06 08:00", asked("12/06 16:00"))
    world.poll("06/06 08:00", dossier(due="13/06 16:00"))
    assert flags(world) == []
    world.poll("07/06 08:00", dossier(due="14/06 16:00"))
    assert flags(world) == [("second_extension", at("07/06 08:00"))]
    assert evidence(world)["count"] == 2


def test_due_values_going_back_and_forth_are_no_extensions(world):
    for number in range(8):
        world.poll(f"03/06 {8 + number:02}:00", dossier(due=["10/06 16:00", "12/06 16:00"][number % 2]))
    assert flags(world) == []
    assert world.stored().extension_count == 1


# --- contradictions (reference 4.3, cross rules 1 to 4) ---------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.PRE, Phase.RUNNING, Phase.PAUSED])
def test_an_open_dossier_with_a_finish_is_flagged_once_until_it_is_right_again(world, phase):
    odd = dossier(phase=phase, finished_at=at("03/06 07:45"))
    world.poll("03/06 08:00", dossier(phase=phase))
    world.poll("03/06 09:00", odd)
    world.poll("03/06 10:00", replace(odd, status="x"))
    assert flags(world) == [("conflict", at("03/06 09:00"))]
    assert evidence(world) == {"phase": phase.value, "finished_at": "2024-06-03T00:45:00+00:00"}
    world.poll("03/06 11:00", dossier(phase=phase))
    world.poll("03/06 12:00", odd)
    assert flags(world, "conflict") == [("conflict", at("03/06 09:00")), ("conflict", at("03/06 12:00"))]


@pytest.mark.parametrize("shown", [dossier(phase=Phase.UNKNOWN, finished_at=at("03/06 07:45")),
                                   dossier(finished_at=at("05/06 16:00"))])  # fmt: skip
def test_a_finish_to_come_or_of_an_unknown_status_is_no_conflict(world, shown):
    world.poll("03/06 08:00", shown)
    assert flags(world) == []


def test_in_a_conflict_the_status_is_believed_and_the_dates_are_kept(world):
    odd = dossier(finished_at=at("03/06 07:45"))
    world.run("10/06 16:05", odd)
    assert world.stored().finished_at == at("03/06 07:45")
    assert ("overdue", "head", "pending") in world.alerts()
    assert [row.due_at for row in world.rows("overdue_spells")] == [at("10/06 16:00")]
    assert world.stored().next_step_at is not None


def test_an_end_without_any_date_is_flagged_once_and_the_first_seen_end_stands_for_it(world):
    world.poll("03/06 08:00", dossier())
    world.poll("12/06 09:00", dossier(phase=Phase.DONE))
    world.poll("12/06 10:00", dossier(phase=Phase.RETURNED))
    assert flags(world) == [("estimated_finish", at("12/06 09:00"))]
    assert world.stored().ended_seen_at == at("12/06 09:00")


def test_a_return_without_a_finish_is_date_enough(world):
    world.poll("12/06 09:00", dossier(phase=Phase.RETURNED, returned_at=at("10/06 09:00")))
    assert flags(world) == []


@pytest.mark.parametrize("phase", [Phase.CANCELLED, Phase.REJECTED])
def test_what_was_withdrawn_or_refused_needs_no_date(world, phase):
    world.poll("12/06 09:00", dossier(phase=phase))
    assert flags(world) == []


@pytest.mark.parametrize(
    ("dates", "pair"),
    [
        ({"received_at": at("11/06 08:00")}, ("received_at", "due_at")),
        ({"phase": Phase.DONE, "finished_at": at("24/05 08:00")}, ("received_at", "finished_at")),
        ({"phase": Phase.RETURNED, "finished_at": at("06/06 08:00"), "returned_at": at("05/06 08:00")},
         ("finished_at", "returned_at")),
    ],
)  # fmt: skip
def test_dates_out_of_order_are_flagged_once_a_pair(world, dates, pair):
    world.poll("12/06 09:00", dossier(**dates))
    world.poll("12/06 10:00", dossier(**dates, url="https://portal.example/1"))
    assert flags(world, "order") == [("order", at("12/06 09:00"))]
    row = next(row for row in world.rows("flags") if row.flag == "order")
    assert (row.evidence["earlier"], row.evidence["later"]) == pair
    assert set(pair) <= row.evidence.keys()


@pytest.mark.parametrize(
    "dates",
    [
        # received in the afternoon, finished on the same day as the sheet writes it
        {"phase": Phase.DONE, "received_at": at("03/06 14:00"), "finished_at": at("03/06 00:00"),
         "day_only": ("finished_at",)},
        {"phase": Phase.RETURNED, "finished_at": at("06/06 15:00"), "returned_at": at("06/06 00:00"),
         "day_only": ("returned_at",)},
        {"received_at": at("10/06 17:30"), "due": "10/06"},
    ],
)  # fmt: skip
def test_days_without_a_time_are_compared_as_days(world, dates):
    world.poll("12/06 09:00", dossier(**dates))
    assert flags(world) == []


def test_a_day_without_a_time_that_is_before_another_day_is_out_of_order_all_the_same(world):
    world.poll("12/06 09:00", dossier(phase=Phase.DONE, received_at=at("03/06 14:00"), finished_at=at("02/06 00:00"),
                                      day_only=("finished_at",)))  # fmt: skip
    assert [flag for flag, _ in flags(world)] == ["order"]


# --- ends that are taken back -----------------------------------------------------------------------------------------


def test_a_re_opening_is_flagged_and_the_ladder_begins_anew(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", finished(dossier(), "04/06 07:45"))
    world.poll("05/06 08:00", dossier())
    assert flags(world) == [("reopened", at("05/06 08:00"))]
    assert evidence(world) == {"from": "done", "to": "running"}
    stored = world.stored()
    assert (stored.finished_at, stored.ended_seen_at, stored.episode) == (None, None, 2)
    assert stored.next_step_at == at("05/06 16:00")


def test_a_re_opening_that_keeps_its_finish_is_a_conflict_too_and_runs(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", finished(dossier(), "04/06 07:45"))
    world.poll("05/06 08:00", dossier(finished_at=at("04/06 07:45")))
    assert sorted(flag for flag, _ in flags(world)) == ["conflict", "reopened"]
    assert world.stored().next_step_at == at("05/06 16:00")


def test_a_late_finish_dated_back_afterwards_is_flagged_and_told_to_the_head(world):
    late = finished(dossier(), "11/06 09:00")
    world.poll("10/06 16:05", dossier())
    world.poll("11/06 10:00", late)
    assert flags(world) == []
    world.poll("12/06 08:00", replace(late, finished_at=at("10/06 16:00")))
    assert flags(world) == [("backdated_finish", at("12/06 08:00"))]
    assert evidence(world) == {
        "from": "2024-06-11T02:00:00+00:00", "to": "2024-06-10T09:00:00+00:00", "due_at": "2024-06-10T09:00:00+00:00",
    }  # fmt: skip
    assert [(row.step, row.person, row.note) for row in world.rows("alerts")] == [
        ("vanished", "head", "backdated_finish")
    ]
    assert [row.end_kind for row in world.rows("overdue_spells")] == ["finished"], "what was recorded stays"


def test_a_finish_that_comes_after_the_end_and_lies_before_a_due_instant_seen_missed_is_dated_back(world):
    world.poll("10/06 16:05", dossier())
    world.poll("11/06 10:00", dossier(phase=Phase.DONE))
    world.poll("12/06 08:00", finished(dossier(), "10/06 15:00"))
    assert [flag for flag, _ in flags(world)] == ["estimated_finish", "backdated_finish"]


def test_a_timely_finish_may_be_corrected(world):
    world.poll("10/06 08:00", dossier())
    world.poll("10/06 16:05", dossier(phase=Phase.DONE))
    world.poll("11/06 08:00", finished(dossier(), "10/06 15:00"))
    world.poll("12/06 08:00", finished(dossier(), "10/06 11:00"))
    assert [flag for flag, _ in flags(world)] == ["estimated_finish"]


# --- as they were first seen ------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_new_dossier_is_flagged_when_it_is_first_seen(world):
    world.poll("12/06 09:00", dossier("HS-1", received_at=at("11/06 08:00")), dossier("HS-2", phase=Phase.DONE))
    assert sorted(flag for flag, _ in flags(world)) == ["estimated_finish", "order"]
