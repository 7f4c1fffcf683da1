"""Dates that can be read and are hardly right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dossier import Observation, Phase
from alertd.core.suspicion import Suspicion, Suspicions

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


def local(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


RECEIVED, DUE = local("08/06/2026 08:15"), local("15/06/2026 16:00")


def found(*rows, works=True):
    gathered = Suspicions(NOW, ZONE)
    for number, fields in enumerate(rows):
        values = {"received_at": RECEIVED, "due_at": DUE} | fields
        seen = Observation(key=str(number), code=f"HS-{number}", phase=Phase.RUNNING, **values)
        gathered.add(seen, seen.due_at or (seen.due_on and DUE), works=works)
    return gathered.found()


def test_a_plain_dossier_raises_no_suspicion():
    assert found({}) == {}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"due_at": local("08/06/2026 08:00")}, Suspicion.DUE_BEFORE_RECEIPT),
        ({"due_at": local("11/06/2031 16:00")}, Suspicion.DUE_FAR_OFF),
        ({"due_at": local("16/06/2026 00:00")}, Suspicion.DUE_AT_MIDNIGHT),
        ({"received_at": NOW + timedelta(days=1, seconds=1)}, Suspicion.RECEIVED_IN_FUTURE),
        ({"received_at": NOW - timedelta(days=3654)}, Suspicion.RECEIVED_LONG_AGO),
        ({"finished_at": local("08/06/2026 08:14")}, Suspicion.FINISHED_BEFORE_RECEIPT),
        ({"finished_at": NOW + timedelta(days=2)}, Suspicion.FINISHED_IN_FUTURE),
        ({"finished_at": NOW, "returned_at": NOW - timedelta(minutes=1)}, Suspicion.RETURNED_BEFORE_FINISH),
    ],
)
def test_each_oddity_is_found_with_its_code_and_alone(fields, kind):
    assert found(fields) == {kind: 1}


def test_a_due_date_on_a_day_on_which_nobody_works_is_odd():
    assert found({}, works=False) == {Suspicion.DUE_ON_DAY_OFF: 1}


def test_where_one_of_two_dates_has_no_time_their_days_are_compared():
    bare = {"finished_at": local("08/06/2026 00:00"), "day_only": ("finished_at",)}
    assert found(bare) == {}
    assert found({**bare, "finished_at": local("07/06/2026 00:00")}) == {Suspicion.FINISHED_BEFORE_RECEIPT: 1}
    returned = {"finished_at": local("09/06/2026 15:00"), "returned_at": local("09/06/2026 00:00")}
    assert found({**returned, "day_only": ("returned_at",)}) == {}


def test_a_date_alone_is_no_midnight():
    assert found({"due_at": None, "due_on": date(2026, 6, 15)}) == {}


def test_receipts_that_are_all_at_midnight_show_that_the_source_writes_no_times():
    def rows(count):
        return [
            {"received_at": local(f"{1 + n % 7:02}/06/2026 00:00"), "due_at": DUE + timedelta(minutes=n)}
            for n in range(count)
        ]

    assert found(*rows(12)) == {Suspicion.RECEIVED_AT_MIDNIGHT: 12}
    assert found(*rows(12), {}) == {}
    assert found(*rows(9)) == {}, "too few to tell"
    assert found(*({**row, "day_only": ("received_at",)} for row in rows(12))) == {}


def test_what_is_the_same_for_all_of_ten_or_more_is_odd():
    due_same = [{"received_at": RECEIVED + timedelta(minutes=n)} for n in range(10)]
    assert found(*due_same) == {Suspicion.DUE_ALL_THE_SAME: 10}
    assert found(*due_same[:9]) == {}
    assert found(*due_same, {"due_at": DUE + timedelta(days=1)}, *due_same) == {}
    received_same = [{"due_at": DUE + timedelta(minutes=n)} for n in range(10)]
    assert found(*received_same, {"received_at": None, "due_at": None}) == {Suspicion.RECEIVED_ALL_THE_SAME: 10}


def test_three_codes_of_each_oddity_are_named():
    gathered = Suspicions(NOW, ZONE)
    for number in range(5):
        seen = Observation(key=str(number), code=f"HS-{number}", phase=Phase.RUNNING, received_at=DUE, due_at=RECEIVED)
        gathered.add(seen, RECEIVED, works=True)
    assert gathered.found()[Suspicion.DUE_BEFORE_RECEIPT] == 5
    assert gathered.examples[Suspicion.DUE_BEFORE_RECEIPT] == ["HS-0", "HS-1", "HS-2"]


def test_what_all_rows_have_in_common_is_odd_only_where_they_have_it():
    mixed = [{"received_at": RECEIVED + timedelta(minutes=n), "due_at": DUE + timedelta(minutes=n)} for n in range(12)]
    assert found(*mixed) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"received_at": NOW + timedelta(days=1), "due_at": None},
        {"received_at": NOW - timedelta(days=3653)},
        {"finished_at": NOW + timedelta(days=1)},
        {"due_at": NOW + timedelta(days=1827)},
        {"due_at": RECEIVED},
        {"finished_at": RECEIVED},
    ],
)
def test_what_lies_at_the_bound_is_not_odd(fields):
    assert found(fields) == {}


def test_days_are_compared_as_local_ones():
    """00:00 in Hanoi is the day before in UTC."""
    same = {
        "received_at": local("08/06/2026 06:00"),
        "finished_at": local("08/06/2026 00:00"),
        "day_only": ("finished_at",),
    }
    assert found(same) == {}
    before = {**same, "finished_at": local("07/06/2026 00:00")}
    assert found(before) == {Suspicion.FINISHED_BEFORE_RECEIPT: 1}
