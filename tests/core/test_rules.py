"""Everything that decides, in one value: whose calendar counts, which day it is, when a value without a time ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from alertd.core.organisation import Organisation, Target
from alertd.core.plan import Anchor
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OWN = Calendar(ZONE, {5: ((480, 720),)})
RULES = Rules(ZONE, Calendar(ZONE), {"NV": OWN}, Organisation({}, {}, {}, Target.parse("person:a")), ())


def test_a_unit_with_a_calendar_of_its_own_is_counted_by_it_and_all_others_by_the_common_one():
    assert RULES.calendar_of("NV") is OWN
    assert RULES.calendar_of("TP") is RULES.calendar_of(None) is RULES.calendar_of("") is RULES.calendar


def test_the_date_is_that_of_the_configured_zone():
    assert RULES.local_date(datetime(2024, 6, 3, 17, 0, tzinfo=UTC)) == date(2024, 6, 4)
    assert RULES.local_date(datetime(2024, 6, 3, 16, 59, tzinfo=UTC)) == date(2024, 6, 3)


def test_a_due_value_is_exact_or_the_end_of_its_day():
    exact = datetime(2024, 6, 3, 1, 0, tzinfo=UTC)
    assert RULES.due_instant("TP", exact, None) == exact
    assert RULES.due_instant("TP", None, None) is None
    assert RULES.due_instant("TP", None, date(2024, 6, 3)) == datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
    assert RULES.due_instant("NV", None, date(2024, 6, 8)) == datetime(2024, 6, 8, 5, 0, tzinfo=UTC)


def test_steps_are_counted_in_the_calendar_of_the_unit():
    due, received, finished = (datetime(2024, 6, n, 1, 0, tzinfo=UTC) for n in (10, 3, 12))
    assert RULES.anchor("NV", due, received, finished) == Anchor(due, OWN, received, finished)
    assert RULES.anchor("TP", due, None) == Anchor(due, RULES.calendar)
