"""CSV files as rows of texts: encoding and delimiter found from the content, never from the file's name."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (",", ";", "\t")
SNIFFED = 30  # rows


def csv_rows(raw: bytes, encoding: str | None, where: str) -> Iterator[list[str]]:
    """The records of a CSV file, blank ones too, so that their numbers are those a person sees.

    `encoding` is what the admin declared; without it the file is UTF-8, or UTF-16 with a byte order mark. Raises
    FeedInputError, at once for a wrong encoding and while reading for a damaged record.
    """
    text = decoded(raw, encoding, where)
    return records(text, delimiter_of(text), where)


def decoded(raw: bytes, encoding: str | None, where: str) -> str:
    """The file as text; nothing is replaced or guessed. Raises FeedInputError."""
    if raw.startswith(BOM_UTF8):
        name = "utf-8-sig"
    elif raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        name = "utf-16"
    else:
        name = encoding or "utf-8"
    try:
        if not lookup(name).name.startswith("utf") and is_utf8(raw):
            raise FeedInputError(f"{where} is UTF-8, not {name}; take `encoding: {name}` out of the feed")
        text = raw.decode(name)
    except LookupError:
        raise FeedInputError(
            f"{where}: no such encoding as '{name}'; `encoding:` of the feed takes utf-8, utf-16 or cp1258"
        ) from None
    except UnicodeDecodeError as error:
        raise FeedInputError(
            f"{where} is not {name} (byte {error.start + 1} cannot be read); save it as 'CSV UTF-8',"
            f" or declare what it is with `encoding:` of the feed (cp1258 for old Vietnamese Windows)"
        ) from None
    if "\0" in text:
        raise FeedInputError(
            f"{where} is neither CSV nor a workbook (it holds zero bytes); export it again as 'CSV UTF-8' or XLSX"
        )
    return text


def is_utf8(raw: bytes) -> bool:
    """Whether bytes hold marked letters in UTF-8; by chance no text in an eight-bit encoding looks like that."""
    if raw.isascii():
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: str) -> str:
    """Comma, semicolon or tab: the one that splits the first rows into the most cells."""

    def cells(delimiter: str) -> int:
        count = 0
        with suppress(csv.Error):  # quotes mean something else under a wrong delimiter
            for row in islice(reader(text, delimiter), SNIFFED):
                count += len(row)
        return count

    return max(DELIMITERS, key=cells)


def records(text: str, delimiter: str, where: str) -> Iterator[list[str]]:
    """All records. Strict about quotes: one that is never closed would swallow the rows after it in silence."""
    number = 0
    try:
        for number, row in enumerate(reader(text, delimiter), start=1):  # noqa: B007 - the error names it
            yield row
    except csv.Error as error:
        raise FeedInputError(
            f"{where}: row {number + 1} is damaged ({error}); a quotation mark inside a cell must be written twice,"
            f" export the file again"
        ) from None


def reader(text: str, delimiter: str) -> Iterator[list[str]]:
    """The csv module on a text held in memory."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
