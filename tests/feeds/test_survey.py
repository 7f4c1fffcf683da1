"""What only a whole sheet can tell: the order of dates, days taken for months, lost zeros, texts that are not Unicode."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import xlsxwriter

from alertd.core.errors import FeedInputError
from tests.feeds.sheets import HANOI, csv_file, read
from tests.feeds.test_legacy import TO_TCVN3, UNITS, vni

HEAD = "Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả"


def dated(folder, *dates, **more):
    return read(csv_file(folder, HEAD, *(f"H27-{n},,{text}" for n, text in enumerate(dates))), **more)


def test_a_file_written_month_first_is_refused_and_says_what_to_declare(tmp_path):
    with pytest.raises(
        FeedInputError, match=r"'Ngày hẹn trả' are written with the month first \(row 4.*date_order: month-first"
    ):
        dated(tmp_path, "06/03/2024", "06/04/2024", "06/13/2024")


def test_declared_so_it_is_read_so(tmp_path):
    found = dated(tmp_path, "06/03/2024", "06/13/2024 16:00", month_first=True)
    assert found.rows[0].due_on == date(2024, 6, 3)
    assert found.rows[1].due_at == datetime(2024, 6, 13, 16, tzinfo=HANOI)


def test_a_file_written_day_first_is_refused_where_the_month_was_declared_first(tmp_path):
    with pytest.raises(FeedInputError, match=r"with the day first .*date_order: day-first"):
        dated(tmp_path, "03/06/2024", "13/06/2024", month_first=True)


def test_one_slip_among_dates_that_show_their_order_is_that_row_s_fault(tmp_path):
    found = dated(tmp_path, "13/06/2024", "14/06/2024", "06/15/2024", "03/04/2024")
    assert [reject.row for reject in found.rejects] == [4]
    assert "'06/15/2024' is not a date" in found.rejects[0].reason
    assert found.rows[2].due_on == date(2024, 4, 3)


def test_a_column_that_mixes_both_orders_is_refused_for_none_of_its_dates_can_be_trusted(tmp_path):
    with pytest.raises(FeedInputError, match=r"some dates of 'Ngày hẹn trả' .*\(rows\s+2 and 3\)"):
        dated(tmp_path, *["13/06/2024", "06/13/2024"] * 3, "03/04/2024")


def test_each_column_is_judged_by_itself(tmp_path):
    with pytest.raises(FeedInputError, match="'Ngày tiếp nhận' are written with the month first"):
        read(csv_file(tmp_path, HEAD, "1,06/13/2024,20/06/2024"))


def workbook(path, *cells):
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        tab = book.add_worksheet()
        tab.write_row(0, 0, HEAD.split(","))
        for number, cell in enumerate(cells, start=1):
            tab.write_row(number, 0, [f"H27-{number}", "", cell])
    return path


def test_many_dossiers_of_one_late_day_of_the_month_are_no_mark_of_excel(tmp_path):
    assert len(dated(tmp_path, *["21/06/2024"] * 300).rows) == 300


def test_the_first_days_of_a_month_beside_a_later_text_are_no_mark_of_excel(tmp_path):
    cells = [datetime(2024, 6, day) for day in range(1, 13)] * 20
    assert len(read(workbook(tmp_path / "a.xlsx", *cells, "25/06/2024", "26/06/2024")).rows) == 242


def test_days_that_excel_has_taken_for_months_leave_a_mark_and_the_file_is_refused(tmp_path):
    written = [date(2024, month, day) for month in range(1, 7) for day in (1, 5, 9, 12, 13, 17, 25)]
    spoilt = [datetime(d.year, d.day, d.month) if d.day <= 12 else d.strftime("%d/%m/%Y") for d in written]
    with pytest.raises(FeedInputError, match="Excel has taken days for months in 'Ngày hẹn trả'"):
        read(workbook(tmp_path / "a.xlsx", *spoilt))


def test_serials_date_cells_and_texts_may_stand_in_one_column(tmp_path):
    found = read(workbook(tmp_path / "a.xlsx", datetime(2024, 6, 3), 45446, "03/06/2024", "'03/06/2024", "2024-06-03",
                          datetime(2024, 6, 25), "25/06/2024", "20240603000000"))  # fmt: skip
    assert found.rejects == []
    assert [row.due_on.day for row in found.rows] == [3, 3, 3, 3, 3, 25, 25, 3]


def test_a_few_texts_beside_date_cells_are_no_evidence(tmp_path):
    assert len(read(workbook(tmp_path / "a.xlsx", datetime(2024, 6, 3), datetime(2024, 7, 4), "25/06/2024")).rows) == 3


def test_years_of_two_digits_are_refused(tmp_path):
    found = dated(tmp_path, "03/06/24", "03/06/2024")
    assert [reject.row for reject in found.rejects] == [2]


def coded(folder, *codes):
    return read(csv_file(folder, HEAD, *(f"{code},03/06/2024,05/06/2024" for code in codes)))


def test_a_code_that_has_lost_its_leading_zeros_is_set_aside_where_others_show_their_length(tmp_path):
    found = coded(tmp_path, "00352112000539", "352112000540", "10352112000541", "00352112000542")
    assert found.codes == ["00352112000539", "10352112000541", "00352112000542"]
    assert found.reasons[0][0] == 3
    assert "has lost its leading zeros: codes of digits have 14" in found.reasons[0][1]


@pytest.mark.parametrize("codes", [("352112", "3521"), ("0012", "00034", "5"), ("H27-0012", "5"), ("0012", "H27-5")])
def test_codes_of_different_lengths_are_no_evidence_by_themselves(tmp_path, codes):
    assert coded(tmp_path, *codes).codes == list(codes)


@pytest.mark.parametrize("code", ["'00352112000539", '"=""00352112000539"""'])
def test_what_keeps_excel_from_making_a_number_of_a_code_is_no_part_of_it(tmp_path, code):
    assert coded(tmp_path, code).codes == ["00352112000539"]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([u.translate(TO_TCVN3) for u in UNITS], r"'Đơn vị' are in the font encoding TCVN3.*encoding: tcvn3"),
        ([vni(u) for u in UNITS], "'Đơn vị' are in the font encoding VNI"),
        ([u.encode().decode("latin-1") for u in UNITS], "'Đơn vị' were UTF-8, were read as windows-1252"),
    ],
)
def test_a_column_of_texts_that_are_not_unicode_is_refused_by_name(tmp_path, texts, words):
    rows = [f'H27-{n},05/06/2024,"{text}"' for n, text in enumerate(texts)]
    with pytest.raises(FeedInputError, match=words):
        read(csv_file(tmp_path, "Mã hồ sơ,Ngày hẹn trả,Đơn vị", *rows))
