"""What stands between the dossiers of a sheet: group rows, totals, headers again (reference 1.5; 5, problem 23)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import dropwhile, pairwise
from typing import TYPE_CHECKING

from alertd.core.text import clean
from alertd.feeds.aliases import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.feeds.headers import Header


class Kind(StrEnum):
    """What a row without a dossier is; the words are those of a note."""

    BLANK = "blank"
    HEADER = "repeated header"
    NUMBERS = "numbering of the columns"
    TOTAL = "total"
    GROUP = "group row"
    TEXT = "text without a dossier"


#: With their marks: "Công an" and "Tổng công ty" are units, and "CONG-12" may be a code.
_TOTAL = re.compile(r"(?:tổng cộng|tổng số|cộng(?! đồng))\b|tổng\s*(?:[:(\d]|$)")
_TOTAL_ASCII = re.compile(r"tong (?:cong|so)\s*(?:[:(\d]|$)")
_COLUMN_NUMBER = re.compile(r"\(?([0-9]{1,2})\)?")
_COLUMN_LETTER = re.compile(r"\(?[A-Z]\)?")
_LETTERS = re.compile(r"[^\W\d_]")
_ROMAN = re.compile(r"[IVXLC]{1,6}(?=[.)/:\s-])")
_BULLET = re.compile(r"^(?:[IVXLC]{1,6}|[A-Za-zĐđ]|[0-9]{1,2}(?:\.[0-9]{1,2})*)[.)/:-]+\s*")
_COUNT = re.compile(r"\s*(?:[:(\[-]\s*[0-9]+\s*(?:hồ sơ|hs)?\s*[)\]]?|[0-9]+\s*(?:hồ sơ|hs))\s*$", re.IGNORECASE)
_LABEL = re.compile(r"(?:tên\s+)?(?:đơn vị|cơ quan)(?:\s+(?:giải quyết|xử lý|thụ lý))?\s*:\s*", re.IGNORECASE)
_FIELD = re.compile(r"lĩnh vực\s*:?\s*", re.IGNORECASE)
_COLUMNS_AT_LEAST = 3


@dataclass(slots=True)
class Between:
    """Tells rows without a dossier by their kind, counts them, and remembers what the last group row said.

    A group row names the unit of the rows under it, where they name none (the appendix of overdue dossiers); one that
    begins with "Lĩnh vực" names their field. Where groups are numbered in two ways, only the outer one counts.
    """

    header: Header
    unit: str = ""
    topic: str = ""
    passed: Counter[Kind] = field(default_factory=Counter)
    _level: str = ""

    def kind(self, row: Sequence[object], texts: Sequence[str], *, dated: bool) -> Kind | None:
        """The kind of a row; None for one that is to be read as a dossier. `texts` are its cells, trimmed."""
        filled = [index for index, text in enumerate(texts) if text]
        found = self._kind(row, texts, filled, dated=dated)
        if found not in (None, Kind.BLANK):
            self.passed[found] += 1
        return found

    def _kind(self, row: Sequence[object], texts: Sequence[str], filled: list[int], *, dated: bool) -> Kind | None:
        if not filled:
            return Kind.BLANK
        if self._is_header(row, filled):
            return Kind.HEADER
        if is_numbering([texts[index] for index in filled]):
            return Kind.NUMBERS
        if dated:
            return None
        if is_total(texts[filled[0]]):
            return Kind.TOTAL
        code = self.header.columns["code"]
        if (at := self._group_at(texts, filled, code)) is not None:
            self._begin(texts[at])
            return Kind.GROUP
        return None if code in filled else Kind.TEXT

    def _is_header(self, row: Sequence[object], filled: list[int]) -> bool:
        """Whether all cells in headed columns repeat their headers, as on each page of a print."""
        headed = [index for index in filled if index < len(self.header.names) and self.header.names[index][0]]
        return bool(headed) and all(
            isinstance(cell := row[index], str) and squeeze(cell) in self.header.words for index in headed
        )

    def _group_at(self, texts: Sequence[str], filled: list[int], code: int) -> int | None:
        """The column of a group row's text: the only one in the row, left of the codes or in the unit's column."""
        worded = [index for index in filled if _LETTERS.search(texts[index])]
        if len(worded) != 1 or len(self.header.columns) < _COLUMNS_AT_LEAST:
            return None
        at = worded[0]
        if at == code:
            return at if " " in texts[at] and _BULLET.match(texts[at]) else None
        return at if code not in filled and (at < code or at == self.header.columns.get("unit")) else None

    def _begin(self, text: str) -> None:
        level = level_of(text)
        self._level = self._level or level
        name = clean(_COUNT.sub("", _BULLET.sub("", text, count=1)))
        if found := _FIELD.match(name):
            self.topic = name[found.end() :]
        elif level == self._level:
            self.unit = _LABEL.sub("", name, count=1)
            self.topic = ""

    def notes(self) -> list[str]:
        """What was passed over, for a person to know."""
        if not self.passed:
            return []
        counts = ", ".join(f"{count} × {kind.value}" for kind, count in sorted(self.passed.items()))
        return [f"rows without a dossier, passed over: {counts}"]


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether a row numbers its columns: (1), (2), (3) and so on, or A, B, 1, 2."""
    found = [_COLUMN_NUMBER.fullmatch(text) for text in dropwhile(_COLUMN_LETTER.fullmatch, texts)]
    numbers = [int(match[1]) for match in found if match]
    return (
        len(texts) >= _COLUMNS_AT_LEAST
        and 0 < len(numbers) == len(found)
        and all(after == before + 1 for before, after in pairwise(numbers))
    )


def is_total(text: str) -> bool:
    """Whether a text says that the row adds up the others."""
    name = clean(text).casefold()
    return bool(_TOTAL.match(name) or _TOTAL_ASCII.match(name))


def level_of(text: str) -> str:
    """How a group is numbered: I, A, 1 or not at all."""
    bullet = _BULLET.match(text)
    if _ROMAN.match(text):
        return "I"
    if bullet is None:
        return "-"
    return "1" if text[0].isdigit() else "A"
