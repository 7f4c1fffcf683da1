"""A look at a whole sheet before any of it is taken: what only all rows together can tell (reference 5, 5, 6, 15, 21).

Which of 03/04 is the month, whether Excel has read half of the dates the other way round, whether codes have lost
their leading zeros, whether texts are Unicode: none of this is ever guessed from one cell. What a row contradicts is
that row's fault; what a column contradicts is the file's, and then nothing of it is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.aliases import DATES, TEXT_OR_DATE, squeeze
from alertd.feeds.dates import DateError
from alertd.feeds.legacy import NAMES, suspected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alertd.feeds.dates import Dates
    from alertd.feeds.headers import Header

TEXTS = ("unit", "received_unit", "officer", "status", "procedure", "field")
DISTINCT = 5_000  # texts of a column that are looked at
MONTHS, DAYS = 12, 31
#: So many dates against a column's order, and such a share of those that show one, are more than typing mistakes.
CONTRARY, CONTRARY_SHARE = 3, 0.1
#: How likely it may be that only chance has put the first twelve days of months into date cells, the others into texts.
BY_CHANCE = 1e-6
MOSTLY = 0.8
_DATE = re.compile(r"\s*'?(?:[0-9]{1,2}:[0-9:.,]+[ ,]+)?([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}(?![0-9])")


@dataclass(slots=True)
class Order:
    """What the dates of one column show: the row of the first text of each kind, and how many there are."""

    day_first: int = 0
    month_first: int = 0
    day_first_row: int = 0
    month_first_row: int = 0
    either: int = 0  # texts that could be both
    late: set[tuple[int, int]] = field(default_factory=set)  # (day, month) of texts that can be read in one way only
    low: set[tuple[int, int]] = field(default_factory=set)  # (day, month) of date cells up to the twelfth of a month
    high: bool = False  # whether a date cell is after it

    def take(self, number: int, cell: object) -> None:
        """One cell, by the number of its row."""
        if isinstance(cell, str):
            if (found := _DATE.match(cell)) is not None:
                self._text(number, int(found[1]), int(found[3]))
        elif isinstance(cell, date):
            if cell.day <= MONTHS:
                self.low.add((cell.day, cell.month))
            else:
                self.high = True

    def _text(self, number: int, first: int, second: int) -> None:
        if MONTHS < first <= DAYS and 1 <= second <= MONTHS:
            self.day_first += 1
            self.late.add((first, second))
            self.day_first_row = self.day_first_row or number
        elif MONTHS < second <= DAYS and 1 <= first <= MONTHS:
            self.month_first += 1
            self.month_first_row = self.month_first_row or number
        else:
            self.either += 1


@dataclass(slots=True)
class Survey:
    """What a file shows as a whole."""

    orders: Mapping[str, Order]
    dates_in: dict[str, bool]  # of the columns that may hold texts instead: whether they hold any date
    texts: Mapping[str, set[str]]
    zero_led: set[int] = field(default_factory=set)  # the lengths of the codes of digits that begin with a zero

    @property
    def code_digits(self) -> int | None:
        """The length of every code of digits, where the file shows it: codes that begin with a zero agree on it."""
        return next(iter(self.zero_led)) if len(self.zero_led) == 1 else None


def surveyed(rows: Iterable[tuple[int, Sequence[object]]], header: Header, dates: Dates) -> Survey:
    """Look at all rows below the header, by their numbers in the file."""
    orders = {name: Order() for name in DATES if name in header.columns}
    doubtful = [n for n in DATES if n in header.columns and squeeze(header.title(n)) == TEXT_OR_DATE]
    survey = Survey(orders, dict.fromkeys(doubtful, False), {n: set() for n in TEXTS if n in header.columns})
    date_columns = [(header.columns[name], order) for name, order in orders.items()]
    text_columns = [(header.columns[name], seen) for name, seen in survey.texts.items()]
    code = header.columns["code"]
    for number, row in rows:
        width = len(row)
        for column, order in date_columns:
            if column < width:
                order.take(number, row[column])
        for column, seen in text_columns:
            if column < width and isinstance(cell := row[column], str) and len(seen) < DISTINCT:
                seen.add(cell)
        for name in doubtful:
            if not survey.dates_in[name] and header.columns[name] < width:
                survey.dates_in[name] = is_date(row[header.columns[name]], dates)
        if code < width and isinstance(cell := row[code], str) and cell.startswith(("0", "'0", " 0")):
            text = cell.strip().removeprefix("'")
            if text.isascii() and text.isdecimal():
                survey.zero_led.add(len(text))
    return survey


def is_date(cell: object, dates: Dates) -> bool:
    """Whether a cell holds a date."""
    try:
        return dates.read(cell) is not None
    except DateError:
        return False


def refuse(survey: Survey, header: Header, where: str, *, month_first: bool) -> None:
    """Raises FeedInputError when the file as a whole cannot be read right."""
    for name, order in survey.orders.items():
        refuse_order(order, header.title(name), where, month_first=month_first)
        refuse_swapped(order, header.title(name), where)
    for name, texts in survey.texts.items():
        if encoding := suspected(texts):
            title = header.title(name)
            if encoding == "utf-8":
                raise FeedInputError(
                    f"{where}: the texts of '{title}' were UTF-8, were read as windows-1252 and saved again;"
                    f" export the file again"
                )
            raise FeedInputError(
                f"{where}: the texts of '{title}' are in the font encoding {NAMES[encoding]}; convert the file to"
                f" Unicode (UniKey: Ctrl+Shift+F6), or write `encoding: {encoding}` if all of it is"
            )


def refuse_order(order: Order, title: str, where: str, *, month_first: bool) -> None:
    """Raises FeedInputError when the dates of a column are not written in the order that the feed declares."""
    right, wrong = order.day_first, order.month_first
    right_row, wrong_row = order.day_first_row, order.month_first_row
    words = ("day", "month")
    if month_first:
        right, wrong, right_row, wrong_row, words = wrong, right, wrong_row, right_row, ("month", "day")
    if not wrong:
        return
    if not right:
        raise FeedInputError(
            f"{where}: the dates of '{title}' are written with the {words[1]} first (row {wrong_row} shows it) and the"
            f" feed takes the {words[0]} first; if all of the file is so, write `date_order: {words[1]}-first` on it"
        )
    if wrong >= CONTRARY and wrong > CONTRARY_SHARE * (right + wrong):
        raise FeedInputError(
            f"{where}: some dates of '{title}' are written with the day first and some with the month first (rows"
            f" {right_row} and {wrong_row}), so that 03/04 could be either; export the file again in one form"
        )


def refuse_swapped(order: Order, title: str, where: str) -> None:
    """Raises FeedInputError when Excel has read dd/MM/yyyy as MM/dd/yyyy wherever that gave a date.

    It leaves its mark: the days 13 to 31 stay texts, every date cell has a day up to 12, and these days are the months
    of the texts, as they were. Dossiers of one day are one date here: they are no evidence twice.
    """
    if order.high or order.either or order.month_first or not order.late:
        return
    days, months = {day for day, _ in order.low}, {month for _, month in order.late}
    chance = (MONTHS / 30.4) ** len(order.low) * (1 - MONTHS / 30.4) ** len(order.late)
    if order.low and len(days & months) >= MOSTLY * len(days) and chance < BY_CHANCE:
        raise FeedInputError(
            f"{where}: Excel has taken days for months in '{title}' (its date cells end at the twelfth of each month,"
            f" the later days are texts); export it again, and do not open a CSV in Excel before it is dropped here"
        )
