"""Reads one workbook in a process of its own and writes its cells to stdout: the only place that imports calamine.

A damaged workbook can make calamine ask for more memory than there is, which ends the process at once; this process is
one that may end. It is started by `alertd.feeds.workbook` with the path of this file and imports nothing of alertd. The
workbook comes by stdin; arguments are the worksheet (empty: all that a person sees) and the most memory in bytes.

It writes pickled objects: for each worksheet a tuple (its name, merged ranges, numbers of hidden rows, of hidden
columns, whether days count from 1904), lists of rows, and None; at the end None. A text instead says why it cannot be
read.
"""

from __future__ import annotations

import io
import pickle
import re
import resource
import sys
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 2_000
CPU_SECONDS = 300
ZIP_MARK = b"PK\x03\x04"
#: The record DATEMODE of an XLS file, with the value that counts days from 1904.
XLS_1904 = b"\x22\x00\x02\x00\x01\x00"

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_SPAN = re.compile(rb"\b(min|max)=[\"'](\d{1,5})[\"']")
_NUMBER = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_1904 = re.compile(rb"\bdate1904=[\"'](?:1|true)[\"']")


def main(worksheet: str, memory: int, source: BinaryIO, target: BinaryIO) -> None:
    """Write what the module says."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = source.read()
    try:
        for item in contents(raw, worksheet):
            pickle.dump(item, target)
    except PasswordError:
        pickle.dump("is protected by a password; save it without one", target)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent says it in one line
        pickle.dump(unreadable(error), target)
    target.flush()


def unreadable(why: object) -> str:
    """What is said of a workbook that is cut short or damaged."""
    return f"cannot be read as an Excel workbook ({' '.join(str(why).split())}); save it again as XLSX"


def contents(raw: bytes, worksheet: str) -> Iterator[Any]:
    """What is written for one workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    if worksheet and worksheet not in book.sheet_names:
        yield f"has no worksheet '{worksheet}', only {', '.join(book.sheet_names)}; correct `worksheet:` of the feed"
        return
    archive = zipfile.ZipFile(io.BytesIO(raw)) if raw.startswith(ZIP_MARK) else None
    seen = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    for name in [worksheet] if worksheet else seen:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None:
            continue
        rows, columns = hidden_of(archive, name) if archive else ([], [])
        from_1904 = is_1904(archive) if archive else XLS_1904 in raw
        yield name, sheet.merged_cell_ranges or [], rows, columns, from_1904
        yield from chunks(iter(sheet.iter_rows()))
        yield None
    yield None


def chunks(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    """Rows in lists; empty ones at the end are left out, of which a worksheet may have a million."""
    kept: list[list[Any]] = []
    empty = 0
    for row in rows:
        if not any(cell != "" for cell in row):
            empty += 1
            continue
        kept += [[]] * empty
        empty = 0
        kept.append(row)
        if len(kept) >= CHUNK:
            yield kept
            kept = []
    yield kept


def hidden_of(archive: zipfile.ZipFile, name: str) -> tuple[list[int], list[int]]:
    """The 0-based numbers of the rows and columns of a worksheet that a person does not see."""
    part = part_of(archive, name)
    if part is None:
        return [], []
    xml = archive.read(part)
    rows = [
        int(number[1]) - 1
        for found in _ROW.finditer(xml)
        if _HIDDEN.search(found[1]) and (number := _NUMBER.search(found[1]))
    ]
    columns: list[int] = []
    for found in _COLUMN.finditer(xml):
        span = {key: int(value) for key, value in _SPAN.findall(found[1])}
        if _HIDDEN.search(found[1]) and len(span) == len(("min", "max")):
            columns += range(span[b"min"] - 1, min(span[b"max"], 1000))
    return rows, columns


def part_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part of the archive that holds a worksheet; None when that cannot be told."""

    def attribute(element: ET.Element, wanted: str) -> str:
        return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == wanted), "")

    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ET.ParseError):
        return None
    sheets = (element for element in book.iter() if element.tag.rpartition("}")[2] == "sheet")
    wanted = next((element.attrib for element in sheets if element.get("name") == name), {})
    identity = next((value for key, value in wanted.items() if key.endswith("}id")), None)
    target = next((attribute(link, "Target") for link in links if attribute(link, "Id") == identity), None)
    if target is None:
        return None
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


def is_1904(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook counts days from 1904."""
    return "xl/workbook.xml" in archive.namelist() and _1904.search(archive.read("xl/workbook.xml")) is not None


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer, sys.stdout.buffer)
