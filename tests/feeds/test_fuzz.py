"""Whatever a file holds, reading it ends in rows, rejects or one clear line; `ALERTD_FUZZ=N` looks N times as long."""

from __future__ import annotations

import csv
import io
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertd.core.errors import FeedInputError
from alertd.feeds.aliases import ALIASES
from alertd.feeds.answers import Answers
from alertd.feeds.cell import CodeError, code_of, text_of
from alertd.feeds.dates import DateError, Dates
from alertd.feeds.guess import guessed
from alertd.feeds.headers import find_header
from alertd.feeds.htmltable import table_rows
from alertd.feeds.legacy import CONVERTERS, repaired, suspected
from alertd.feeds.opening import Grid, opened
from alertd.feeds.rows import Maps, Rows
from alertd.feeds.statuses import Statuses
from alertd.feeds.survey import refuse, surveyed
from alertd.feeds.workbook import tabs, unmerged
from tests.feeds.sheets import AS_OF, FILES, HANOI

TIMES = int(os.environ.get("ALERTD_FUZZ", "1"))
often = settings(max_examples=150 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(max_examples=12 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))

HEADERS = sorted({header for headers in ALIASES.values() for header in headers})
TELLING = [
    "Tổng cộng", "I. Phòng Tư pháp", "(1)", "1", "2", "H27-1", "0012", "12", "3.5E+11", "03/06/2024", "06/25/2024", "25/06/2024",
    "31/02/2024", "01/01/1900", "2024-06-03T08:00:00+07:00", "Còn 2 ngày", "'03/06/2024", "5:00 CH 03/06/2024", "20240603170000",
    "Đang xử lý", "8", "a##b", "Có", "1.234,5", "", " ", "\n", "\0", "\ufeff", "\u200b", "§Êt", "MÃ£ há»“ sÆ¡", '="1"', "'",
]  # fmt: skip
texts = st.one_of(st.sampled_from(TELLING), st.sampled_from(HEADERS), st.text(max_size=20))
cells = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.integers(36_000, 74_000).map(float),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
rows = st.lists(st.lists(cells, max_size=9), max_size=25)
heads = st.lists(st.one_of(st.sampled_from(HEADERS), texts), min_size=1, max_size=9)


def one_line(error):
    assert "\n" not in str(error), repr(str(error))
    assert str(error).strip()


def read_all(grid, header, columns=(), *, month_first=False):
    """As `sheet` reads a grid once it is open."""
    dates = Dates(HANOI, month_first=month_first, epoch=grid.epoch)

    def below():
        return ((at, row) for at, row in enumerate(grid.rows(), start=1) if at > header.row + 1)

    survey = surveyed(below(), header, dates)
    refuse(survey, header, "x", month_first=month_first)
    reader = Rows(header, Maps(dates, Statuses({}), {}, Answers()), AS_OF, grid.is_text, survey.code_digits)
    for number, row in below():
        for result in reader.read(number, row):
            if hasattr(result, "reason"):
                assert result.row == number
                one_line(result.reason)
                continue
            assert result.key
            assert result.code == result.code.strip()
            assert "" not in result.officers
            for at in (result.due_at, result.received_at, result.finished_at, result.due_on):
                assert at is None or 1999 <= at.year <= 2101
            result.digest()
    for note in reader.notes():
        one_line(note)


def attempt(raw, encoding=None):
    try:
        grid, header = opened(raw, {}, encoding, None, "x")
        read_all(grid, header)
    except FeedInputError as error:
        one_line(error)


@often
@given(heads, rows, st.booleans())
def test_any_cells_under_any_header(head, body, month_first):
    grid = Grid(lambda: iter([["x"], head, *body]), is_text=month_first)
    try:
        header = find_header(grid.first(), {}, "x")
        read_all(grid, header, month_first=month_first)
    except FeedInputError as error:
        one_line(error)


@often
@given(
    st.lists(st.lists(texts, max_size=7), max_size=12),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_any_csv(table, delimiter, encoding):
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows([["Mã hồ sơ", "Ngày hẹn trả", "Đơn vị"], *table])
    attempt(made.getvalue().encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace"))


@often
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))),
       st.sampled_from([None, "utf-8", "utf-16", "cp1258", "tcvn3", "vni", "idna", "nowhere"]))  # fmt: skip
def test_any_bytes(raw, encoding):
    attempt(raw, encoding)
    attempt("Mã hồ sơ,Ngày hẹn trả,Đơn vị\n".encode() + raw, encoding)


tags = st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "<td rowspan=3>", "<td colspan=2 rowspan=2>", "<th>", "</td>", "<br>",
     "<row>", '<cell ss:index="3">', '<cell ss:mergedown="2">', "<!--", "-->", "<![CDATA[", "&nbsp;", "&#0;", "<", "Mã hồ sơ", "Ngày hẹn trả",
     "H27-1", "03/06/2024", '<meta charset="cp1258">', "<td rowspan=99999>", "<script>", "</script>", "<td x='"]
)  # fmt: skip


