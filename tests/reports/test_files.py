"""The report as files: every format opens and says the same numbers; a file that cannot be written leaves the old one."""

from __future__ import annotations

import re
import zipfile
from datetime import date

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from alertd.core.errors import AlertdError, InputError
from alertd.core.rates.rate import Indicator
from alertd.reports import files, printed, sections, words
from alertd.reports.agency import MOTTO, NATION, Agency
from alertd.reports.figures import figures
from alertd.reports.layout import Section, Table
from alertd.store import migrate
from alertd.store.database import Database
from tests.jobs.office import reporter, world
from tests.store.ground import at, dossier, finished

AGENCY = Agency(
    "UBND huyện Đức Thọ", "Văn phòng HĐND-UBND", "Đức Thọ", "BC-VP", "Chánh Văn phòng", "", ("Chủ tịch UBND huyện",)
)
DAY = date(2024, 6, 10)
ODD = 'Cải chính <b>hộ tịch</b> & "bản sao" =1+1 #show'


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a week with dossiers finished early and late, overdue, moved, of two units."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('reports') / 'alertd.db'}")
    migrate.upgrade(database)
    office = world(database)
    shown = [
        dossier("HS-1", due="06/06 16:00", procedure=ODD), dossier("HS-2", due="05/06 08:00"),
        dossier("HS-3", due="20/06 16:00"), dossier("HS-4", due="12/06 16:00", unit="NV", officers=()),
        *(dossier(f"HS-{n}", due="28/06 16:00", received_at=at("04/06 08:00")) for n in range(10, 22)),
    ]  # fmt: skip
    office.poll("03/06 08:00", *shown)
    shown[0] = finished(shown[0], "05/06 10:00")
    shown[2] = dossier("HS-3", due="25/06 16:00")
    office.poll("07/06 08:00", *shown)
    made = reporter(database)
    with database.read() as connection:
        found = made.preview(connection, at("10/06 00:00"), at("10/06 08:00"))
    yield found
    database.close()


@pytest.fixture(params=files.FORMATS)
def written(request, report, tmp_path):
    path = tmp_path / f"bao-cao{request.param}"
    files.write(path, report, AGENCY, DAY)
    return path


def text_of(path):
    """What a reader of the file sees, without the layout."""
    if path.suffix == ".docx":
        document = Document(path)
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        return "\n".join(
            str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
        )
    return re.sub(r"<[^>]+>", " ", path.read_text()) if path.suffix == ".html" else ""


def test_every_format_is_whole_and_names_what_is_overdue(written):
    head = written.read_bytes()[:5]
    assert head.startswith({".docx": b"PK", ".xlsx": b"PK", ".pdf": b"%PDF", ".html": b"<!doc"}[written.suffix])
    assert [each.name for each in written.parent.iterdir()] == [written.name]
    if written.suffix != ".pdf":  # its text is compressed; the pages are looked at by people
        assert "HS-2" in text_of(written)


def test_the_document_has_the_layout_of_an_office(report, tmp_path):
    path = tmp_path / "a.docx"
    files.write(path, report, AGENCY, DAY)
    text = text_of(path)
    for words_ in (NATION, MOTTO, "UBND HUYỆN ĐỨC THỌ", "VĂN PHÒNG HĐND-UBND", "Số: …………/BC-VP",
                   "Đức Thọ, ngày 10 tháng 06 năm 2024", "BÁO CÁO", "CHÁNH VĂN PHÒNG", "Nơi nhận:",
                   "- Chủ tịch UBND huyện", "- Lưu: VT."):  # fmt: skip
        assert words_ in text
    document = Document(path)
    assert document.styles["Normal"].font.name == "Times New Roman"
    first = document.sections[0]
    assert [round(side.mm) for side in (first.page_width, first.page_height, first.left_margin, first.right_margin)] == [
        210, 297, 30, 15,
    ]  # fmt: skip


def test_numbers_on_every_page_are_those_of_the_workbook(report, tmp_path):
    """Counts and rates are recomputed from the sheets and looked for in the document and the page."""
    for ending in (".xlsx", ".docx", ".html"):
        files.write(tmp_path / f"r{ending}", report, AGENCY, DAY)
    book = CalamineWorkbook.from_path(tmp_path / "r.xlsx")
    counts = book.get_sheet_by_name("Tình hình").to_python()
    header, rows = counts[0], counts[1 : len(report.units) + 2]
    for column in range(1, len(header)):
        assert sum(row[column] for row in rows[:-1]) == rows[-1][column], header[column]
    for row in rows:
        value = dict(zip(header, row, strict=True))
        ended = ("Xong trước hạn", "Xong đúng hạn", "Xong quá hạn", "Xong, không hẹn")
        assert value["Đã giải quyết"] == sum(value[name] for name in ended)
        assert value["Tồn trước"] + value["Tiếp nhận"] == value["Đã giải quyết"] + value["Rút"] + value["Còn lại"]
    whole = dict(zip(header, rows[-1], strict=True))
    document, page = text_of(tmp_path / "r.docx"), text_of(tmp_path / "r.html")
    said = f"tiếp nhận {whole['Tiếp nhận']:.0f} hồ sơ, tuần trước chuyển sang {whole['Tồn trước']:.0f} hồ sơ"
    assert said in document
    assert said in page
    for row in book.get_sheet_by_name("Tỷ lệ").to_python()[1:]:
        _unit, _name, numerator, denominator, _unknown, rate, *_ = row
        assert rate == (words.NOT_APPLICABLE if denominator == 0 else pytest.approx(numerator / denominator))
        shown = f"({numerator:.0f}/{denominator:.0f})" if denominator else words.NOT_APPLICABLE
        assert shown in document
        assert shown in page


