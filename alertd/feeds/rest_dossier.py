"""One dossier of any JSON portal as one observation, by a path per field (reference 4.1, 4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from alertd.core.applicant import NOBODY, Applicant, Keep, applicant
from alertd.core.dossier import Filing, Observation, Phase, Reject
from alertd.core.text import fold, normal_code
from alertd.feeds.answers import YES_NO_FIELDS, Answers, amount
from alertd.feeds.dates import Dates, When, days_only, due_value
from alertd.feeds.filing import filing_of
from alertd.feeds.found import FoundError, count, filled, first_filled, one, text, text_of, texts, values
from alertd.feeds.jsonrow import others
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from alertd.feeds.found import Find, Value
    from alertd.feeds.statuses import Statuses

T = TypeVar("T")
MOST_DONG = 10**15
#: Of several answers one yes is enough, but for these fields every one must be yes.
ALL_MUST = frozenset({"components_digital"})
#: By then all that a portal knows has happened; each poll puts its own instant.
ANY_TIME = datetime.max.replace(tzinfo=UTC)
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True)
class Dossiers:
    """Reads one row of the portal's list; what no path leads to is not looked at.

    `as_of` is the instant that the data are from. `deadlines` off leaves out every deadline: the source is not fit for
    them. `done_needs_finish`: done without a finish after the receipt is not believed (reference 1.1.5). Where
    `keep_applicant` keeps nothing of who filed it, no path to it is followed.
    """

    fields: Mapping[str, Sequence[Find]]
    dates: Dates
    statuses: Statuses
    channels: Mapping[str, Filing]
    answers: Answers
    due_midnight: str | None = None
    deadlines: bool = True
    done_needs_finish: bool = False
    as_of: datetime = ANY_TIME
    keep_applicant: Keep = Keep.NONE

    def key_of(self, row: Any) -> str:
        """The portal's own name for a dossier, else its code for matching; empty when the row has neither."""
        one_row = _Row(row, self.fields, self.dates)
        try:
            return one_row.text("key") if "key" in self.fields else normal_code(one_row.must("code", code_of))
        except FoundError:
            return ""

    def read(self, number: int, key: str, row: Any) -> Sequence[Observation | Reject]:
        """One row, by its number in the list."""
        one_row = _Row(row, self.fields, self.dates)
        code = ""
        try:
            code = one_row.must("code", code_of)
            observation = self._observation(key, code, one_row)
        except FoundError as error:
            return [Reject(number, code, str(error))]
        return [observation, *(Reject(number, code, why) for why in one_row.damaged)]

    def _observation(self, key: str, code: str, row: _Row) -> Observation:
        if not key:
            raise FoundError("key: nothing is found; without it the dossier cannot be told from others")
        received, finished = row.date("received_at"), row.date("finished_at")
        status = row.text("status")
        phase = self._phase(status, finished)
        if phase is Phase.DONE and self.done_needs_finish and not is_after(received, finished):
            phase, finished = Phase.UNKNOWN, None
        due_at, due_on = due_value(row.date("due_at"), portal=True, midnight=self.due_midnight)
        submitted, returned = row.maybe_date("submitted_at"), row.maybe_date("returned_at")
        step_due, accept_due = row.maybe_date("step_due_at"), row.maybe_date("accept_due_at")
        aliases: tuple[str, ...] = row.maybe("aliases", texts, ())
        fee_total = row.maybe("fee_total", total, None)
        return Observation(
            key=key,
            code=code,
            phase=phase,
            status=status,
            unit=row.maybe("unit", text, ""),
            received_unit=row.maybe("received_unit", text, ""),
            officers=row.maybe("officer", handlers, ()),
            procedure_code=row.maybe("procedure_code", text, ""),
            procedure=row.maybe("procedure", text, ""),
            field=row.maybe("field", text, ""),
            channel=self._channel(row.maybe("channel", text, "")),
            submitted_at=at(submitted),
            received_at=at(received),
            due_at=due_at if self.deadlines else None,
            due_on=due_on if self.deadlines else None,
            finished_at=at(finished),
            returned_at=at(returned),
            url=row.maybe("url", text, ""),
            aliases=others(code, *aliases),
            parent=row.maybe("parent", text, ""),
            step=row.maybe("step", text, ""),
            step_due_at=at(step_due) if self.deadlines else None,
            accept_due_at=at(accept_due) if self.deadlines else None,
            due_before_at=row.maybe("due_before_at", row.latest, None),
            supplements=row.maybe("supplements", count, None),
            service_level=self.answers.level(row.maybe("service_level", text, "")),
            fee_total=fee_total,
            **self._answers(row, fee_total),
            pause=pause_of(phase, status),
            applicant=self._applicant(row),
            untimed=None if self.deadlines else True,
            day_only=days_only(
                submitted_at=submitted,
                accept_due_at=accept_due,
                received_at=received,
                finished_at=finished,
                returned_at=returned,
            ),
        )

    def _applicant(self, row: _Row) -> Applicant:
        if self.keep_applicant is Keep.NONE:
            return NOBODY
        name, phone = row.maybe("applicant", text, ""), row.maybe("applicant_phone", text, "")
        return applicant(self.keep_applicant, name, phone)

    def _phase(self, status: str, finished: When | None) -> Phase:
        if "status" in self.fields:
            return self.statuses.label(status, finished=finished is not None)
        return Phase.DONE if finished is not None and finished.at <= self.as_of else Phase.RUNNING

    def _channel(self, written: str) -> Filing:
        """By the feed's own table alone where it has one: what that does not know is unknown."""
        return self.channels.get(fold(written), Filing.UNKNOWN) if self.channels else filing_of(written, {})

    def _answers(self, row: _Row, fee_total: int | None) -> dict[str, bool | None]:
        made = {name: row.maybe(name, partial(self._answer, name), None) for name in YES_NO_FIELDS}
        if "fee" not in self.fields and fee_total is not None:
            made["fee"] = fee_total > 0
        return made

    def _answer(self, name: str, found: Iterable[object]) -> bool | None:
        """Yes, no or unknown; what one of several leaves unknown is decided only by a clear word of another."""
        known = {self.answers.is_yes(name, "" if value is None else text_of(value)) for value in values(found)}
        decisive = name not in ALL_MUST
        if decisive in known:
            return decisive
        return None if not known or None in known else not decisive


