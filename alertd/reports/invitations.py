"""The list of all invitations as an XLSX: to be printed, cut up and handed out."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TITLE = "DANH SÁCH MỜI LIÊN KẾT NHẬN CẢNH BÁO HỒ SƠ"
#: Headings with the widths of their columns, in characters.
COLUMNS = (
    ("STT", 5), ("Người nhận", 28), ("Đơn vị", 28), ("Chức vụ", 16), ("Kênh", 10), ("Đường dẫn hoặc dòng cần gõ", 40),
    ("Có hiệu lực đến", 17), ("Cách liên kết", 44),
)  # fmt: skip
_LINK = 5
_A4 = 9
#: Rows above the people: the title, a remark, the headings.
HEADINGS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `until` is local time, without its zone."""

    person: str
    unit: str
    post: str
    channel: str
    link_or_code: str
    until: datetime
    how: str


def workbook(entries: Sequence[Entry], made: datetime) -> bytes:
    """The whole file. `made` is local time; texts stay texts, whatever they begin with."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Lời mời")
        title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        remark = book.add_format({"italic": True, "align": "center", "valign": "vcenter"})
        heading = book.add_format({"bold": True, "border": 1, "bg_color": "#DDE6F0", "align": "center",
                                   "valign": "vcenter", "text_wrap": True})  # fmt: skip
        text = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        until = book.add_format({"border": 1, "valign": "top", "num_format": "hh:mm dd/mm/yyyy"})
        last = len(COLUMNS) - 1
        sheet.merge_range(0, 0, 0, last, TITLE, title)
        sheet.merge_range(1, 0, 1, last, f"Lập lúc {made:%H:%M ngày %d/%m/%Y}. Mỗi đường dẫn, mã chỉ dùng một lần, cho "
                                         "đúng một người; không chuyển cho người khác.", remark)  # fmt: skip
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(HEADINGS, column, name, heading)
        for number, entry in enumerate(entries, 1):
            row = HEADINGS + number
            sheet.write_number(row, 0, number, text)
            shown = (entry.person, entry.unit, entry.post, entry.channel, entry.link_or_code)
            for column, value in enumerate(shown, 1):
                sheet.write_string(row, column, value, text)
            if entry.link_or_code.startswith("https://"):
                sheet.write_url(row, _LINK, entry.link_or_code, text)
            sheet.write_datetime(row, 6, entry.until, until)
            sheet.write_string(row, 7, entry.how, text)
        sheet.set_row(0, 24)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADINGS)
        sheet.freeze_panes(HEADINGS + 1, 2)
        sheet.set_footer("&CTrang &P/&N")
    return file.getvalue()
