"""The header of a sheet: which row it is, and which column holds which field (reference 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.core.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOKED_AT = 50  # rows: titles and emblems stand above a header, never more than a page of them
SHOWN = 40  # headers named in an error

# Of several aliases in one sheet the first listed is used. "Hạn xử lý" comes last: OpenCPS writes a text there.
# Some exports know only the receiving unit; it is then the best name there is for the processing one.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": ("Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "code"),
    "received_at": ("Ngày tiếp nhận", "Ngày nhận", "received_at"),
    "due_at": ("Ngày hẹn trả", "Ngày hẹn trả kết quả", "Hạn trả", "Hạn xử lý", "due_at"),
    "finished_at": ("Ngày kết thúc xử lý", "Ngày hoàn thành", "Ngày có kết quả", "finished_at"),
    "returned_at": ("Ngày trả", "Ngày trả kết quả", "Trả thực tế", "returned_at"),
    "submitted_at": ("Ngày gửi", "Ngày nộp", "Ngày nộp hồ sơ", "submitted_at"),
    "unit": ("Đơn vị giải quyết", "Cơ quan xử lý", "Cơ quan thụ lý", "Đơn vị", "unit", "Đơn vị tiếp nhận"),
    "received_unit": ("Đơn vị tiếp nhận", "received_unit"),
    "officer": (
        "Cán bộ đang xử lý",
        "Cán bộ xử lý",
        "Cán bộ thụ lý",
        "Người xử lý",
        "Đơn vị/ cá nhân giải quyết",
        "officer",
    ),
    "status": ("Trạng thái", "Trạng thái hồ sơ", "status"),
    "channel": ("Trực tuyến", "Kênh thực hiện", "Hình thức nộp", "channel"),
    "procedure": ("Tên thủ tục hành chính", "Tên thủ tục", "Thủ tục hành chính", "Thủ tục", "procedure"),
    "procedure_code": ("Mã thủ tục", "Mã thủ tục hành chính", "Mã TTHC", "procedure_code"),
    "field": ("Lĩnh vực", "field"),
    "url": ("url",),
}


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's header stands (0-based row) and the 0-based column of each field that it has."""

    row: int
    width: int
    columns: Mapping[str, int]


def find_header(rows: Sequence[Sequence[object]], columns: Mapping[str, str], where: str) -> Header:
    """The header among a sheet's first rows: the row that names a code column and the most other fields.

    `columns` maps fields to headers as the admin wrote them; fields that it leaves out are found by their aliases, in
    columns that it does not name. `where` names the file in errors. Raises FeedInputError when a named column or a code
    column is absent, or when a header that is needed stands there twice.
    """
    best: Header | None = None
    keys = {field: squeeze(header) for field, header in columns.items()}
    for number, row in enumerate(rows[:LOOKED_AT]):
        names = [squeeze(cell) if isinstance(cell, str) else "" for cell in row]
        found = match(names, keys)
        if "code" in found and (best is None or len(found) > len(best.columns)):
            best = Header(number, width(names), found)
    if best is None or any(field not in best.columns for field in columns):
        raise missing(rows, columns, best, where)
    names = [squeeze(cell) if isinstance(cell, str) else "" for cell in rows[best.row]]
    for index in best.columns.values():
        if names.count(names[index]) > 1:
            raise FeedInputError(
                f"{where}: the header '{rows[best.row][index]}' stands in {names.count(names[index])} columns;"
                f" name them apart in the file, or name other columns in `columns:` of the feed"
            )
    return best


def match(names: Sequence[str], explicit: Mapping[str, str]) -> dict[str, int]:
    """The column of each field: those named explicitly, and by alias those left out."""
    found = {field: names.index(key) for field, key in explicit.items() if key in names}
    taken = set(found.values())
    for field, aliases in ALIAS_KEYS.items():
        if field in explicit:
            continue
        index = next((names.index(key) for key in aliases if key in names), None)
        if index is not None and index not in taken:
            found[field] = index
    return found


def missing(
    rows: Sequence[Sequence[object]], columns: Mapping[str, str], best: Header | None, where: str
) -> FeedInputError:
    """The error that says which header is not there, and which are."""
    likely = rows[best.row] if best else max(rows[:LOOKED_AT], key=filled, default=())
    # a row that holds no header at all is data, and data may name a citizen: nothing of it is shown
    is_header = not KNOWN.union(map(squeeze, columns.values())).isdisjoint(
        squeeze(cell) for cell in likely if isinstance(cell, str)
    )
    cells = [clean(cell) for cell in likely[:SHOWN] if isinstance(cell, str) and cell.strip()] if is_header else []
    shown = ", ".join(f"'{cell}'" for cell in cells)
    names = [squeeze(cell) if isinstance(cell, str) else "" for cell in likely]
    absent = [f"'{header}' ({field})" for field, header in columns.items() if squeeze(header) not in names]
    what = f"has no column {', '.join(absent)}" if absent else "has no column with the dossiers' codes ('Mã hồ sơ')"
    return FeedInputError(
        f"{where} {what}; the headers found are: {shown or 'none'}; correct the file, or `columns:` of the feed"
    )


def filled(row: Sequence[object]) -> int:
    """How many cells of a row hold a text: a header is where most do."""
    return sum(isinstance(cell, str) and bool(cell.strip()) for cell in row)


def width(names: Sequence[str]) -> int:
    """The number of columns up to the last that is headed."""
    return max((index + 1 for index, name in enumerate(names) if name), default=0)


def squeeze(text: str) -> str:
    """A header to compare by: no case, no marks, no spaces."""
    return fold(text).replace(" ", "")


FIELDS = tuple(ALIASES)
ALIAS_KEYS = {field: tuple(map(squeeze, aliases)) for field, aliases in ALIASES.items()}
KNOWN = {key for keys in ALIAS_KEYS.values() for key in keys}
