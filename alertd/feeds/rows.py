"""One row of a sheet as one observation, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from alertd.core.dossier import Filing, Observation, Phase, Reject
from alertd.core.text import clean, fold, normal_code
from alertd.feeds.dates import DateError, Dates, When, due_value, without_time
from alertd.feeds.filing import filing_of
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.feeds.headers import Header
    from alertd.feeds.statuses import Statuses

    Cells = Mapping[str, object]

EXACT_INTEGERS: Final = 2**53  # from here on a number in a cell has lost digits
TRIMMED = "\ufeff\u200b\u200c\u200d\u2060"
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_TOTAL = re.compile(r"tong (?:cong|so)\b|tong\b|cong\b")


class RowError(ValueError):
    """Why a row cannot be taken."""


@dataclass
class Rows:
    """Reads the rows of one file. `as_of` is the instant its data are from: a later finish has not happened yet."""

    header: Header
    dates: Dates
    statuses: Statuses
    channels: Mapping[str, Filing]
    due_midnight: str | None
    as_of: datetime
    whole_width: bool  # a CSV record longer than its header has an unquoted delimiter in it
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _cleaned: dict[object, str] = field(default_factory=dict)  # the same few units and procedures fill a file
    _officers: dict[object, tuple[str, ...]] = field(default_factory=dict)
    _channels: dict[object, Filing] = field(default_factory=dict)

    def read(self, number: int, row: Sequence[object]) -> Observation | Reject | None:
        """One row, by its number in the file; None for a row that holds no dossier or repeats one to the letter."""
        cells = {name: row[index] for name, index in self.header.columns.items() if index < len(row)}
        code = ""
        try:
            code = code_of(cells.get("code"))
            if self._holds_no_dossier(row, cells, code):
                return None
            self._refuse_damaged(row, code)
            observation = self._observation(cells, code)
        except (RowError, DateError) as error:
            return Reject(number, code, str(error))
        return self._once(number, observation, hash(tuple(cells.values())))

    def _observation(self, cells: Cells, code: str) -> Observation:
        due_at, due_on = due_value(self._date(cells, "due_at"), portal=False, midnight=self.due_midnight)
        days: list[str] = []
        finished_at = self._instant(cells, "finished_at", days)
        phase = self._phase(cells, finished_at)
        return Observation(
            key=normal_code(code),
            code=code,
            phase=phase,
            status=self._text(cells, "status"),
            unit=self._text(cells, "unit"),
            received_unit=self._text(cells, "received_unit"),
            officers=self._handlers(cells),
            procedure_code=self._text(cells, "procedure_code"),
            procedure=self._text(cells, "procedure"),
            field=self._text(cells, "field"),
            channel=self._channel(cells),
            submitted_at=self._instant(cells, "submitted_at", days),
            received_at=self._instant(cells, "received_at", days),
            due_at=due_at,
            due_on=due_on,
            finished_at=finished_at,
            returned_at=self._instant(cells, "returned_at", days),
            url=text_of(cells.get("url")).strip(),
            pause=pause_of(phase, self._text(cells, "status")),
            day_only=tuple(days),
        )

    def _once(self, number: int, observation: Observation, mark: int) -> Observation | Reject | None:
        """Exports that join attachments or fees repeat a row; a repetition that differs is a person's to decide."""
        first, before = self._seen.setdefault(observation.key, (number, mark))
        if first == number:
            return observation
        if before == mark:
            return None
        reason = f"the code stands in row {first} already, with other values; row {first} was taken"
        return Reject(number, observation.code, reason)

    def _holds_no_dossier(self, row: Sequence[object], cells: Cells, code: str) -> bool:
        """Empty rows, group rows and totals; never one with a date of receipt or a due date."""
        if not code or (not code.isascii() and _TOTAL.match(fold(code))):
            return not any(text_of(cells.get(name)).strip() for name in ("received_at", "due_at"))
        if " " in code and len(cells) > 1 and sum(cell not in ("", None) for cell in row) == 1:
            raise RowError("the row has nothing but a text in the code column; if it is a dossier, fill in its dates")
        return False

    def _refuse_damaged(self, row: Sequence[object], code: str) -> None:
        if not code:
            raise RowError("the row has dates but no code; write the code into the file")
        if self.whole_width and len(row) > self.header.width and any(row[self.header.width :]):
            raise RowError(
                f"the row has {len(row)} cells and the header {self.header.width};"
                f" put the cell with the delimiter in it into quotation marks"
            )

    def _phase(self, cells: Cells, finished_at: datetime | None) -> Phase:
        if "status" in self.header.columns:
            return self.statuses.label(self._text(cells, "status"), finished=finished_at is not None)
        return Phase.DONE if finished_at is not None and finished_at <= self.as_of else Phase.RUNNING

    def _handlers(self, cells: Cells) -> tuple[str, ...]:
        cell = cells.get("officer")
        if cell not in self._officers:
            self._officers[cell] = officers_of(text_of(cell))
        return self._officers[cell]

    def _channel(self, cells: Cells) -> Filing:
        cell = cells.get("channel")
        if cell not in self._channels:
            self._channels[cell] = filing_of(text_of(cell), self.channels)
        return self._channels[cell]

    def _text(self, cells: Cells, name: str) -> str:
        cell = cells.get(name)
        if not cell:
            return text_of(cell)
        if cell not in self._cleaned:
            self._cleaned[cell] = clean(text_of(cell))
        return self._cleaned[cell]

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
            return self.dates.read(value)
        except DateError:
            raise DateError(value, name) from None


def code_of(value: object) -> str:
    """A code as the file writes it, trimmed. Raises RowError when Excel made something else of it."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        if value != value or value != int(value) or abs(value) >= EXACT_INTEGERS:  # noqa: PLR0124 - not a number
            raise destroyed(value)
        return str(int(value))
    if isinstance(value, datetime | date | time):
        raise RowError(f"Excel has made the date {value} of the code; format the column as text and export again")
    code = "" if value is None else str(value).strip().strip(TRIMMED).strip()
    if _SCIENTIFIC.fullmatch(code):
        raise destroyed(code)
    return code


def destroyed(value: object) -> RowError:
    """The error for a code of which Excel has kept the first digits only."""
    return RowError(
        f"the code '{value}' is a number that Excel has rounded, its last digits are lost;"
        f" format the column as text and export again"
    )


def text_of(value: object) -> str:
    """Any cell as text: a whole number without its decimal point, a date in ISO 8601."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
