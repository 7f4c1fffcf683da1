"""The report of a year as files: every format opens and says the same."""

from __future__ import annotations

from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from alertd.core.errors import InputError
from alertd.jobs.yearly import Yearly
from alertd.reports import files, year_sections
from alertd.reports.agency import Agency
from alertd.store import migrate
from alertd.store.database import Database
from tests.jobs.test_yearly import NOW, three_weeks
from tests.reports.test_files import text_of

DAY = date(2024, 12, 31)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('year') / 'alertd.db'}")
    migrate.upgrade(database)
    job = three_weeks(database)
    with database.read() as connection:
        made = Yearly(job.freezer).report(connection, 2024, NOW)
    yield made
    database.close()


@pytest.mark.parametrize("ending", files.FORMATS)
def test_every_format_is_whole_and_names_the_heads(report, tmp_path, ending):
    path = tmp_path / f"nam{ending}"
    files.write_year(path, report, Agency(), DAY)
    assert path.read_bytes().startswith({".pdf": b"%PDF", ".html": b"<!do"}.get(ending, b"PK"))
    if ending != ".pdf":  # its text is compressed
        assert {"Trưởng phòng cũ", "Trưởng phòng mới"} <= {
            name for name in ("Trưởng phòng cũ", "Trưởng phòng mới") if name in text_of(path)
        }
        assert "thiếu 22 tuần (2024-W01–W22)" in text_of(path)


def test_the_heads_of_the_workbook_sum_up_to_its_units(report, tmp_path):
    files.write_year(tmp_path / "nam.xlsx", report, Agency(), DAY)
    book = CalamineWorkbook.from_path(tmp_path / "nam.xlsx")
    units = book.get_sheet_by_name("Đơn vị cả năm").to_python()
    heads = book.get_sheet_by_name("Người đứng đầu").to_python()
    for column in ("Tiếp nhận", "Xong quá hạn", "Tuần phải giải trình"):
        of_units = sum(row[units[0].index(column)] for row in units[1:-1])
        assert of_units == units[-1][units[0].index(column)]
        assert of_units == sum(row[heads[0].index(column)] for row in heads[1:])


def test_another_ending_is_one_clear_error(report, tmp_path):
    with pytest.raises(InputError, match=r"\.docx, \.xlsx, \.pdf, \.html"):
        files.write_year(tmp_path / "nam.odt", report, Agency(), DAY)


def test_the_paper_says_how_weeks_become_a_year(report):
    items = [item for section in year_sections.paper(report).all_sections() for item in section.items]
    assert set(year_sections.COUNTED_SO) <= set(items)
