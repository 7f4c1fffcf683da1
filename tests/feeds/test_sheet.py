from __future__ import annotations

import asyncio
import io
import os
import threading
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from alertd.core.errors import FeedError, FeedInputError
from alertd.feeds import sheet as sheet_module
from alertd.feeds import workbook as workbook_module
from alertd.feeds.sheet import SheetFeed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 10, 3, tzinfo=UTC)
AS_OF = datetime(2024, 6, 7, 10, tzinfo=UTC)
HEAD = "Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý,Đơn vị giải quyết,Cán bộ xử lý\n"
COLUMNS = {
    "code": ["case"],
    "received_at": ["received_at"],
    "due_at": ["deadline"],
    "finished_at": ["finished_at"],
    "unit": ["department"],
    "officer": ["responsible"],
    "channel": ["channel"],
}


def feed(path, **more):
    return SheetFeed("xuat", path, HANOI, as_of=more.pop("as_of", AS_OF), **more)


async def read(path, **more):
    observations, rejects = [], []
    for source in feed(path, **more).sources(NOW):
        async for page in source.pages():
            observations += page.observations
            rejects += page.rejects
    return observations, rejects


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def write(rows, name="a.xlsx", sheets=("Sheet1",)):
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
            for sheet in sheets:
                tab = book.add_worksheet(sheet)
                for number, row in enumerate(rows):
                    tab.write_row(number, 0, row)
        return path

    return write


async def test_a_row_becomes_an_observation(file):
    text = (
        "Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý,Ngày trả,Ngày gửi,Đơn vị tiếp nhận,Đơn vị giải quyết,"
        "Cán bộ xử lý,Trạng thái,Trực tuyến,Tên thủ tục,Mã thủ tục,Lĩnh vực,url,Chủ hồ sơ\n"
        " h27.35–12 ,03/06/2024 08:00,04/06/2024,,,02/06/2024,Bộ phận một cửa,Phòng  Tư pháp,"
        "tp.a##tp.b,Đang xử lý,Trực tuyến,Chứng thực bản sao,2.000815,Tư pháp,https://x.vn/1,Công dân mẫu 12\n"
    )
    (row,), rejects = await read(file(text))
    assert rejects == []
    assert row.key == "H27.35-12"
    assert row.code == "h27.35–12"
    assert row.phase == "running"
    assert row.status == "Đang xử lý"
    assert (row.unit, row.received_unit) == ("Phòng Tư pháp", "Bộ phận một cửa")
    assert row.officers == ("tp.a", "tp.b")
    assert (row.procedure, row.procedure_code, row.field) == ("Chứng thực bản sao", "2.000815", "Tư pháp")
    assert row.channel == "online"
    assert row.submitted_at == datetime(2024, 6, 2, tzinfo=HANOI)
    assert row.received_at == datetime(2024, 6, 3, 1, tzinfo=UTC)
    assert (row.due_at, row.due_on) == (None, date(2024, 6, 4))
    assert row.day_only == ("submitted_at",)
    assert row.url == "https://x.vn/1"
    assert "Công dân mẫu" not in str(row)


async def test_a_paused_row_says_what_it_waits_for(file):
    (row, other), _ = await read(file("Mã hồ sơ,Trạng thái,Ngày hẹn trả\n1,Chờ bổ sung,04/06/2024\n2,4,04/06/2024\n"))
    assert (row.pause, other.pause) == ("supplement", None)


async def test_without_a_status_column_a_dossier_runs_until_its_finish(file):
    path = file(HEAD + "1,,05/06/2024,,,\n2,,05/06/2024,06/06/2024 10:00,,\n3,,05/06/2024,08/06/2024 10:00,,\n")
    rows, _ = await read(path)
    assert [row.phase for row in rows] == ["running", "done", "running"]
    assert rows[2].finished_at == datetime(2024, 6, 8, 3, tzinfo=UTC)


async def test_a_foreign_file_is_read_by_named_columns_and_channel_values(file):
    path = file(
        "case,received_at,deadline,planned_end,finished_at,department,group,responsible,channel\n"
        "case-1,2011-10-11T13:42:22.688+02:00,2011-12-06T00:00:00+07:00,,,General,G 2,Resource21,Internet\n"
    )
    (row,), _ = await read(path, columns=COLUMNS, channel_values={"online": ["Internet"]})
    assert row.due_at == datetime(2011, 12, 5, 17, tzinfo=UTC)
    assert row.received_at == datetime(2011, 10, 11, 11, 42, 22, 688000, tzinfo=UTC)
    assert (row.unit, row.officers, row.channel) == ("General", ("Resource21",), "online")


