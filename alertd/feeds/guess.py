"""Which column of a foreign sheet holds which field, how sure that is, and why: a proposal for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.aliases import ALIAS_KEYS, DATES, HANDED_OVER, KNOWN, RETURN_DAY, squeeze
from alertd.feeds.dates import Dates
from alertd.feeds.headers import under
from alertd.feeds.hints import PART, WHOLE, hinted
from alertd.feeds.opening import PROOF, grids_of, opened, refuse_mojibake, with_header
from alertd.feeds.profile import Column, profiled
from alertd.feeds.survey import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from alertd.feeds.opening import Grid

#: How much each kind of evidence says; what follows from the sum is `Sure`.
BY_ALIAS, BY_WHOLE, BY_WORD, BY_FORM = 100, 80, 50, 20
ENOUGH, NEAR, TIED = 40, 35, 5
ORDERED = 0.95  # of the rows: that a due date is not before its receipt
FEWEST_CELLS = 2


class Sure(StrEnum):
    """How sure a proposal is."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


class Why(StrEnum):
    """Why a column fits a field."""

    ALIAS = "alias"
    WHOLE = "hint"
    WORD = "word"
    DATES = "dates"
    NO_DATES = "no dates"
    EMPTY = "empty"
    UNIQUE = "unique"
    NOT_UNIQUE = "not unique"
    LABELS = "labels"
    TEXTS = "texts"
    LINKS = "links"
    LATER = "later"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one column fits one field."""

    field: str
    column: Column
    score: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The column proposed for a field, and the others that fit it too, by their headers."""

    fit: Fit
    sure: Sure
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What a foreign file seems to be. `header` is the number of its row, `twice` are headers that cannot be named."""

    grid: Grid
    header: int
    columns: Sequence[Column]
    choices: Sequence[Choice]
    twice: Sequence[str]
    month_first: bool
    order: Order
    several: Sequence[str] = field(default=())

    def chosen(self, name: str) -> Column | None:
        """The column proposed for a field."""
        return next((choice.fit.column for choice in self.choices if choice.fit.field == name), None)


def guessed(raw: bytes, zone: ZoneInfo, where: str) -> Guess:
    """Look at a file whole. Raises FeedInputError for one that cannot be read or in which no column could be a code."""
    grid, number, titles, several = _header(raw, where)
    rows = [(at, row) for at, row in enumerate(grid.rows(), start=1) if at > number]
    order = Order()
    for at, row in rows:
        for cell in row:
            if isinstance(cell, str):
                order.take(at, cell)
    month_first = order.month_first > 0 and not order.day_first
    keys = [squeeze(title) for title in titles]
    twice = [title for title, key in dict(zip(titles, keys, strict=True)).items() if key and keys.count(key) > 1]
    usable = [title if keys.count(squeeze(title)) == 1 else "" for title in titles]
    columns = profiled(rows, usable, Dates(zone, month_first=month_first, epoch=grid.epoch))
    choices = chosen(columns)
    if not any(choice.fit.field == "code" for choice in choices):
        raise FeedInputError(
            f"{where}: no column looks like the dossiers' codes (one for each row, with digits); if there is one,"
            f" name it in `columns: {{code: …}}` of the feed"
        )
    return Guess(grid, number, columns, choices, twice, month_first, order, several)


def _header(raw: bytes, where: str) -> tuple[Grid, int, list[str], list[str]]:
    """The grid, the number of its header's row, the headers, and other worksheets that seem to hold dossiers."""
    try:
        known = [opened(raw, {}, None, None, where)]
        failure = FeedInputError(f"{where} has no row that could be a header")
    except FeedInputError as error:
        known, failure = [], error
    if not known:
        grids = _readable(raw, where, failure)
        known = with_header(grids, {}, where)
    known = [(grid, header) for grid, header in known if len(header.columns) >= PROOF]
    if known:
        grid, header = known[0]
        return grid, header.row + 1, list(header.titles), [other.worksheet for other, _ in known[1:] if other.worksheet]
    likely = [(found, grid) for grid in _readable(raw, where, failure) if (found := likely_header(grid.first()))]
    if not likely:
        raise failure
    (_, row, titles), grid = max(likely, key=lambda each: each[0][0])
    return grid, row + 1, titles, [other.worksheet for _, other in likely if other.worksheet and other is not grid]


def _readable(raw: bytes, where: str, failure: FeedInputError) -> list[Grid]:
    """What a file may be read as; `failure` for one that cannot be read, whose words know more."""
    try:
        grids = grids_of(raw, None, None, where)
    except FeedInputError:
        raise failure from None
    for grid in grids:
        refuse_mojibake(grid.first(), KNOWN, where)
    return grids


def likely_header(rows: Sequence[Sequence[object]]) -> tuple[int, int, list[str]] | None:
    """The first row that has texts in the most columns, all different, none of them a date or a number."""
    best: tuple[int, int, list[str]] | None = None
    for number, row in enumerate(rows):
        texts, _ = under((), row)
        filled = [text for text in texts if text]
        plain = all(isinstance(cell, str) or cell is None for cell in row)
        if not plain or len(filled) < FEWEST_CELLS or any(not any(map(str.isalpha, text)) for text in filled):
            continue
        if best is None or len(filled) > best[0]:
            best = (len(filled), number, texts)
    return best