@dataclass(frozen=True)
class _Row:
    """What the paths find in one row. `damaged` gathers why some of it was left out: the rest of the row is kept."""

    row: Any
    fields: Mapping[str, Sequence[Find]]
    dates: Dates
    damaged: list[str] = field(default_factory=list)

    def must(self, name: str, how: Callable[[list[object]], T]) -> T:
        """A field that decides. Raises FoundError, which names it."""
        try:
            return how(first_filled(self.fields.get(name, ()), self.row))
        except ValueError as error:
            raise FoundError(f"{name}: {error}") from None

    def maybe(self, name: str, how: Callable[[list[object]], T], otherwise: T) -> T:
        """A field by which nothing is decided: what cannot be taken of it is noted."""
        try:
            return self.must(name, how)
        except FoundError as error:
            self.damaged.append(f"{error}; the rest of the row was taken")
            return otherwise

    def text(self, name: str) -> str:
        """A text that decides. Raises FoundError."""
        return self.must(name, text)

    def date(self, name: str) -> When | None:
        """A date that decides. Raises FoundError."""
        return self.must(name, lambda found: self._when(one(found)))

    def maybe_date(self, name: str) -> When | None:
        """A date by which nothing is decided."""
        return self.maybe(name, lambda found: self._when(one(found)), None)

    def latest(self, found: Iterable[object]) -> datetime | None:
        """Of several earlier due dates the latest is the one that was replaced last."""
        dates = [self._when(value) for value in filled(found)]
        return max((when.at for when in dates if when), default=None)

    def _when(self, value: Value | None) -> When | None:
        is_zero = value in (0, "0") and not isinstance(value, bool)  # how some systems write "none"
        return None if is_zero else self.dates.read(value)


def code_of(found: Iterable[object]) -> str:
    """The dossier's code as the portal writes it. Raises FoundError for none and for one that lost its digits."""
    value = one(found)
    if isinstance(value, bool) or value is None:
        raise FoundError("nothing is found that could be a code; check the path, or ask the portal's operator")
    code = text_of(value)
    if isinstance(value, float) or _ROUNDED.fullmatch(code):
        raise FoundError("the code is a rounded number, its last digits are lost; ask the portal's operator")
    return code


def handlers(found: Iterable[object]) -> tuple[str, ...]:
    """All handlers that are named, in one text or in several."""
    return tuple(dict.fromkeys(name for written in texts(found) for name in officers_of(written)))


def total(found: Iterable[object]) -> int | None:
    """The sum of what is found, in đồng; None where nothing is. Raises FoundError for what is no amount."""
    read = [amount(text_of(value)) for value in filled(found)]
    known = [each for each in read if each is not None]
    if len(known) < len(read) or sum(known) > MOST_DONG:
        raise FoundError("what is found is no whole number of đồng; check the path")
    return sum(known) if known else None


def at(when: When | None) -> datetime | None:
    """The instant of a date."""
    return when.at if when else None


def is_after(received: When | None, finished: When | None) -> bool:
    """Whether there is a finish that is one: after the receipt, as far as that is known."""
    return finished is not None and (received is None or finished.at > received.at)
