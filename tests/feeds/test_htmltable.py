from __future__ import annotations

import pytest

from alertd.core.errors import FeedInputError
from alertd.feeds.htmltable import is_page, table_rows

EXPORT = """\ufeff<html><body><table><tr><td>menu</td></tr></table>
<table border=1><tr><td colspan="3"></td></tr>
<tr><th>Mã hồ sơ</th><th>Ngày tiếp nhận<th>Ngày hẹn trả</tr>
<tr><td> H27.35-240603-0012 </td><td>03/06/2024 08:00</td><td>04/06/2024&nbsp;16:00<br>(gia hạn)</td></tr>
<tr><td>H27.35-240603-0013<td>03/06/2024<td></table></body></html>"""


def test_the_longest_table_of_a_page_is_read_with_merged_cells_and_missing_end_tags():
    assert table_rows(EXPORT.encode(), None, "export.xls") == [
        ["", "", ""],
        ["Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả"],
        ["H27.35-240603-0012", "03/06/2024 08:00", "04/06/2024 16:00 (gia hạn)"],
        ["H27.35-240603-0013", "03/06/2024", ""],
    ]


def test_a_page_is_known_by_its_content():
    assert is_page(b"\xef\xbb\xbf\r\n <html>")
    assert not is_page(b"code,due\n<1,2")


@pytest.mark.parametrize("page", ["<html><form>login</form></html>", "<", "<table></table>", "</table></td><tr><td>x"])
def test_a_page_without_a_table_is_one_clear_error(page):
    with pytest.raises(FeedInputError, match="without a table"):
        table_rows(page.encode(), None, "export.xls")


def test_a_page_that_was_cut_short_is_not_taken_for_the_whole():
    with pytest.raises(FeedInputError, match="in the middle of its table"):
        table_rows(EXPORT[:-30].encode(), None, "export.xls")


def test_a_damaged_span_does_not_fill_the_memory():
    rows = table_rows(b'<table><tr><td colspan="999999999">x</td><td colspan="-1">y</td></tr></table>', None, "x")
    assert rows == [["x", *[""] * 99, "y"]]


async def test_an_html_export_named_xls_becomes_dossiers(tmp_path):
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from alertd.feeds.sheet import SheetFeed

    (tmp_path / "export.xls").write_text(EXPORT.replace("<br>(gia hạn)", ""), encoding="utf-8")
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    (source,) = SheetFeed("x", tmp_path / "export.xls", zone).sources(datetime.now(UTC))
    pages = [page async for page in source.pages()]
    shown = [observation for page in pages for observation in page.observations]
    assert [o.code for o in shown] == ["H27.35-240603-0012", "H27.35-240603-0013"]
    assert shown[0].due_at == datetime(2024, 6, 4, 16, tzinfo=zone)


def test_a_cell_over_several_rows_stands_in_each_and_moves_no_other():
    page = (
        "<table><tr><td>STT<td>Mã hồ sơ<td>Đơn vị<td>Cán bộ"
        "<tr><td>1<td>H27-1<td rowspan=3>Phòng Tư pháp<td>tp.a"
        "<tr><td>2<td>H27-2<td>tp.b<tr><td>3<td>H27-3<td rowspan=2>tp.c<tr><td>4<td>H27-4<td>Phòng Nội vụ</table>"
    )
    assert table_rows(page.encode(), None, "x")[1:] == [
        ["1", "H27-1", "Phòng Tư pháp", "tp.a"],
        ["2", "H27-2", "Phòng Tư pháp", "tp.b"],
        ["3", "H27-3", "Phòng Tư pháp", "tp.c"],
        ["4", "H27-4", "Phòng Nội vụ", "tp.c"],
    ]


def test_a_cell_that_spans_down_at_the_end_of_a_row_is_there_when_the_row_is_short():
    page = "<table><tr><td>a<td>b<td rowspan=2>c<tr><td>d<tr><td>e<td>f<td>g</table>"
    assert table_rows(page.encode(), None, "x") == [["a", "b", "c"], ["d", "", "c"], ["e", "f", "g"]]


XML_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Hồ sơ"><Table><Column ss:Width="80"/>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">DANH SÁCH</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Mã hồ sơ</Data></Cell><Cell><Data ss:Type="String">Ngày nhận</Data></Cell>
<Cell><Data ss:Type="String">Hạn trả</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">H27-1</Data></Cell><Cell ss:Index="3"><Data ss:Type="DateTime">2024-06-04T16:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_the_xml_of_excel_2003_is_read_too():
    assert table_rows(XML_2003.encode(), None, "export.xls") == [
        ["DANH SÁCH", "", ""],
        ["Mã hồ sơ", "Ngày nhận", "Hạn trả"],
        ["H27-1", "", "2024-06-04T16:00:00.000"],
    ]


@pytest.mark.parametrize(
    "meta",
    ['<meta charset="windows-1258">', "<meta http-equiv=Content-Type content='text/html; charset=windows-1258'>"],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(meta):
    page = f"<html>{meta}<table><tr><td>Văn phòng</td></tr></table>".encode("cp1258", "ignore")
    assert table_rows(page, None, "x")[0][0].startswith("Văn")
    assert table_rows(f"{meta}<table><tr><td>Mã hồ sơ</table>".encode(), None, "x") == [["Mã hồ sơ"]]


def test_an_encoding_that_does_not_exist_is_as_good_as_none():
    with pytest.raises(FeedInputError, match="is not utf-8"):
        table_rows(b"<meta charset=tcvn-9><table><tr><td>\xff", None, "x")