@often
@given(st.lists(tags, max_size=40))
def test_any_page(parts):
    raw = "".join(["<html>", *parts]).encode()
    try:
        found = table_rows(raw, None, "x")
    except FeedInputError as error:
        one_line(error)
    else:
        assert all(isinstance(cell, str) for row in found for cell in row)
    attempt(raw)


@often
@given(cells, st.booleans(), st.booleans(), st.booleans())
def test_any_value_as_a_date(value, z_is_local, epoch_ms, month_first):
    dates = Dates(HANOI, z_is_local=z_is_local, epoch_ms=epoch_ms, month_first=month_first)
    try:
        when = dates.read(value)
    except DateError as error:
        one_line(error)
    else:
        assert when is None or 1999 <= when.at.year <= 2101


digits = st.text("0123456789/.-: TZ+,APMSCH'", max_size=28)


@often
@given(digits)
def test_anything_that_looks_like_a_date(text):
    test_any_value_as_a_date.hypothesis.inner_test(text, False, True, False)
    test_any_value_as_a_date.hypothesis.inner_test(text, True, False, True)


@often
@given(cells)
def test_any_value_as_a_code(value):
    text_of(value)
    try:
        assert code_of(value) == code_of(value).strip()
    except CodeError as error:
        one_line(error)


@often
@given(st.lists(texts, max_size=12))
def test_any_text_as_one_of_a_font(found):
    suspected(found)
    for text in found:
        repaired(text)
        for convert in CONVERTERS.values():
            convert(text)


ranges = st.tuples(
    st.tuples(st.integers(0, 30), st.integers(0, 12)), st.tuples(st.integers(0, 2**20), st.integers(0, 2**14))
)


@often
@given(st.lists(st.lists(texts, max_size=6), max_size=12), st.lists(ranges, max_size=6))
def test_any_merged_cells(table, merged):
    whole = [list(row) for row in table]
    found = list(unmerged((list(row) for row in table), merged))
    assert [len(row) for row in found] == [len(row) for row in whole]
    assert all(
        cell in (was, cell)
        for row, before in zip(found, whole, strict=True)
        for cell, was in zip(row, before, strict=True)
    )
    assert all(
        cell == was
        for row, before in zip(found, whole, strict=True)
        for cell, was in zip(row, before, strict=True)
        if was
    )


@often
@given(heads, st.lists(st.lists(texts, max_size=9), max_size=15))
def test_any_file_to_guess(head, body):
    made = io.StringIO()
    csv.writer(made).writerows([head, *body])
    try:
        guessed(made.getvalue().encode("utf-8", "replace"), HANOI, "x")
    except FeedInputError as error:
        one_line(error)


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    import xlsxwriter

    path = tmp_path_factory.mktemp("books") / "a.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        tab = book.add_worksheet("Hồ sơ")
        tab.write_row(0, 0, ["Mã hồ sơ", "Ngày hẹn trả", "Đơn vị"])
        for number in range(1, 8):
            tab.write_row(number, 0, [f"H27-{number}", datetime(2024, 6, number), "Phòng Tư pháp"])
        tab.merge_range(9, 0, 10, 2, "x")
    return [path.read_bytes(), Path(FILES / "export.xls").read_bytes()]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the workbooks, when a failure is shown
@seldom
@given(st.data(), st.sampled_from([0, 1]), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=5)), max_size=6),
       st.floats(0, 2))  # fmt: skip
def test_any_damaged_workbook(workbooks, data, which, changes, length):
    raw = bytearray(workbooks[which])
    for place, new in changes:
        at = int(place * (len(raw) - 1))
        raw[at : at + len(new)] = new
    raw = bytes(raw[: int(length * len(raw)) if length < 1 else len(raw)])
    try:
        found = tabs(raw, None, "x") if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else []
    except FeedInputError as error:
        one_line(error)
    else:
        for tab in found:
            assert all(
                type(cell) in (str, float, int, bool, datetime, date, time, timedelta)
                for row in tab.rows
                for cell in row
            )
    attempt(raw)


# --- what it found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 1e308])
def test_a_number_beyond_all_numbers_is_a_code_destroyed(value):
    with pytest.raises(CodeError, match="its last digits are lost"):
        code_of(value)


@pytest.mark.parametrize("value", ["\u200b", "\ufeff\u00ad", "\0", "'\u200b'"[:2]])
def test_a_code_of_which_nothing_can_be_seen_is_none(value):
    assert code_of(value) == ""


@pytest.mark.parametrize("encoding", [None, "tcvn3", "vni", "utf-8"])
def test_zero_bytes_are_refused_in_every_encoding(encoding):
    with pytest.raises(FeedInputError, match="it holds zero bytes"):
        opened("Mã hồ sơ,Ngày hẹn trả,Đơn vị\n\0,,\n".encode(), {}, encoding, None, "x")


@pytest.mark.parametrize("raw", [b"\n\n", b"a,a\n\n\n", b",\n,\n"])
def test_a_file_of_empty_rows_is_no_guess(raw):
    with pytest.raises(FeedInputError):
        guessed(raw, HANOI, "x")
