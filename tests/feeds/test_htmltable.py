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
