"""What was known at an instant, folded from observations, and the fact it makes: on time, later, or before all history."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alertd.core.dossier import Clock, Filing, Observation, Phase, plain
from alertd.core.rates.asof import INSTANTS, Beside, Ground, fact, fold, read
from alertd.core.rates.fact import Fact
from alertd.core.worktime import Calendar
from tests.core.rates.facts import CUTOFF, RULES, SINCE, START, WEEK, at, period

PERIOD = WEEK
RUNNING = {"key": "K", "code": "MAU-1", "phase": "running", "unit": "TP", "officers": ["an"],
           "received_at": "2026-06-08T01:00:00+00:00", "due_on": "2026-06-17"}  # fmt: skip


def ground(since=SINCE, over=PERIOD):
    return Ground(RULES, RULES.organisation.on(over.last_day), over, since)


def made(*history, since=SINCE, over=PERIOD, later=()):
    """The fact of a history; `later` is what became known after the cut-off."""
    then = fold(history)
    return fact(1, fold([*history, *later]), then, ground(since, over))


def test_every_instant_of_an_observation_is_read_as_one():
    assert {field.name for field in fields(Observation) if "datetime" in str(field.type)} == set(INSTANTS)


def test_an_observation_comes_back_as_it_was_written():
    seen = Observation(
        "K", "MAU-1", Phase.PAUSED, officers=("an", "binh"), aliases=("A",), channel=Filing.ONLINE, due_on=date(2026, 6, 17),
        received_at=at("08/06 08:00"), fee_total=5, paid_online=False, result_digital=True,
    )  # fmt: skip
    back = read(seen.values())
    assert back == {name: value for name, value in back.items() if getattr(seen, name) == value}
    assert read({"due_at": None, "finished_at": plain(at("10/06 08:00"))}) == {
        "due_at": None, "finished_at": at("10/06 08:00"),
    }  # fmt: skip


def test_pauses_are_counted_as_they_were_seen():
    known = fold([
        (at("08/06 08:00"), RUNNING), (at("09/06 08:00"), {"phase": "paused"}), (at("09/06 09:00"), {"status": "6"}),
        (at("10/06 08:00"), {"phase": "running"}), (at("11/06 08:00"), {"phase": "paused"}),
    ])  # fmt: skip
    assert (known.pauses, known.paused_since, known.clock) == (2, at("11/06 08:00"), Clock.STOPPED)


def test_an_unknown_status_stands_where_the_one_before_stood():
    known = fold([(at("08/06 08:00"), RUNNING | {"phase": "paused"}), (at("09/06 08:00"), {"phase": "unknown"})])
    assert (known.phase, known.pauses) == (Phase.PAUSED, 1)
    assert fact(1, known, known, ground()).unknown_status


def test_a_dossier_not_accepted_yet_makes_no_fact():
    assert made((at("08/06 08:00"), RUNNING | {"phase": "pre"})) is None


def test_accepted_is_when_it_was_first_seen_accepted():
    one = made((at("05/06 08:00"), RUNNING | {"phase": "pre"}), (at("09/06 08:00"), {"phase": "running"}))
    assert one.accepted_seen_at == at("09/06 08:00")


def test_a_due_date_without_a_time_is_the_end_of_its_last_session():
    assert made((at("08/06 08:00"), RUNNING)).due_at == at("17/06 17:00")


def test_the_receiving_unit_is_the_processing_one_where_the_feed_names_no_other():
    assert made((at("08/06 08:00"), RUNNING)).received_unit == "TP"
    assert made((at("08/06 08:00"), RUNNING | {"received_unit": "TNMT"})).received_unit == "TNMT"
    assert made((at("08/06 08:00"), RUNNING | {"received_unit": "Xã lạ"})).received_unit is None


def test_a_finish_that_no_feed_dates_is_when_it_was_seen():
    one = made((at("08/06 08:00"), RUNNING), (at("10/06 08:00"), {"phase": "done"}))
    assert (one.ended_at, one.phase) == (at("10/06 08:00"), Phase.DONE)


def test_what_was_reopened_is_open():
    one = made(
        (at("08/06 08:00"), RUNNING), (at("09/06 08:00"), {"phase": "done"}), (at("10/06 08:00"), {"phase": "running"})
    )
    assert (one.ended_at, one.phase) == (None, Phase.RUNNING)


def test_what_became_known_after_the_cut_off_does_not_count_unless_it_is_asked_for():
    history = [(at("08/06 08:00"), RUNNING)]
    later = [(CUTOFF, {"phase": "done", "finished_at": plain(at("12/06 08:00")), "channel": "online"})]
    assert made(*history).phase is Phase.RUNNING
    corrected = made(*history, later=later)
    assert (corrected.phase, corrected.ended_at, corrected.channel) == (Phase.DONE, at("12/06 08:00"), Filing.ONLINE)


def test_a_week_counted_later_leaves_what_ended_after_it_as_it_stood():
    history = [(at("08/06 08:00"), RUNNING), (at("12/06 08:00"), {"phase": "paused"})]
    later = [(CUTOFF, {"phase": "running", "due_on": "2026-07-01"}), (at("20/06 08:00"), {"phase": "done"})]
    one = made(*history, later=later)
    assert (one.phase, one.due_at, one.paused_since) == (Phase.PAUSED, at("17/06 17:00"), at("12/06 08:00"))


def test_before_all_history_the_feeds_own_dates_tell():
    seen = at("20/06 08:00")
    done = RUNNING | {"phase": "done", "finished_at": plain(at("18/06 08:00"))}
    past = fact(1, fold([(seen, done)]), None, ground(seen))
    assert (past.phase, past.ended_at) == (Phase.RUNNING, None)
    after = period(CUTOFF, at("21/06 23:59"))
    assert fact(1, fold([(seen, done)]), None, ground(seen, after)).ended_at == at("18/06 08:00")


def test_before_all_history_an_end_without_a_date_says_nothing():
    seen = at("20/06 08:00")
    assert fact(1, fold([(seen, RUNNING | {"phase": "done"})]), None, ground(seen)) is None


def test_what_came_after_the_cut_off_makes_no_fact():
    seen = at("20/06 08:00")
    assert fact(1, fold([(seen, RUNNING | {"received_at": plain(CUTOFF)})]), None, ground(seen)) is None


def test_a_finish_dated_ahead_is_when_it_was_seen_and_not_later():
    one = made(
        (at("08/06 08:00"), RUNNING),
        (at("10/06 08:00"), {"phase": "done", "finished_at": plain(datetime(2027, 1, 1, tzinfo=UTC))}),
    )
    assert one.phase is Phase.DONE


def test_without_observations_nothing_is_known():
    assert fold([]) is None


# --- everything that a fact carries -----------------------------------------------------------------------------------

TNMT = RUNNING | {"received_unit": "TNMT"}
EVERYTHING = TNMT | {
    "procedure": "Chứng thực", "procedure_code": "1.001", "channel": "online", "service_level": "full", "supplements": 1,
    "fee": True, "fee_total": 5000, "paid_online": False, "result_required": True, "result_digital": False,
    "components_digital": True,
}  # fmt: skip
BESIDE = Beside(first_due_at=at("15/06 17:00"), handed_to="binh", missing=True, supplements=3)


def test_a_fact_carries_what_was_shown_and_what_history_has_beside_it():
    known = fold([(at("08/06 08:05"), EVERYTHING), (at("09/06 08:00"), {"phase": "paused"})])
    assert fact(7, known, known, ground(), BESIDE) == Fact(
        id=7, unit="TP", received_unit="TNMT", phase=Phase.PAUSED, received_at=at("08/06 08:00"),
        due_at=at("17/06 17:00"), ended_at=None, accepted_seen_at=at("08/06 08:05"), ended_seen_at=None,
        history_since=SINCE, code="MAU-1", procedure="Chứng thực", officers=("an",), handed_to="binh",
        first_due_at=at("15/06 17:00"), procedure_code="1.001", channel=Filing.ONLINE, service_level="full",
        paused_since=at("09/06 08:00"), pauses=1, supplements=3, missing=True, unknown_status=False, fee=True,
        fee_total=5000, paid_online=False, result_required=True, result_digital=False, components_digital=True,
    )  # fmt: skip


def test_what_was_not_shown_is_empty_or_unknown():
    bare = {"key": "K", "code": None, "phase": "running", "received_at": "2026-06-08T01:00:00+00:00"}
    assert made((at("08/06 08:05"), bare)) == Fact(
        id=1, unit=None, received_unit=None, phase=Phase.RUNNING, received_at=at("08/06 08:00"), due_at=None,
        ended_at=None, accepted_seen_at=at("08/06 08:05"), ended_seen_at=None, history_since=SINCE,
    )  # fmt: skip


def test_an_end_is_carried_with_when_it_was_seen():
    one = made(
        (at("08/06 08:00"), RUNNING), (at("11/06 08:00"), {"phase": "done", "finished_at": plain(at("10/06 08:00"))})
    )
    assert (one.phase, one.ended_at, one.ended_seen_at) == (Phase.DONE, at("10/06 08:00"), at("11/06 08:00"))
    assert (one.paused_since, one.pauses) == (None, 0)


def test_a_return_dates_the_end_where_no_finish_does():
    one = made(
        (at("08/06 08:00"), RUNNING),
        (at("11/06 08:00"), {"phase": "returned", "returned_at": plain(at("10/06 08:00"))}),
    )
    assert one.ended_at == at("10/06 08:00")


def test_an_end_at_the_cut_off_is_one_of_the_next_week():
    one = made((at("08/06 08:00"), RUNNING), later=[(CUTOFF, {"phase": "done", "finished_at": plain(CUTOFF)})])
    assert (one.phase, one.ended_at, one.ended_seen_at) == (Phase.RUNNING, None, None)


def test_an_ended_dossier_was_paused_and_is_so_no_more():
    history = [
        (at("08/06 08:00"), RUNNING), (at("09/06 08:00"), {"phase": "paused"}),
        (at("10/06 08:00"), {"phase": "done", "finished_at": plain(at("10/06 08:00"))}),
    ]  # fmt: skip
    one = made(*history)
    assert (one.phase, one.paused_since, one.pauses) == (Phase.DONE, None, 1)


def test_a_due_instant_is_exact_or_the_end_of_its_day_in_the_units_own_calendar():
    exact = {"due_on": None, "due_at": plain(at("16/06 10:00"))}
    assert made((at("08/06 08:00"), RUNNING | exact)).due_at == at("16/06 10:00")
    own = replace(RULES, calendars={"TP": Calendar(RULES.zone, {2: ((480, 600),)})})
    known = fold([(at("08/06 08:00"), RUNNING)])
    assert fact(1, known, known, replace(ground(), rules=own)).due_at == at("17/06 10:00")


def test_without_a_due_date_there_was_no_first_one():
    known = fold([(at("08/06 08:00"), RUNNING | {"due_on": None})])
    assert fact(1, known, known, ground(), BESIDE).first_due_at is None


@pytest.mark.parametrize(
    ("declared", "seen", "much"), [(None, None, None), (0, None, 0), (2, None, 2), (None, 3, 3), (2, 3, 3), (4, 3, 4)]
)
def test_supplements_are_those_declared_or_seen_whichever_is_more(declared, seen, much):
    known = fold([(at("08/06 08:00"), RUNNING | {"supplements": declared})])
    assert fact(1, known, known, ground(), Beside(supplements=seen)).supplements == much


def test_once_a_week_has_counted_it_when_it_was_first_seen_is_what_counts():
    before = START - timedelta(days=2)
    waited = [(before, RUNNING | {"phase": "pre"}), (START - timedelta(days=1), {"phase": "running"})]
    assert made(*waited).accepted_seen_at == before
    late = [(before, RUNNING | {"phase": "pre"}), (START, {"phase": "running"})]
    assert made(*late).accepted_seen_at == START


def test_a_status_that_nobody_knows_is_said_only_of_what_was_observed():
    shown = [(at("08/06 08:00"), RUNNING), (at("09/06 08:00"), {"phase": "unknown"})]
    assert made(*shown).unknown_status
    assert not made(*shown[:1]).unknown_status
    after = fold([(CUTOFF, RUNNING | {"phase": "unknown"})])
    assert not fact(1, after, None, ground(CUTOFF)).unknown_status


def test_before_all_history_there_is_no_pause_and_no_open_phase_but_running():
    seen = at("20/06 08:00")
    paused = fold([(seen, RUNNING | {"phase": "paused"})])
    one = fact(1, paused, None, ground(seen))
    assert (one.phase, one.paused_since, one.pauses) == (Phase.RUNNING, None, 0)
    at_once = fold([(CUTOFF, RUNNING | {"phase": "paused"})])
    assert fact(1, at_once, None, ground(CUTOFF)).phase is Phase.RUNNING, "first read at the very cut-off"


def test_before_all_history_a_return_dates_an_end_too():
    seen = at("20/06 08:00")
    done = fold([(seen, RUNNING | {"phase": "returned", "returned_at": plain(at("18/06 08:00"))})])
    assert fact(1, done, None, ground(seen)).phase is Phase.RUNNING


def test_what_was_accepted_is_dated_by_the_first_time_it_was_seen_so():
    known = fold([
        (at("08/06 08:00"), RUNNING | {"phase": "pre"}), (at("09/06 08:00"), {"phase": "running"}),
        (at("10/06 08:00"), {"status": "5"}), (at("11/06 08:00"), {"phase": "pre"}), (at("12/06 08:00"), {"phase": "running"}),
    ])  # fmt: skip
    assert (known.first_seen_at, known.accepted_seen_at) == (at("08/06 08:00"), at("09/06 08:00"))
    assert fold([(at("08/06 08:00"), RUNNING | {"phase": "pre"})]).accepted_seen_at is None