def chosen(columns: Sequence[Column]) -> list[Choice]:
    """A column for each field that one fits, the best first; no column for two fields but the receiving unit."""
    fits = sorted(_fits(columns), key=lambda fit: -fit.score)
    taken: dict[str, Fit] = {}
    used: set[int] = set()
    for fit in fits:
        if fit.field not in taken and fit.column.index not in used and fit.score >= ENOUGH:
            taken[fit.field] = fit
            used.add(fit.column.index)
    for fit in _by_form(columns, taken, used):
        taken[fit.field] = fit
        used.add(fit.column.index)
    order = list(ALIAS_KEYS)
    found = [_choice(fit, fits, columns, taken) for fit in taken.values()]
    return sorted(found, key=lambda choice: order.index(choice.fit.field))


def _fits(columns: Sequence[Column]) -> Iterator[Fit]:
    handed_over = any(squeeze(column.title) == HANDED_OVER for column in columns)
    for column in columns:
        if handed_over and squeeze(column.title) == RETURN_DAY and column.is_dates:
            yield Fit("due_at", column, BY_ALIAS, (Why.ALIAS, Why.DATES))
        for name, keys in ALIAS_KEYS.items():
            if fit := _fit(name, keys, column):
                yield fit


def _fit(name: str, keys: Sequence[str], column: Column) -> Fit | None:
    """By the header first, then by what the column looks like; None when the header says nothing."""
    if squeeze(column.title) in keys:
        # the first alias of a field is its own name, the others are used when it is absent
        score, why = BY_ALIAS - keys.index(squeeze(column.title)), Why.ALIAS
    elif (hint := hinted(name, column.title)) == WHOLE:
        score, why = BY_WHOLE, Why.WHOLE
    elif hint == PART:
        score, why = BY_WORD, Why.WORD
    else:
        return None
    more, form = _form(name, column)
    return Fit(name, column, score + more, (why, *form))


def _form(name: str, column: Column) -> tuple[int, tuple[Why, ...]]:
    """What a column's values say for or against a field."""
    if column.is_empty:
        return 0, (Why.EMPTY,)
    if name in DATES:
        return (10, (Why.DATES,)) if column.is_dates else (-60, (Why.NO_DATES,))
    if name == "code":
        return (10, (Why.UNIQUE,)) if column.is_codes else (-30, (Why.NOT_UNIQUE,))
    if name in ("status", "channel", "unit", "received_unit", "field"):
        if column.is_labels:
            return 10, (Why.LABELS,)
        return (0, (Why.TEXTS,)) if column.is_texts else (-40, (Why.ODD,))
    if name in ("officer", "procedure"):
        return (5, (Why.TEXTS,)) if column.is_texts else (-10, (Why.ODD,))
    if name == "url":
        return (10, (Why.LINKS,)) if column.share(column.links) > 0.5 else (-60, (Why.ODD,))  # noqa: PLR2004
    return (-30, (Why.ODD,)) if column.is_dates else (0, ())


def _by_form(columns: Sequence[Column], taken: dict[str, Fit], used: set[int]) -> Iterator[Fit]:
    """What only the values suggest, for the fields that no dossier can be without."""
    free = [column for column in columns if column.index not in used]
    if "code" not in taken and (codes := [column for column in free if column.is_codes]):
        yield Fit("code", codes[0], BY_FORM, (Why.UNIQUE,))
    dates = [column for column in free if column.is_dates and column.filled]
    if "received_at" not in taken and "due_at" not in taken and dates:
        first = max(dates, key=lambda column: (column.filled, -min(column.instants.values(), default=0)))
        yield Fit("received_at", first, BY_FORM, (Why.DATES,))
        dates.remove(first)
        taken = taken | {"received_at": Fit("received_at", first, BY_FORM, ())}
    received = taken.get("received_at")
    if "due_at" not in taken and received is not None:
        later = [column for column in dates if column.not_before(received.column) >= ORDERED]
        if later:
            yield Fit("due_at", max(later, key=lambda column: column.filled), BY_FORM, (Why.DATES, Why.LATER))


def _choice(fit: Fit, fits: Sequence[Fit], columns: Sequence[Column], taken: dict[str, Fit]) -> Choice:
    """How sure a fit is, and which other columns fit: by their headers, for the due date by their values too."""
    settled = {other.column.index for other in taken.values() if other.score >= BY_WHOLE} - {fit.column.index}
    near = [f for f in fits if f.field == fit.field and f.column is not fit.column and f.column.index not in settled]
    rivals = {f.column.title: f.score for f in near if f.score > 0}
    if fit.field == "due_at":
        rivals = dict.fromkeys(_other_due(columns, taken), BY_FORM) | rivals
    lead = fit.score - max(rivals.values(), default=0)
    if fit.score >= BY_WHOLE and lead >= NEAR:
        sure = Sure.SURE
    else:
        sure = Sure.LIKELY if fit.score >= ENOUGH and lead > TIED else Sure.UNSURE
    return Choice(fit, sure, tuple(sorted(rivals, key=lambda title: -rivals[title])))


def _other_due(columns: Sequence[Column], taken: dict[str, Fit]) -> Iterator[str]:
    """The headers of dates that nobody has and that are never before the receipt."""
    received = taken.get("received_at")
    used = {fit.column.index for fit in taken.values()}
    for column in columns:
        ordered = received is None or column.not_before(received.column) >= ORDERED
        if column.index not in used and column.filled and column.is_dates and ordered:
            yield column.title
