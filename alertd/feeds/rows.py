"""One row of a sheet as one observation, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Filing, Observation, Phase, Reject
from alertd.core.text import clean, normal_code
from alertd.feeds.applicants import NAME, PHONE, Applicants
from alertd.feeds.between import Between
from alertd.feeds.cell import CodeError, code_of, text_of, trimmed
from alertd.feeds.dates import DateError, Dates, When, due_value, without_time
from alertd.feeds.extras import Extras
from alertd.feeds.filing import filing_of
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from alertd.feeds.answers import Answers
    from alertd.feeds.headers import Header
    from alertd.feeds.statuses import Statuses

    Cells = Mapping[str, object]

_CLOCK = ("received_at", "due_at")
#: Every date but the due one, and those of them that may be damaged in a row that is taken: they end nothing.
INSTANTS = (
    "finished_at", "submitted_at", "received_at", "returned_at", "step_due_at", "accept_due_at", "due_before_at",
)  # fmt: skip
BESIDE = frozenset({"submitted_at", "step_due_at", "accept_due_at", "due_before_at"})


class RowError(ValueError):
    """Why a row cannot be taken."""


class TextError(ValueError):
    """Why a row cannot be taken that has a text for a code."""


@dataclass(frozen=True, slots=True)
class Maps:
    """What one feed says about its values: dates, statuses, channels, yes and no, midnight."""

    dates: Dates
    statuses: Statuses
    channels: Mapping[str, Filing]
    answers: Answers
    due_midnight: str | None = None


@dataclass
class Rows:
    """Reads the rows of one file. `as_of` is the instant its data are from: a later finish has not happened yet.

    `whole_width`: a record longer than its header has an unquoted delimiter in it. `code_digits` is the length of every
    code of digits, where the file shows one.
    """

    header: Header
    maps: Maps
    as_of: datetime
    whole_width: bool
    code_digits: int | None = None
    applicants: Applicants = field(default_factory=Applicants)
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _cleaned: dict[str, str] = field(default_factory=dict)  # the same few units and procedures fill a file
    _officers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _channels: dict[str, Filing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What else is read beside the clock. Who filed it decides nothing, not even whether a row repeats another."""
        self.header = self.header.without((NAME, PHONE))
        self.between = Between(self.header)
        self.extras = Extras(self.header, self.maps.answers)

    def read(self, number: int, row: Sequence[object]) -> Sequence[Observation | Reject]:
        """One row, by its number in the file: its dossier, why it cannot be taken, or both when part of it cannot.

        Neither for a row that holds no dossier or repeats one to the letter.
        """
        cells = {name: row[index] for name, index in self.header.columns.items() if index < len(row)}
        code = ""
        damaged: list[str] = []
        try:
            code = code_of(cells.get("code"))
            if self._holds_no_dossier(row, cells, code):
                return []
            self._refuse_damaged(row, code)
            observation = self._observation(number, row, cells, code, damaged)
        except (RowError, CodeError, DateError) as error:
            return [Reject(number, code, str(error))]
        except TextError as error:
            return [Reject(number, "", str(error))]  # it may be anything, a name too
        mark = hash((tuple(cells.values()), observation.unit, observation.aliases))
        return [*self._once(number, observation, mark), *(Reject(number, code, why) for why in damaged)]

    def notes(self) -> list[str]:
        """What a person should know of the file."""
        return [*self.between.notes(), *self.extras.notes()]

    def _observation(
        self, number: int, row: Sequence[object], cells: Cells, code: str, damaged: list[str]
    ) -> Observation:
        due_at, due_on = due_value(self._date(cells, "due_at"), portal=False, midnight=self.maps.due_midnight)
        days: list[str] = []
        instants: dict[str, Any] = {}
        for name in INSTANTS:
            try:
                if name in cells:
                    instants[name] = self._instant(cells, name, days)
            except DateError as error:
                if name not in BESIDE:
                    raise
                damaged.append(f"{error}; the rest of the row was taken")
        status, key = self._text(cells, "status"), normal_code(code)
        phase = self._phase(status, instants.get("finished_at"), instants.get("returned_at"))
        return Observation(
            key=self._text(cells, "key") or key,
            code=code,
            phase=phase,
            status=status,
            unit=self._text(cells, "unit") or self.between.unit,
            received_unit=self._text(cells, "received_unit"),
            officers=self._handlers(cells),
            procedure_code=self._text(cells, "procedure_code"),
            procedure=self._text(cells, "procedure"),
            field=self._text(cells, "field") or self.between.topic,
            channel=self._channel(cells),
            due_at=due_at,
            due_on=due_on,
            url=trimmed(text_of(cells.get("url"))),
            pause=pause_of(phase, status),
            day_only=tuple(days),
            applicant=self.applicants.read(row),
            **instants,
            **self.extras.read(number, row, cells, key),
        )

    def _once(self, number: int, observation: Observation, mark: int) -> Sequence[Observation | Reject]:
        """Exports that join attachments or fees repeat a row; a repetition that differs is a person's to decide."""
        first, before = self._seen.setdefault(observation.key, (number, mark))
        if first == number:
            return [observation]
        if before == mark:
            return []
        reason = f"the code stands in row {first} already, with other values; row {first} was taken"
        return [Reject(number, observation.code, reason)]

    def _holds_no_dossier(self, row: Sequence[object], cells: Cells, code: str) -> bool:
        # a total may count its rows in a column of dates; no date has four digits or fewer
        dated = any(len(text) > 4 or (text and not text.isdecimal())  # noqa: PLR2004
                    for text in (text_of(cells.get(name)).strip() for name in _CLOCK))  # fmt: skip
        if dated and len(code) > 4 and any(map(str.isdigit, code)):  # noqa: PLR2004 - longer than a column's number
            return False
        kind = self.between.kind(row, [text_of(cell).strip() for cell in row], dated=dated)
        if kind is not None:
            return True
        if " " in code and not any(map(str.isdigit, code)):
            raise TextError("what stands in the code column is a text and no code; correct the row if it is a dossier")
        if " " in code and len(cells) > 1 and sum(cell not in ("", None) for cell in row) == 1:
            raise TextError("the row has nothing but a text in the code column; if it is a dossier, fill in its dates")
        return False

    def _refuse_damaged(self, row: Sequence[object], code: str) -> None:
        if not code:
            raise RowError("the row has dates but no code; write the code into the file")
        if self.whole_width and len(row) > self.header.width and any(row[self.header.width :]):
            raise RowError(
                f"the row has {len(row)} cells and the header {self.header.width};"
                f" put the cell with the delimiter in it into quotation marks"
            )
        if self.code_digits and len(code) < self.code_digits and code.isascii() and code.isdecimal():
            raise RowError(
                f"the code '{code}' has lost its leading zeros: codes of digits have {self.code_digits} in this file;"
                f" format the column as text and export again"
            )

    def _phase(self, status: str, finished_at: datetime | None, returned_at: datetime | None) -> Phase:
        """By the status where there is one, else by what has happened until the instant that the data are from."""
        if "status" in self.header.columns:
            ended = finished_at is not None or returned_at is not None
            return self.maps.statuses.label(status, finished=ended)
        if returned_at is not None and returned_at <= self.as_of:
            return Phase.RETURNED
        return Phase.DONE if finished_at is not None and finished_at <= self.as_of else Phase.RUNNING

    def _handlers(self, cells: Cells) -> tuple[str, ...]:
        text = text_of(cells.get("officer"))
        if text not in self._officers:
            self._officers[text] = officers_of(text)
        return self._officers[text]

    def _channel(self, cells: Cells) -> Filing:
        text = text_of(cells.get("channel"))
        if text not in self._channels:
            self._channels[text] = filing_of(text, self.maps.channels)
        return self._channels[text]

    def _text(self, cells: Cells, name: str) -> str:
        text = text_of(cells.get(name))
        if text and text not in self._cleaned:
            self._cleaned[text] = clean(text)
        return self._cleaned.get(text, text)

    def _instant(self, cells: Cells, name: str, days: list[str]) -> datetime | None:
        """Every date but the due one: a bare date is its local 00:00, and its name goes to `days`."""
        when = self._date(cells, name)
        if when is None:
            return None
        if without_time(when, portal=False):
            days.append(name)
        return when.at

    def _date(self, cells: Cells, name: str) -> When | None:
        value = cells.get(name)
        if value is None or value == "":
            return None
        try:
            return self.maps.dates.read(value)
        except DateError as error:
            raise DateError(value, name, error.why) from None