async def test_an_unreadable_date_keeps_its_row_out_and_no_other(file):
    path = file(HEAD + "1,03/06/2024,31/02/2024,,,\n2,03/06/2024,05/06/2024,,,\n3,hôm qua,05/06/2024,,,\n")
    rows, rejects = await read(path)
    assert [row.code for row in rows] == ["2"]
    assert [(reject.row, reject.code) for reject in rejects] == [(2, "1"), (4, "3")]
    assert rejects[0].reason.startswith("due_at: '31/02/2024' is not a date; expected dd/MM/yyyy")
    assert rejects[1].reason.startswith("received_at: 'hôm qua' is not a date")


async def test_a_damaged_date_by_which_nothing_ends_is_left_out_and_said_and_the_row_is_taken(file):
    head = "Mã hồ sơ,Ngày gửi,Ngày tiếp nhận,Ngày hẹn trả\n"
    rows, rejects = await read(file(head + "1,20180822142266,03/06/2024,05/06/2024\n"))
    assert [(row.code, row.submitted_at, str(row.due_on)) for row in rows] == [("1", None, "2024-06-05")]
    ((row, code, reason),) = [(reject.row, reject.code, reject.reason) for reject in rejects]
    assert (row, code) == (2, "1")
    assert reason.startswith("submitted_at: '20180822142266' is not a date")
    assert reason.endswith("the rest of the row was taken")


async def test_rows_that_hold_no_dossier_are_passed_over_and_dates_without_a_code_are_not(file):
    path = file(
        HEAD + "\n,,,,,\n,,,,I. Phòng Tư pháp,\nTổng cộng: 2,,,,,\n,03/06/2024,05/06/2024,,,\n1,,05/06/2024,,,\n"
    )
    rows, rejects = await read(path)
    assert [row.code for row in rows] == ["1"]
    assert [(reject.row, reject.reason.split(";")[0]) for reject in rejects] == [(6, "the row has dates but no code")]


async def test_a_title_in_the_code_column_is_no_dossier_and_is_shown(file):
    rows, rejects = await read(file(HEAD + "Phòng Nội vụ,,,,,\n1,,05/06/2024,,,\nNgười lập biểu,,,,Trưởng phòng,\n"))
    assert [row.code for row in rows] == ["1"]
    assert [(reject.row, reject.code) for reject in rejects] == [(2, ""), (4, "")]
    assert "a text and no code" in rejects[0].reason


async def test_a_code_that_excel_has_destroyed_is_rejected_and_says_so(file):
    _, rejects = await read(file(HEAD + "3.52112E+11,,05/06/2024,,,\n"))
    assert rejects[0].row == 2
    assert "3.52112E+11" in rejects[0].reason
    assert "format the column as text" in rejects[0].reason


async def test_a_row_that_repeats_to_the_letter_is_taken_once_and_one_that_differs_is_shown(file):
    path = file(HEAD + "a-1,,05/06/2024,,,\nA-1,,05/06/2024,,,\na-1,,05/06/2024,,,\n")
    rows, rejects = await read(path)
    assert [row.code for row in rows] == ["a-1"]
    assert [(reject.row, reject.reason.split(",")[0]) for reject in rejects] == [
        (3, "the code stands in row 2 already")
    ]


