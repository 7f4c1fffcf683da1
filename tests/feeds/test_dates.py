from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.feeds.dates import EPOCH_1904, DateError, Dates, Form, days_only, due_value, without_time

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SHEET = Dates(HANOI)
PORTAL = Dates(HANOI, z_is_local=True, epoch_ms=True)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("value", "at", "form"),
    [
        ("20240603170000", local(2024, 6, 3, 17), Form.TIME),
        (20240603170000, local(2024, 6, 3, 17), Form.TIME),
        (20240603170000.0, local(2024, 6, 3, 17), Form.TIME),
        ("03/06/2024", local(2024, 6, 3), Form.DATE),
        ("3/6/2024", local(2024, 6, 3), Form.DATE),
        ("03-06-2024", local(2024, 6, 3), Form.DATE),
        ("03.06.2024", local(2024, 6, 3), Form.DATE),
        ("03/06/2024 17:05", local(2024, 6, 3, 17, 5), Form.TIME),
        ("03/06/2024 17:05:09", local(2024, 6, 3, 17, 5, 9), Form.TIME),
        ("03/06/2024  7:05:09.250", local(2024, 6, 3, 7, 5, 9, 250000), Form.TIME),
        (" '03/06/2024 ", local(2024, 6, 3), Form.DATE),
        ("03/06/2024 05:05:09 PM", local(2024, 6, 3, 17, 5, 9), Form.TIME),
        ("03/06/2024 5:05 CH", local(2024, 6, 3, 17, 5), Form.TIME),
        ("03/06/2024 7:30 sa", local(2024, 6, 3, 7, 30), Form.TIME),
        ("03/06/2024 12:00 SA", local(2024, 6, 3), Form.TIME),
        ("03/06/2024 12:00 CH", local(2024, 6, 3, 12), Form.TIME),
        ("17:05 03/06/2024", local(2024, 6, 3, 17, 5), Form.TIME),
        ("17:05:09, 03/06/2024", local(2024, 6, 3, 17, 5, 9), Form.TIME),
        ("2024-06-03", local(2024, 6, 3), Form.DATE),
        ("2024-06-03T17:05:09", local(2024, 6, 3, 17, 5, 9), Form.TIME),
        ("2024-06-03 17:05:09", local(2024, 6, 3, 17, 5, 9), Form.TIME),
        ("2024-06-03T17:05:09+07:00", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        ("2024-06-03T17:05:09.123456+07:00", local(2024, 6, 3, 17, 5, 9, 123456), Form.OFFSET),
        ("2024-06-03T17:05:09.000+0700", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        ("2024-06-03 17:05:09 +0700", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        ("2024-06-03T10:05:09Z", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        ("/Date(1717409109000)/", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        (r"\/Date(1717409109000+0700)\/", local(2024, 6, 3, 17, 5, 9), Form.OFFSET),
        (45446, local(2024, 6, 3), Form.CELL),
        (45446.5, local(2024, 6, 3, 12), Form.CELL),
        (45446.708333333336, local(2024, 6, 3, 17), Form.CELL),
        (36526, local(2000, 1, 1), Form.CELL),
        (73050, local(2099, 12, 31), Form.CELL),
        (date(2024, 6, 3), local(2024, 6, 3), Form.CELL),
        (datetime(2024, 6, 3, 17), local(2024, 6, 3, 17), Form.CELL),
    ],
)
def test_each_way_of_writing_a_date_is_read_as_what_it_says(value, at, form):
    when = SHEET.read(value)
    assert when is not None
    assert (when.at, when.form) == (at, form)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        "-",
        "null",
        "KhongCoNgayHenTra",
        "undefindedCompleteTime",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+07:00",
        "01/01/0001",
        "01/01/1900",
        "31/12/9999 23:59:59",
        "9999-12-31T23:59:59Z",
        "99991231235959",
        "0000-00-00 00:00:00",
        "/Date(-62135596800000)/",
        datetime(1900, 1, 1),
        time(),
    ],
)
def test_the_ways_of_writing_no_date_are_none(value):
    assert SHEET.read(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "31/02/2024",
        "2024-02-30",
        "06/13/2024",
        "03/06/24",
        "03/06-2024",
        "Còn 2 ngày",
        "03/06/2024 17:05 PM",
        "03/06/2024 0:05 AM",
        "3/6/4",
        "20180822142266",
        "2609-07-04",
        "1999-12-31",
        "01/01/2101",
        "1717409109000",
        "45446",
        "2024-06-03T25:00:00",
        "2024-W23-1",
        36525,
        73051,
        1717409109000,
        12,
        -5.5,
        float("nan"),
        float("inf"),
        True,
        time(12),
        timedelta(hours=3),
        "٣/٦/٢٠٢٤",
    ],
)
def test_anything_else_is_an_error_that_shows_the_value_and_the_forms_expected(value):
    with pytest.raises(DateError) as raised:
        SHEET.read(value)
    assert str(value)[:24] in str(raised.value)
    assert "expected dd/MM/yyyy" in str(raised.value)


def test_a_z_is_utc_or_the_local_time_as_the_source_says_and_never_by_value():
    text = "2024-06-03T17:00:00Z"
    true, false = SHEET.read(text), PORTAL.read(text)
    assert true is not None
    assert false is not None
    assert true.at == datetime(2024, 6, 3, 17, tzinfo=UTC)
    assert false.at == local(2024, 6, 3, 17)
    assert false.form is Form.TIME


def test_bare_milliseconds_are_read_only_where_the_source_writes_them():
    assert PORTAL.read(1717409109000) == PORTAL.read("1717409109000") == SHEET.read("2024-06-03T10:05:09Z")


@pytest.mark.parametrize(
    ("value", "at"), [("06/03/2024", (3,)), ("06/13/2024 17:05", (13, 17, 5)), ("5:05 PM", None), ("13/06/2024", None)]
)
def test_the_month_comes_first_where_the_source_is_declared_so_and_for_no_single_value(value, at):
    dates = Dates(HANOI, month_first=True)
    if at is None:
        with pytest.raises(DateError):
            dates.read(value)
    else:
        assert dates.read(value).at == local(2024, 6, *at)


@pytest.mark.parametrize("value", [43984, 43984.708333333336, 35064, 71588])
def test_serials_count_from_1904_where_the_workbook_does(value):
    assert Dates(HANOI, epoch=EPOCH_1904).read(value) == SHEET.read(value + 1462)


@pytest.mark.parametrize("value", [35063, 71589])
def test_serials_beyond_the_century_are_no_dates_there_either(value):
    with pytest.raises(DateError):
        Dates(HANOI, epoch=EPOCH_1904).read(value)


def test_a_serial_whose_day_zero_cannot_be_told_is_an_error_that_says_so():
    with pytest.raises(DateError, match="may count days from 1904"):
        Dates(HANOI, epoch=None).read(45446)


def test_a_compact_timestamp_is_never_read_as_milliseconds():
    with pytest.raises(DateError):
        PORTAL.read("20180822142266")  # OpenCPS's own test makes the year 2609 of it


MIDNIGHT, EXACT = local(2024, 6, 4), local(2024, 6, 4, 16)
DAY = date(2024, 6, 4)


@pytest.mark.parametrize(
    ("value", "portal", "bare"),
    [
        ("04/06/2024", False, True),
        ("2024-06-04", True, True),
        ("2024-06-03T17:00:00.000+0000", True, True),
        ("2024-06-03T17:00:00.000+0000", False, False),
        ("04/06/2024 00:00", False, True),
        (45447, False, True),
        ("04/06/2024 16:00", False, False),
        ("20240604160000", True, False),
    ],
)
def test_a_date_without_a_time_is_known_as_one(value, portal, bare):
    assert without_time(SHEET.read(value), portal=portal) is bare


def test_of_a_portals_dates_those_without_a_time_are_named():
    shown = {"received_at": "04/06/2024 08:00", "finished_at": "05/06/2024 00:00:00", "returned_at": ""}
    assert days_only(**{name: PORTAL.read(text) for name, text in shown.items()}) == ("finished_at",)


@pytest.mark.parametrize(
    ("value", "portal", "override", "expected"),
    [
        # a value without a time is a date, whoever writes it and whatever is overridden
        ("04/06/2024", False, None, (None, DAY)),
        ("04/06/2024", True, None, (None, DAY)),
        ("04/06/2024", False, "exact", (None, DAY)),
        ("2024-06-04", True, "exact", (None, DAY)),
        # midnight from a portal is a date
        ("04/06/2024 00:00:00", True, None, (None, DAY)),
        ("2024-06-04T00:00:00+07:00", True, None, (None, DAY)),
        ("2024-06-03T17:00:00.000+0000", True, None, (None, DAY)),
        ("20240604000000", True, None, (None, DAY)),
        # midnight in an Excel cell is a date
        (datetime(2024, 6, 4), False, None, (None, DAY)),
        (date(2024, 6, 4), False, None, (None, DAY)),
        (45447, False, None, (None, DAY)),
        # midnight in a sheet's text: a date without an offset, exact with one
        ("04/06/2024 00:00", False, None, (None, DAY)),
        ("2024-06-04T00:00:00", False, None, (None, DAY)),
        ("2024-06-04T00:00:00+07:00", False, None, (MIDNIGHT, None)),
        ("2024-06-03T17:00:00Z", False, None, (MIDNIGHT, None)),
        # due_midnight overrides
        ("2024-06-04T00:00:00+07:00", False, "date", (None, DAY)),
        ("2024-06-04T00:00:00", False, "exact", (MIDNIGHT, None)),
        ("04/06/2024 00:00:00", True, "exact", (MIDNIGHT, None)),
        (datetime(2024, 6, 4), False, "exact", (MIDNIGHT, None)),
        # any other time is exact
        ("04/06/2024 16:00", False, "date", (EXACT, None)),
        ("04/06/2024 16:00:00", True, None, (EXACT, None)),
        ("2024-06-04T16:00:00+07:00", True, "date", (EXACT, None)),
        (datetime(2024, 6, 4, 16), False, None, (EXACT, None)),
        ("", True, None, (None, None)),
    ],
)
def test_a_due_value_is_exact_or_a_date_by_the_rule_of_midnight(value, portal, override, expected):
    assert due_value(SHEET.read(value), portal=portal, midnight=override) == expected


@given(st.text(max_size=40) | st.integers() | st.floats() | st.datetimes() | st.dates() | st.times() | st.binary())
def test_no_value_whatever_raises_anything_but_the_error_for_dates(value):
    for dates in (SHEET, PORTAL):
        try:
            when = dates.read(value)
        except DateError:
            continue
        assert when is None or when.at.tzinfo is UTC


@given(st.from_regex(r"\A[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ][0-9:.Z+-]{1,16})?\Z"))
def test_texts_that_look_like_dates_raise_nothing_else_either(text):
    try:
        when = SHEET.read(text)
    except DateError:
        return
    assert when is None or 2000 <= when.local.year <= 2101


@given(
    st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    st.sampled_from(
        ["{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d:02}-{m:02}-{y} 00:00", "{y}-{m:02}-{d:02}"]
    ),
)
def test_day_and_month_are_never_swapped(day, form):
    when = SHEET.read(form.format(d=day.day, m=day.month, y=day.year))
    assert when is not None
    assert when.local.date() == day


@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)), st.integers(-720, 840))
def test_what_is_written_with_an_offset_comes_back_to_the_microsecond(written, minutes):
    from datetime import timezone

    at = written.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    when = SHEET.read(at.isoformat())
    assert when is not None
    assert when.at == at


@pytest.mark.parametrize("text", ["Nguyễn Văn Mẫu", "ĐỖ ỨNG MẪU 12", "042088001234", "gọi 0912345678"])
def test_what_may_name_a_citizen_is_not_repeated_in_an_error(text):
    assert str(DateError(text, "due_at")).startswith("due_at: a text is not a date")
