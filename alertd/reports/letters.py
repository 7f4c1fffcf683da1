"""Letters filled in from what is stored: the apology with a new date, the reminder to a unit (reference 2.2, 3).

Who filed it is at most stored masked unless an office asks for more, so that line is left for the hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alertd.reports import document
from alertd.reports.agency import BLANK
from alertd.reports.layout import Paper, Section, Table
from alertd.reports.saving import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from alertd.reports.agency import Agency


@dataclass(frozen=True, slots=True)
class Named:
    """A dossier in a letter: instants in the office's zone; `late` is working time past due, in words."""

    code: str
    procedure: str
    unit: str
    officers: str
    received: datetime | None
    due: datetime | None
    late: str


def apology(path: Path, agency: Agency, day: date, dossier: Named, *, new_date: date | None, reason: str) -> None:
    """The slip of apology and re-appointment (Phiếu xin lỗi và hẹn lại ngày trả kết quả). Raises AlertdError."""
    again = f"{new_date:%d/%m/%Y}" if new_date else BLANK
    lines = (
        f"Kính gửi: Ông/Bà {BLANK}{BLANK}",
        f"{agency.name} tiếp nhận hồ sơ mã {dossier.code}"
        + (f" ngày {dossier.received:%d/%m/%Y}" if dossier.received else "")
        + f", thủ tục: {dossier.procedure or BLANK}; hẹn trả kết quả ngày {_day(dossier.due)}.",
        f"Đến nay hồ sơ chưa giải quyết xong. Lý do: {reason or BLANK + BLANK + BLANK}.",
        f"{agency.name} xin lỗi Ông/Bà vì sự chậm trễ này và hẹn lại ngày trả kết quả là ngày {again}.",
        f"Đơn vị giải quyết: {dossier.unit or BLANK}. Cán bộ giải quyết: {dossier.officers or BLANK}.",
        "Rất mong nhận được sự thông cảm của Ông/Bà.",
    )
    to_the_citizen = replace(agency, recipients=("Như trên",))
    with whole(path) as beside:
        document.write(
            beside, to_the_citizen, day,
            Paper("PHIẾU XIN LỖI", "Và hẹn lại ngày trả kết quả", (Section("", paragraphs=lines),)),
        )  # fmt: skip


def reminder(
    path: Path, agency: Agency, day: date, unit: str, head: str, dossiers: Sequence[Named], *,
    times: int, answer_by: datetime,
) -> None:  # fmt: skip
    """The reminder to a unit with overdue dossiers (Phiếu đôn đốc), the n-th. Raises AlertdError."""
    asked = (
        "Đề nghị đơn vị giải quyết dứt điểm, thực hiện xin lỗi và hẹn lại ngày trả kết quả với tổ chức, công dân theo "
        f"quy định, và báo cáo nguyên nhân, kết quả trước {answer_by:%H:%M} ngày {answer_by:%d/%m/%Y}."
    )
    lines = (
        f"Kính gửi: {unit}{f' ({head})' if head else ''}",
        f"Qua theo dõi trên hệ thống, đến nay {unit} có {len(dossiers)} hồ sơ quá hạn giải quyết (danh sách kèm theo).",
        asked,
    )
    rows = tuple(
        (str(place), each.code, each.procedure, each.officers, _day(each.received), _day(each.due),
         each.late)
        for place, each in enumerate(dossiers, 1)
    )  # fmt: skip
    table = Table("Danh sách hồ sơ quá hạn", ("STT", "Mã hồ sơ", "Thủ tục", "Cán bộ", "Tiếp nhận", "Hẹn trả", "Chậm"),
                  rows, (5, 19, 20, 16, 13, 13, 14))  # fmt: skip
    issued = replace(agency, recipients=("Như trên",))
    with whole(path) as beside:
        document.write(
            beside, issued, day,
            Paper("PHIẾU ĐÔN ĐỐC", f"Giải quyết hồ sơ quá hạn (lần {times})",
                  (Section("", paragraphs=lines), Section("", tables=(table,)))),
        )  # fmt: skip


def _day(at: datetime | None) -> str:
    return f"{at:%d/%m/%Y}" if at else BLANK
