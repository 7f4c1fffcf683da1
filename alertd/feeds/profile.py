"""What the columns of a foreign sheet look like: how many dates, codes, different texts.

No value leaves this room but labels. A label is a short text that comes back in many rows, such as a status; anything
else in a sheet may name a citizen.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.text import clean
from alertd.feeds.aliases import squeeze
from alertd.feeds.between import is_numbering, is_total
from alertd.feeds.cell import text_of
from alertd.feeds.dates import DateError, Form, is_personal, without_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alertd.feeds.dates import Dates

ROWS = 50_000  # that are looked at
LABELS = 60  # different texts that a column of labels may have
SHOWN = 40  # letters of a label
MOSTLY = 0.9
_CODE = re.compile(r"(?=.*\d)[^\s]{2,60}")
_NUMBER = re.compile(r"-?\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d+)?")


@dataclass(slots=True)
class Column:
    """One column below its header. Shares are of the filled cells."""

    index: int
    title: str
    rows: int = 0
    filled: int = 0
    dates: int = 0
    days: int = 0  # of the dates: without a time
    midnights: int = 0  # of these: with 00:00 for one
    codes: int = 0
    links: int = 0
    numbers: int = 0
    values: Counter[str] = field(default_factory=Counter)
    instants: dict[int, float] = field(default_factory=dict)  # by row: seconds

    def take(self, number: int, cell: object, dates: Dates) -> None:
        """One cell, by the number of its row."""
        self.rows += 1
        text = text_of(cell).strip()
        if not text:
            return
        self.filled += 1
        self.values[text] += 1
        self.codes += _CODE.fullmatch(text) is not None
        self.numbers += _NUMBER.fullmatch(text) is not None
        self.links += text.startswith(("http://", "https://"))
        try:
            when = dates.read(cell)
        except DateError:
            return
        if when is not None:
            self.dates += 1
            self.days += without_time(when, portal=False)
            self.midnights += without_time(when, portal=False) and when.form is not Form.DATE
            self.instants[number] = when.at.timestamp()

    def share(self, count: int) -> float:
        """A part of the filled cells."""
        return count / self.filled if self.filled else 0.0

    @property
    def is_empty(self) -> bool:
        """Whether no row has anything here."""
        return self.filled == 0

    @property
    def is_dates(self) -> bool:
        """Whether it holds dates."""
        return self.share(self.dates) >= MOSTLY

    @property
    def is_codes(self) -> bool:
        """Whether every row has a code of its own here."""
        alike = self.share(self.codes) >= MOSTLY and not self.is_dates
        return alike and self.filled >= MOSTLY * self.rows and self.share(len(self.values)) >= MOSTLY

    @property
    def is_labels(self) -> bool:
        """Whether the same few texts come back."""
        few = 0 < len(self.values) <= LABELS and len(self.values) <= max(3, self.filled / 3)
        return few and not self.is_dates and self.share(self.numbers) < MOSTLY

    @property
    def is_texts(self) -> bool:
        """Whether it holds texts that come back at all."""
        returning = len(self.values) <= max(3, self.filled * 0.7)
        return self.filled > 0 and returning and not self.is_dates and self.share(self.numbers) < MOSTLY

    def labels(self) -> tuple[list[str], int]:
        """Its labels, the most frequent first, and how many texts are not shown because they may be personal."""
        fit = [
            clean(text)
            for text, count in self.values.most_common()
            if len(text) <= SHOWN and (count > 1 or len(self.values) * 3 <= self.filled) and not is_personal(text)
        ]
        return fit, len(self.values) - len(fit)

    def not_before(self, other: Column) -> float:
        """In which share of the rows that have both its date is not before another's."""
        both = self.instants.keys() & other.instants.keys()
        return sum(self.instants[row] >= other.instants[row] for row in both) / len(both) if both else 0.0


def profiled(rows: Iterable[tuple[int, Sequence[object]]], titles: Sequence[str], dates: Dates) -> list[Column]:
    """The headed columns of a sheet. Titles, groups, totals, headers again and numberings are not counted."""
    columns = [Column(index, title) for index, title in enumerate(titles) if title]
    words = {squeeze(title) for title in titles}
    for number, row in rows:
        texts = [text for cell in row if (text := text_of(cell).strip())]
        if number > ROWS or len(texts) < min(2, max(len(columns), 1)) or is_total(texts[0]) or is_numbering(texts):
            continue
        if words.issuperset(map(squeeze, texts)):
            continue
        for column in columns:
            column.take(number, row[column.index] if column.index < len(row) else None, dates)
    return columns