async def test_a_row_longer_than_its_header_is_not_read_with_its_cells_shifted(file):
    rows, rejects = await read(file(HEAD + "1,03/06/2024,05/06/2024,,Phòng A, B,tp.a\n"))
    assert rows == []
    assert "the row has 7 cells and the header 6" in rejects[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_encoding_and_delimiter_are_found_from_the_content(file, encoding, delimiter):
    text = HEAD.replace(",", delimiter) + delimiter.join(["1", "", "05/06/2024", "", "Phòng Tư pháp", "tp.a"]) + "\r\n"
    (row,), _ = await read(file(text.encode(encoding), "không phải csv.dat"))
    assert row.unit == "Phòng Tư pháp"


async def test_cp1258_is_read_only_when_it_is_declared(file):
    raw = "code;unit\n1;Văn phòng\n".encode("cp1258", "ignore")
    with pytest.raises(FeedInputError, match=r"is not utf-8 .*encoding:.*cp1258"):
        await read(file(raw))
    (row,), _ = await read(file(raw), encoding="cp1258")
    assert row.unit.startswith("Văn")


async def test_utf8_that_is_declared_as_something_else_is_an_error(file):
    with pytest.raises(FeedInputError, match="is UTF-8, not cp1258"):
        await read(file(HEAD + "1,,,,,\n"), encoding="cp1258")


async def test_an_encoding_that_does_not_exist_is_an_error(file):
    with pytest.raises(FeedInputError, match="no such encoding as 'tcvn9'"):
        await read(file("a"), encoding="tcvn9")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "is empty"),
        (b"\n\n , \n".replace(b" ", b""), "is empty"),
        ("STT,Ngày hẹn trả\n1,05/06/2024\n", "no column with the dossiers' codes"),
        (b"<!DOCTYPE html><html><table></table></html>", r"is a web page \(HTML\) without a table"),
        (b"PK\x03\x04 and nothing more", "cannot be read as an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "cannot be read as an Excel workbook"),
        (b"code,unit\n1,\0\0\n", "neither CSV nor a workbook"),
        (HEAD + '1,,"05/06/2024,,,\n2,,05/06/2024,,,\n', "row 2 is damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not utf-8"),
    ],
)
async def test_a_file_that_cannot_be_read_is_one_clear_line_that_names_it(file, content, error):
    path = file(content)
    with pytest.raises(FeedInputError, match=error) as raised:
        await read(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_a_header_without_rows_is_a_sheet_without_dossiers(file):
    source = feed(file(HEAD)).sources(NOW)[0]
    pages = [page async for page in source.pages()]
    assert [list(page.observations) for page in pages] == [[]]
    assert pages[0].incomplete == ""


def test_no_file_is_an_error_that_names_the_path_and_says_what_to_do(tmp_path):
    for path in (tmp_path / "a.csv", tmp_path / "*.csv", "/không/có/*.xlsx"):
        with pytest.raises(FeedInputError, match="put the export there") as raised:
            feed(path).sources(NOW)
        assert str(path) in str(raised.value)
    with pytest.raises(FeedInputError, match="there is no file"):
        feed(tmp_path / "*.csv").source(tmp_path / "a.csv")
    with pytest.raises(FeedInputError, match="is a folder"):
        feed(tmp_path).sources(NOW)


def test_files_come_in_the_order_in_which_they_were_written(file, tmp_path):
    for name, at in (("b.csv", 3), ("c.csv", 1), ("a.csv", 3), ("~$a.csv", 2), ("d.txt", 0)):
        os.utime(file(HEAD + name, name), (1_700_000_000 + at, 1_700_000_000 + at))
    sources = feed(tmp_path / "*.csv", as_of=None).sources(NOW)
    assert [Path(source.label).name for source in sources] == ["c.csv", "a.csv", "b.csv"]
    assert sources[0].as_of == datetime.fromtimestamp(1_700_000_001, UTC)


def test_the_digest_follows_the_content_and_not_the_name(file):
    one, same, other = (feed(file(text, name)).sources(NOW)[0] for name, text in (("1", "x"), ("2", "x"), ("3", "y")))
    assert one.digest == same.digest != other.digest
    assert one.as_of == AS_OF


async def test_a_file_that_is_written_while_it_is_read_waits_for_the_next_poll(file):
    path = file(HEAD)
    source = feed(path).sources(NOW)[0]
    file(HEAD + "1,,,,,\n")
    with pytest.raises(FeedError, match="next poll"):
        await anext(source.pages())


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(file, monkeypatch):
    monkeypatch.setattr(sheet_module, "MAX_BYTES", 10)
    with pytest.raises(FeedInputError, match="more than the 0 MB that are read"):
        await read(file(HEAD))


async def test_pages_are_bounded_and_keep_the_numbers_of_the_rows(file, monkeypatch):
    monkeypatch.setattr(sheet_module, "PAGE_ROWS", 3)
    path = file(HEAD + "".join(f"{i},,05/06/2024,,,\n" for i in range(7)) + "x,,?,,,\n")
    pages = [page async for page in feed(path).sources(NOW)[0].pages()]
    assert [len(page.observations) for page in pages] == [3, 3, 1]
    assert [reject.row for page in pages for reject in page.rejects] == [9]


async def test_reading_leaves_the_loop_free(file, monkeypatch):
    threads = set()
    before = sheet_module.content
    monkeypatch.setattr(sheet_module, "content", lambda *a: threads.add(threading.current_thread()) or before(*a))
    await asyncio.create_task(read(file(HEAD)))
    assert threads
    assert threading.main_thread() not in threads


async def test_a_workbook_is_read_whatever_its_name_with_titles_above_and_dates_in_cells(workbook):
    path = workbook(
        [
            [],
            ["DANH SÁCH HỒ SƠ"],
            ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị giải quyết"],
            [1, "H27-1", datetime(2024, 6, 3, 8), datetime(2024, 6, 4), "Phòng Tư pháp"],
            [2, 352112000001, "03/06/2024", datetime(2024, 6, 4, 16), "Phòng Tư pháp"],
            [3, "H27-3", "", 45447.5, ""],
            [4, 3.52112e17, "", 45447, ""],
            ["Tổng cộng: 4"],
            [5, "H27-5", "", 12, ""],
        ],
        name="a.csv",
    )
    rows, rejects = await read(path)
    assert [row.code for row in rows] == ["H27-1", "352112000001", "H27-3"]
    assert (rows[0].due_at, rows[0].due_on) == (None, date(2024, 6, 4))
    assert rows[0].received_at == datetime(2024, 6, 3, 1, tzinfo=UTC)
    assert rows[1].due_at == datetime(2024, 6, 4, 9, tzinfo=UTC)
    assert rows[2].due_at == datetime(2024, 6, 4, 5, tzinfo=UTC)
    assert [reject.row for reject in rejects] == [7, 9]
    assert "last digits are lost" in rejects[0].reason
    assert rejects[1].reason.startswith("due_at: '12.0' is not a date")


async def test_a_worksheet_is_chosen_by_name_and_a_missing_one_is_an_error(workbook):
    path = workbook([["Mã hồ sơ"], ["1"]], sheets=("Bìa", "Hồ sơ"))
    assert len((await read(path, worksheet="Hồ sơ"))[0]) == 1
    with pytest.raises(FeedInputError, match="no worksheet 'X', only Bìa, Hồ sơ"):
        await read(path, worksheet="X")


async def test_an_empty_workbook_is_an_error(workbook):
    with pytest.raises(FeedInputError, match="is empty"):
        await read(workbook([]))


async def test_a_workbook_that_unpacks_to_too_much_is_refused(file, monkeypatch):
    monkeypatch.setattr(workbook_module, "MAX_UNPACKED", 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 5_000_000)
    with pytest.raises(FeedInputError, match="unpacks to 5 MB"):
        await read(file(packed.getvalue(), "a.xlsx"))


async def test_a_workbook_whose_sizes_lie_is_refused(file):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 5_000_000)
    raw = packed.getvalue().replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    with pytest.raises(FeedInputError, match="is damaged"):
        await read(file(raw, "a.xlsx"))


async def test_a_workbook_cut_short_anywhere_is_one_clear_line(workbook, file):
    raw = workbook([["Mã hồ sơ"], ["1"]]).read_bytes()
    for length in range(4, len(raw) - 1, 97):
        with pytest.raises(FeedInputError, match="cannot be read as an Excel workbook"):
            await read(file(raw[:length], "cut.xlsx"))


@pytest.mark.skipif("ALERTD_PERMIT_LOG" not in os.environ, reason="ALERTD_PERMIT_LOG does not name the permit log")
async def test_the_permit_log_is_read_whole():
    rows, rejects = await read(
        os.environ["ALERTD_PERMIT_LOG"],
        as_of=None,
        columns=COLUMNS,
        channel_values={"online": ["Internet"]},
    )
    assert (len(rows), rejects) == (1434, [])
    assert sum(row.channel == "online" for row in rows) == 1250
    assert sum(row.finished_at is not None and row.finished_at > row.due_at for row in rows) == 377
    open_rows = [row for row in rows if row.finished_at is None]
    assert len(open_rows) == 105
    assert sum(row.due_at < datetime.fromisoformat("2012-01-23T15:42:54+01:00") for row in open_rows) == 39
