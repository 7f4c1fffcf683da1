"""Excel workbooks (XLSX, XLS) as rows of cells; `alertd.feeds.cells` reads them in a process of its own."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertd.core.errors import FeedInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Range = tuple[tuple[int, int], tuple[int, int]]

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XLSX_PART = "xl/workbook.xml"
#: What `cells` reads with a parser that knows entities.
PARSED = (XLSX_PART, "xl/_rels/workbook.xml.rels")
MAX_UNPACKED = 600_000_000  # bytes of XML; a district's year of dossiers is a tenth of it
MAX_MEMORY = 6_000_000_000  # bytes of address space that the reading may take; a workbook of that size takes half


@dataclass(frozen=True, slots=True)
class Tab:
    """One worksheet: its rows from the first on, empty ones too, so that their numbers are those a person sees.

    `hidden_rows` and `hidden_columns` are 0-based; an XLS file does not tell them. `from_1904` is whether its days
    count from 1904, of an XLS file whether they may.
    """

    name: str
    rows: Sequence[Sequence[object]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    from_1904: bool


def is_workbook(raw: bytes) -> bool:
    """Whether the content, whatever the file's name, is a workbook."""
    return raw.startswith((ZIP_MARK, OLE_MARK))


def tabs(raw: bytes, worksheet: str | None, where: str) -> list[Tab]:
    """The worksheet that is asked for, else all that a person sees and that are not empty. Raises FeedInputError."""
    if raw.startswith(ZIP_MARK):
        refuse_bomb(raw, where)
    found: list[Tab] = []
    # what is given and what comes back are files: two pipes could wait for each other
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(raw)
        source.seek(0)
        command = [sys.executable, "-P", str(Path(__file__).with_name("cells.py")), worksheet or "", str(MAX_MEMORY)]
        # what Rust says before it ends is for its makers
        subprocess.run(command, stdin=source, stdout=target, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
        target.seek(0)
        try:
            while (head := _next(target)) is not None:
                if isinstance(head, str):
                    raise FeedInputError(f"{where} {head}")
                name, merged, rows, columns, from_1904 = head
                shown = list(unmerged(_rows(target), merged))
                found.append(Tab(name, shown, frozenset(rows), frozenset(columns), from_1904))
        except (EOFError, pickle.UnpicklingError):
            raise unreadable(
                where, "it is damaged, or its cells reach too far: take away what stands beyond the table"
            ) from None
    return found


def _rows(target: Any) -> Iterator[list[object]]:
    while (chunk := _next(target)) is not None:
        yield from chunk


def _next(target: Any) -> Any:
    return pickle.load(target)  # noqa: S301 - this process's own file, written by its own child


def unmerged(rows: Iterable[list[object]], merged: Iterable[Range]) -> Iterator[list[object]]:
    """The rows with the value of a merged cell in each row that it spans, as a person reads it; in its first column."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merged:
        if bottom > top:
            starts.setdefault(top, []).append((left, bottom))
    spans: list[tuple[int, int, object]] = []
    for number, row in enumerate(rows):
        for column, _, value in spans:
            if column < len(row) and row[column] == "":
                row[column] = value
        spans += [(column, last, row[column]) for column, last in starts.get(number, ()) if column < len(row)]
        spans = [span for span in spans if span[1] > number]
        yield row


def refuse_bomb(raw: bytes, where: str) -> None:
    """Raises FeedInputError for an archive that unpacks to more than memory should hold, is damaged, or no XLSX."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise FeedInputError(
                    f"{where} unpacks to {unpacked // 1_000_000} MB, more than the {MAX_UNPACKED // 1_000_000} MB"
                    f" that are read; export fewer columns or a shorter period"
                )
            # A size that lies fails here: a member is read up to its declared size, and its checksum is then wrong.
            damaged = archive.testzip()
            is_xlsx = XLSX_PART in archive.namelist()
            declares = damaged is None and any(_declares(archive, part) for part in PARSED)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise unreadable(where, error) from None
    if damaged is not None:
        raise unreadable(where, f"{damaged} is damaged")
    if declares:
        raise unreadable(where, "it declares a document type, as no spreadsheet does")
    if not is_xlsx:
        raise unreadable(where, "it is an archive of another kind, such as ODS or XLSB")


def _declares(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a part has a document type, in which entities can be made to grow without end."""
    if part not in archive.namelist():
        return False
    xml = archive.read(part).replace(b"\x00", b"")  # UTF-16 too
    return b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def unreadable(where: str, why: object) -> FeedInputError:
    """The error for a workbook that is cut short or damaged."""
    return FeedInputError(f"{where} cannot be read as an Excel workbook ({why}); save it again as XLSX")
