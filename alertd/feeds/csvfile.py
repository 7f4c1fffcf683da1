"""CSV files as rows of texts: encoding and delimiter found from the content, never from the file's name."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, lookup
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.legacy import CONVERTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (",", ";", "\t", "|")
SNIFFED = 30  # rows
#: As files are written on Unix, Windows and old Macs; not what else Unicode calls the end of a line.
_LINE = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")


def decoded(raw: bytes, encoding: str | None, where: str) -> str:
    """The file as text; nothing is replaced or guessed. Raises FeedInputError.

    `encoding` is what the admin declared; without it the file is UTF-8, or UTF-16 with a byte order mark. A font
    encoding is read as Latin-1 and left to `alertd.feeds.legacy`.
    """
    if raw.startswith(BOM_UTF8):
        name = "utf-8-sig"
    elif raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        name = "utf-16"
    else:
        name = encoding or "utf-8"
    try:
        codec = "latin-1" if name in CONVERTERS else name
        if not lookup(codec).name.startswith("utf") and is_utf8(raw):
            if name not in CONVERTERS:
                raise FeedInputError(f"{where} is UTF-8, not {name}; take `encoding: {name}` out of the feed")
            codec = "utf-8"  # its letters went through Unicode on their way here
        text = raw.decode(codec)
    except LookupError:
        raise FeedInputError(
            f"{where}: no such encoding as '{name}'; `encoding:` of the feed takes utf-8, utf-16, cp1258, tcvn3 or vni"
        ) from None
    except UnicodeError as error:
        at = f" (byte {error.start + 1} cannot be read)" if isinstance(error, UnicodeDecodeError) else ""
        raise FeedInputError(
            f"{where} is not {name}{at}; save it as 'CSV UTF-8',"
            f" or declare what it is with `encoding:` of the feed (cp1258 for old Vietnamese Windows, tcvn3, vni)"
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


def delimiters_of(text: str) -> list[str]:
    """The delimiters that split the first rows into cells, the most even and finest split first; at least one."""

    def evenness(delimiter: str) -> int:
        widths: list[int] = []
        with suppress(csv.Error):  # quotes mean something else under a wrong delimiter
            widths += (len(row) for row in islice(reader(text, delimiter), SNIFFED))
        return max((widths.count(width) * (width - 1) for width in widths), default=0)

    scores = {delimiter: evenness(delimiter) for delimiter in DELIMITERS}
    ordered = sorted(DELIMITERS, key=lambda delimiter: -scores[delimiter])
    return [delimiter for delimiter in ordered if scores[delimiter]] or ordered[:1]


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
    """The csv module on a text held in memory, which is not copied: that would keep every page from the interpreter."""
    return csv.reader(map(re.Match.group, _LINE.finditer(text)), delimiter=delimiter, strict=True)
