"""Excel workbooks (XLSX, XLS) as rows of cells, read by calamine; the only place that imports it."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from alertd.core.errors import FeedInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 600_000_000  # bytes of XML; a district's year of dossiers is a tenth of it


def is_workbook(raw: bytes) -> bool:
    """Whether the content, whatever the file's name, is a workbook."""
    return raw.startswith((ZIP_MARK, OLE_MARK))


def workbook_rows(raw: bytes, worksheet: str | None, where: str) -> Sequence[Sequence[object]]:
    """The rows of one worksheet from the first on, empty ones too, so that their numbers are those a person sees.

    Without a `worksheet` it is the first that is visible and not empty. Raises FeedInputError.
    """
    if raw.startswith(ZIP_MARK):
        refuse_bomb(raw, where)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheets = [book.get_sheet_by_name(name) for name in chosen(book, worksheet, where)]
        sheet = next((sheet for sheet in sheets if sheet.start is not None), None)
        return [] if sheet is None else [*sheet.iter_rows()]
    except PasswordError:
        raise FeedInputError(f"{where} is protected by a password; save it without one") from None
    except CalamineError as error:
        raise unreadable(where, error) from None
    except BaseException as error:
        # A panic in calamine's Rust is no Exception; one damaged file must not end the daemon.
        if type(error).__name__ == "PanicException":
            raise unreadable(where, error) from None
        raise


def chosen(book: CalamineWorkbook, worksheet: str | None, where: str) -> list[str]:
    """The worksheet that is asked for, else those that a person sees. Raises FeedInputError."""
    if worksheet is not None and worksheet not in book.sheet_names:
        raise FeedInputError(
            f"{where} has no worksheet '{worksheet}', only {', '.join(book.sheet_names)};"
            f" correct `worksheet:` of the feed"
        )
    if worksheet is not None:
        return [worksheet]
    return [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]


def refuse_bomb(raw: bytes, where: str) -> None:
    """Raises FeedInputError for a workbook that unpacks to more than memory should hold, or is damaged."""
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
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise unreadable(where, error) from None
    if damaged is not None:
        raise unreadable(where, f"{damaged} is damaged")


def unreadable(where: str, why: object) -> FeedInputError:
    """The error for a workbook that is cut short or damaged."""
    return FeedInputError(f"{where} cannot be read as an Excel workbook ({why}); save it again as XLSX")
