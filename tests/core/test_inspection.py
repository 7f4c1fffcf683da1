"""What a feed's rows are understood as: phases, and everything that fits nothing in the configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alertd.core.dossier import Observation, Phase
from alertd.core.inspection import Inspection, Understood
from alertd.core.organisation import Organisation, Person, Post, Span, Target, Unit
from alertd.core.rules import Rules
from alertd.core.suspicion import Suspicion
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)


def at(text):
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


NOW, DUE = at("10/06 09:00"), at("10/06 16:00")
UNITS = {"TP": Unit("TP", "Phòng Tư pháp"), "NV": Unit("NV", "Phòng Nội vụ")}
PEOPLE = {"an": Person("an", "An", ("tp.an",), (Post("TP", "staff"),))}
RULES = Rules(
    ZONE, Calendar(ZONE), {"NV": Calendar(ZONE, {5: ((480, 720),)})},
    Organisation(UNITS, PEOPLE, {}, Target.parse("person:an")), (),
)  # fmt: skip


def row(code="a", phase=Phase.RUNNING, unit="Phòng Tư pháp", due_at=DUE, officers=("tp.an",), **fields):
    return Observation(code, code, phase, unit=unit, due_at=due_at, officers=officers, **fields)


def inspected(*rows, wanted=10):
    made = Inspection(RULES, NOW, wanted)
    made.add(rows)
    return made


def test_a_row_that_fits_is_understood_and_counts_for_nothing_else():
    found = inspected(row())
    assert found.first == [Understood(row(), "TP", (("tp.an", "an"),), at("10/06 16:00"), 5.5 * HOUR)]
    assert (found.rows, found.phases, found.without_due, found.without_officer) == (1, {Phase.RUNNING: 1}, 0, 0)
    assert (found.units, found.officers, found.statuses) == ({}, {}, {})


def test_pages_add_up_and_only_the_first_rows_are_kept():
    made = Inspection(RULES, NOW, 2)
    made.add([row("a"), row("b", Phase.PAUSED)])
    made.add([row("c")])
    assert [one.seen.code for one in made.first] == ["a", "b"]
    assert (made.rows, made.phases) == (3, {Phase.RUNNING: 2, Phase.PAUSED: 1})
    assert inspected(row(), wanted=0).first == []


def test_what_fits_no_unit_is_counted_by_its_name():
    found = inspected(row("a", unit="Phòng X"), row("b", unit="Phòng X"), row("c", unit="Phòng Y"), row("d"))
    assert found.units == {"Phòng X": 2, "Phòng Y": 1}


def test_what_has_ended_counts_for_nothing_but_its_phase():
    found = inspected(row("a", Phase.DONE, unit="Phòng X", due_at=None, officers=()))
    assert (found.units, found.without_due, found.without_officer) == ({}, 0, 0)
    assert found.phases == {Phase.DONE: 1}


def test_an_unknown_status_is_counted_by_its_words():
    found = inspected(row("a", Phase.UNKNOWN, status="Lạ"), row("b", Phase.UNKNOWN, status="Lạ"), row("c", status="5"))
    assert found.statuses == {"Lạ": 2}


def test_without_due_date_is_what_runs_and_has_none():
    found = inspected(row("a", due_at=None), row("b", Phase.PAUSED, due_at=None), row("c", Phase.PRE, due_at=None))
    assert found.without_due == 1
    dated = inspected(row("a", due_at=None, due_on=date(2024, 6, 11)))
    assert dated.without_due == 0
    assert dated.first[0].due_at == at("11/06 17:00")


def test_officers_that_nobody_is_are_counted_with_their_unit_and_a_placeholder_is_nobody():
    found = inspected(
        row("a", officers=("tp.an", "Bình")),
        row("b", officers=("Bình",)),
        row("c", officers=("Chuyên viên",)),
        row("d", officers=()),
    )
    assert found.officers == {("TP", "Bình"): 2}
    assert found.without_officer == 2
    assert [one.officers for one in found.first] == [
        (("tp.an", "an"), ("Bình", None)), (("Bình", None),), (("Chuyên viên", None),), (),
    ]  # fmt: skip


def test_an_officer_is_looked_for_by_name_in_the_dossiers_unit():
    found = inspected(row("a", officers=("An",)), row("b", unit="Phòng Nội vụ", officers=("An",)))
    assert [one.officers for one in found.first] == [(("An", "an"),), (("An", None),)]
    assert found.officers == {("NV", "An"): 1}


def test_working_time_left_is_that_of_the_unit_and_only_while_the_due_clock_runs():
    late, paused, pre = inspected(row("a", due_at=at("07/06 16:00")), row("b", Phase.PAUSED), row("c", Phase.PRE)).first
    assert (late.left, paused.left, pre.left) == (-2.5 * HOUR, None, None)
    (other,) = inspected(row("a", unit="Phòng Nội vụ", due_at=at("15/06 12:00"))).first
    assert other.left == 4 * HOUR
    assert inspected(row(untimed=True)).first[0].left is None


def test_dates_that_are_hardly_right_are_gathered_by_the_units_own_days():
    found = inspected(row("a", due_at=at("15/06 10:00")), row("b", unit="Phòng Nội vụ", due_at=at("15/06 10:00")))
    assert found.dates.counts == {Suspicion.DUE_ON_DAY_OFF: 1}
    assert inspected(row("a", due_at=None)).dates.counts == {}


def test_several_rows_without_a_due_date_are_several():
    assert inspected(row("a", due_at=None), row("b", due_at=None)).without_due == 2


def test_who_is_who_and_which_day_it_is_are_asked_in_the_local_zone():
    from_today = {"an": Person("an", "An", ("tp.an",), (Post("TP", "staff", span=Span(date(2024, 6, 10))),))}
    rules = replace(RULES, organisation=Organisation(UNITS, from_today, {}, Target.parse("person:an")))
    early = Inspection(rules, at("10/06 05:00"), 1)  # the day before in UTC
    early.add([row(officers=("An",), due_at=at("09/06 23:00"), received_at=at("10/06 00:00"))])
    assert early.first[0].officers == (("An", "an"),)
    assert early.dates.counts == {Suspicion.DUE_ON_DAY_OFF: 1, Suspicion.DUE_BEFORE_RECEIPT: 1}
    monday = inspected(row(due_at=at("10/06 05:00")))
    assert monday.dates.counts == {}, "05:00 on Monday is Sunday in UTC"


def test_a_due_date_without_a_time_is_that_of_the_units_calendar():
    (one,) = inspected(row(unit="Phòng Nội vụ", due_at=None, due_on=date(2024, 6, 15))).first
    assert one.due_at == at("15/06 12:00")
