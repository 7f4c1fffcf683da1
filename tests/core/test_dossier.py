"""Dossiers: phases and clocks (DESIGN sections 2 and 5), and the hash that says whether anything changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.dossier import ENDED, FIELDS, Clock, Filing, Observation, PauseKind, Phase, clock_of

AT = datetime(2024, 6, 3, 1, 0, tzinfo=UTC)
PLAIN = Observation("k", "H27-1", Phase.RUNNING)
OTHER = {
    "key": "other", "code": "H27-2", "phase": Phase.PAUSED, "status": "5", "unit": "TP", "received_unit": "TTHCC",
    "officers": ("a", "b"), "procedure_code": "1.001", "procedure": "Cải chính", "field": "Hộ tịch",
    "channel": Filing.ONLINE, "submitted_at": AT, "received_at": AT, "due_at": AT, "due_on": date(2024, 6, 3),
    "finished_at": AT, "returned_at": AT, "url": "https://example.invalid/1", "aliases": ("H15.1",), "parent": "H27-0",
    "step": "Thẩm định", "step_due_at": AT, "accept_due_at": AT, "due_before_at": AT, "supplements": 1,
    "service_level": "full", "fee": False, "fee_total": 0, "paid_online": False, "result_required": True,
    "result_digital": False, "components_digital": False, "pause": PauseKind.OTHER, "day_only": ("received_at",), "untimed": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "clock"),
    [
        (Phase.PRE, Clock.ACCEPT),
        (Phase.RUNNING, Clock.DUE),
        (Phase.PAUSED, Clock.STOPPED),
        (Phase.DONE, Clock.ENDED),
        (Phase.RETURNED, Clock.ENDED),
        (Phase.CANCELLED, Clock.ENDED),
        (Phase.REJECTED, Clock.ENDED),
    ],
)
@pytest.mark.parametrize("before", [None, *Clock])
def test_a_phase_has_one_clock_whatever_was_before(phase, clock, before):
    assert clock_of(phase, before) is clock


@pytest.mark.parametrize("before", [clock for clock in Clock if clock is not Clock.NONE])
def test_an_unknown_phase_keeps_the_last_known_clock(before):
    assert clock_of(Phase.UNKNOWN, before) is before


def test_an_unknown_phase_runs_when_there_was_none_before():
    assert clock_of(Phase.UNKNOWN) is Clock.DUE
    assert clock_of(Phase.UNKNOWN, Clock.NONE) is Clock.DUE


@pytest.mark.parametrize("before", [None, *Clock])
def test_where_no_deadline_may_be_taken_no_clock_runs_and_a_pause_or_an_end_is_still_one(before):
    for phase in (Phase.PRE, Phase.RUNNING):
        assert clock_of(phase, before, untimed=True) is Clock.NONE
    assert clock_of(Phase.PAUSED, before, untimed=True) is Clock.STOPPED
    for phase in ENDED:
        assert clock_of(phase, before, untimed=True) is Clock.ENDED
    assert clock_of(Phase.UNKNOWN, before, untimed=True) in (Clock.NONE, Clock.STOPPED, Clock.ENDED)


def test_whether_deadlines_may_be_taken_is_news():
    assert replace(PLAIN, untimed=True).digest() != PLAIN.digest()


def test_the_phases_are_those_of_design_section_2():
    expected = {"pre", "running", "paused", "done", "returned", "cancelled", "rejected", "unknown"}
    assert {str(phase) for phase in Phase} == expected
    assert {str(phase) for phase in ENDED} == {"done", "returned", "cancelled", "rejected"}


def test_equal_observations_have_equal_hashes():
    assert PLAIN.digest() == Observation("k", "H27-1", Phase.RUNNING).digest()


def test_what_the_first_schema_knew_has_the_hash_that_it_had():
    """Otherwise an upgrade would write an observation that changes nothing for every dossier stored."""
    of_schema_0002 = "83224cecf7b5a4f7d4508a1d846962a7"
    assert replace(PLAIN, due_at=AT, officers=("a", "b"), channel=Filing.ONLINE).digest() == of_schema_0002


def test_what_later_schemas_know_has_the_hash_that_it_had():
    assert replace(PLAIN, supplements=1, fee=True).digest() == "e142cd23e82ff24cf201987d60a336eb"
    assert replace(PLAIN, untimed=True).digest() == "a0daae93303b31b4b7ef36a119bcd8e3"
    assert replace(PLAIN, supplements=1, fee=True, untimed=True).digest() == "2b9daf84edaa8b094dd6decdc68c3c67"


def test_every_field_has_a_row_here():
    assert set(OTHER) == set(FIELDS)


READINGS = ("pause", "day_only")  # they follow from the status and from how a date is written


@pytest.mark.parametrize("name", [name for name in OTHER if name not in READINGS])
def test_a_change_of_any_field_changes_the_hash(name):
    assert replace(PLAIN, **{name: OTHER[name]}).digest() != PLAIN.digest()


@pytest.mark.parametrize("name", READINGS)
def test_how_the_rest_is_read_is_no_news_alone(name):
    assert replace(PLAIN, **{name: OTHER[name]}).digest() == PLAIN.digest()


def test_a_date_is_not_the_instant_of_its_midnight():
    assert replace(PLAIN, due_on=date(2024, 6, 3)).digest() != replace(PLAIN, due_at=AT).digest()


def test_text_that_moves_from_one_field_to_the_next_changes_the_hash():
    assert replace(PLAIN, procedure="x").digest() != replace(PLAIN, field="x").digest()
    assert replace(PLAIN, officers=("a", "b")).digest() != replace(PLAIN, officers=("a, b",)).digest()


@given(st.fixed_dictionaries({name: st.sampled_from([getattr(PLAIN, name), other]) for name, other in OTHER.items()}))
def test_values_are_what_is_known_as_json_can_hold_it(chosen):
    held = json.loads(json.dumps(Observation(**chosen).values()))
    assert list(held) == [name for name in FIELDS if chosen[name] not in (None, "", ())]


def test_values_write_instants_in_utc():
    there = timezone(timedelta(hours=7))
    assert replace(PLAIN, due_at=AT.astimezone(there)).values()["due_at"] == "2024-06-03T01:00:00+00:00"
    assert replace(PLAIN, due_on=date(2024, 6, 3)).values()["due_on"] == "2024-06-03"


def test_all_fields_in_their_order():
    assert PLAIN.shown() == tuple(getattr(PLAIN, name) for name in FIELDS)