def test_sums_and_rates_are_formulas_that_live(report, tmp_path):
    files.write(tmp_path / "r.xlsx", report, AGENCY, DAY)
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        first = archive.read("xl/worksheets/sheet1.xml").decode()
        second = archive.read("xl/worksheets/sheet2.xml").decode()
    assert re.search(r"<f>SUM\(B2:B\d+\)</f>", first)
    assert "<f>IF(D2=0,&quot;–&quot;,C2/D2)</f>" in second or '<f>IF(D2=0,"–",C2/D2)</f>' in second


def test_what_a_portal_writes_is_text_and_nothing_else(report, tmp_path):
    """No markup, no formula, no Typst: values never become layout."""
    late = sections.paper(report).all_sections()
    assert any("HS-2" in row for section in late for table in section.tables for row in table.rows)
    for ending in files.FORMATS:
        files.write(tmp_path / f"x{ending}", report, AGENCY, DAY)
    assert "<b>hộ tịch" not in (tmp_path / "x.html").read_text()


def test_the_same_report_gives_the_same_pdf_to_the_byte(report, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        files.write(tmp_path / name, report, AGENCY, DAY)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_rate_of_a_unit_is_said_with_its_goal(report):
    row = next(each for each in report.units if each.unit == "TP")
    said = sections.shown(row.rates[Indicator.ONLINE])
    assert said.startswith(words.percent(row.rates[Indicator.ONLINE].rate.value))


@pytest.mark.parametrize("name", ["bao-cao", "bao-cao.doc", "bao-cao.txt"])
def test_another_ending_is_one_clear_error(report, tmp_path, name):
    with pytest.raises(InputError, match=r"\.docx, \.xlsx, \.pdf, \.html"):
        files.write(tmp_path / name, report, AGENCY, DAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", files.FORMATS)
def test_a_full_disk_leaves_the_good_file_as_it_was(report, tmp_path, monkeypatch, ending):
    path = tmp_path / f"bao-cao{ending}"
    path.write_bytes(b"good")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AlertdError, match="No space left on device"):
        files.write(path, report, AGENCY, DAY)
    assert path.read_bytes() == b"good"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_without_a_font_of_the_decree_there_is_one_warning_and_a_pdf_all_the_same(
    report, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(printed, "FONTS", ("A Font That Nobody Has",))
    files.write(tmp_path / "r.pdf", report, AGENCY, DAY)
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    lines = [line for line in capsys.readouterr().out.splitlines() if "no font of official documents" in line]
    assert len(lines) == 1
    assert "A Font That Nobody Has" in lines[0]


def test_a_list_that_nobody_prints_is_cut_in_the_pdf_only_and_says_so():
    rows = tuple((f"HS-{n}",) for n in range(printed.MOST_ROWS + 1))
    (cut,) = printed.values(Section("", tables=(Table("Danh sách", ("Mã",), rows, (1,)),)))["tables"]
    assert len(cut["rows"]) == printed.MOST_ROWS
    assert cut["more"] == "Bảng có 2001 dòng; bản in nêu 2000 dòng đầu, đủ trong tệp XLSX, DOCX, HTML."
    (summed,) = printed.values(Section("", tables=(Table("Đơn vị", ("Tên",), rows, (1,), foot=1),)))["tables"]
    assert (len(summed["rows"]), summed["more"]) == (len(rows), "")


def test_the_document_shows_the_charts_and_what_they_are_about(report, tmp_path):
    files.write(tmp_path / "r.docx", report, AGENCY, DAY)
    with zipfile.ZipFile(tmp_path / "r.docx") as archive:
        drawn = [name for name in archive.namelist() if name.startswith("word/media/")]
        text = archive.read("word/document.xml").decode()
    assert len(drawn) == len(figures(report))
    assert text.count('descr="Hình') == len(drawn)


def test_a_folder_that_is_not_there_is_one_clear_error(report, tmp_path):
    with pytest.raises(AlertdError, match="cannot be written"):
        files.write(tmp_path / "nowhere" / "r.pdf", report, AGENCY, DAY)


def test_an_empty_week_is_a_report_all_the_same(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrate.upgrade(database)
    with database.read() as connection:
        found = reporter(database).preview(connection, at("10/06 00:00"), at("10/06 08:00"))
    for ending in files.FORMATS:
        files.write(tmp_path / f"r{ending}", found, Agency(), DAY)
    assert "không có hồ sơ nào" in text_of(tmp_path / "r.html")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    database.close()
