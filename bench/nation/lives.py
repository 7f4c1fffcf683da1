"""The lives of dossiers: when each was received, paused, put off and finished, from its number alone.

Days are working days, counted from the Monday `FIRST`; the calendar has no days off. An instant is a day and a minute
of its eight working hours.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from alertd.core.dossier import Filing, Observation, PauseKind, Phase
from bench.ground import ZONE
from bench.nation.places import officer_of, offices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.nation.places import Size

FIRST = date(2026, 1, 5)
MINUTES, MORNING = 480, 240
WEEK = 5
#: Of a thousand: finished late, paused in between, put off.
LATE, PAUSED, PUT_OFF = 40, 20, 10
#: The most working days between promise and finish, either way, and by how many a promise is put off.
MARGIN, LATENESS, LONGER = 10, 10, 3
PROCEDURES = 40
_MASK = (1 << 64) - 1


def mixed(seed: int, number: int) -> int:
    """64 bits that follow from a seed and a number (SplitMix64)."""
    z = (seed + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def day(number: int) -> date:
    """The date of a working day."""
    weeks, rest = divmod(number, WEEK)
    return FIRST + timedelta(days=7 * weeks + rest)


def instant(number: int, minute: int) -> datetime:
    """A working minute of a working day, UTC; the morning's are from 07:30, the afternoon's from 13:00."""
    begin = time(7, 30) if minute < MORNING else time(13, 0)
    local = datetime.combine(day(number), begin, ZONE) + timedelta(minutes=minute % MORNING)
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier. `received`, `due`, `finished` are working days, `pause` from when to when, `put_off` when, if ever.

    `at` and `until` are the working minutes of receipt (and promise) and of the finish.
    """

    number: int
    unit: int
    officer: float
    procedure: int
    online: bool
    received: int
    at: int
    due: int
    finished: int
    until: int
    pause: tuple[int, int] | None
    put_off: int | None

    def events(self) -> Iterator[tuple[int, int]]:
        """The working day and minute of each change after the receipt."""
        if self.pause is not None:
            yield self.pause[0], self.at
            yield self.pause[1], self.at
        if self.put_off is not None:
            yield self.put_off, self.at
        yield self.finished, self.until


class Lives:
    """All dossiers of a size. Number n is received on day n // daily; from day `longest` on, `open` are always open."""

    def __init__(self, size: Size, seed: int) -> None:
        """`seed` makes them again."""
        self.size, self.seed = size, seed
        self._offices = [office for office in offices(size) if office.officers]
        self.begin = size.longest

    def life(self, number: int) -> Life:
        """The dossier of a number."""
        bits = mixed(self.seed, number)
        received = number // self.size.daily
        bits, length = divmod(bits, self.size.longest)
        bits, at = divmod(bits, MINUTES)
        bits, until = divmod(bits, MINUTES)
        bits, kind = divmod(bits, 1000)
        bits, unit = divmod(bits, len(self._offices))
        bits, procedure = divmod(bits, PROCEDURES)
        bits, margin = divmod(bits, MARGIN)
        bits, share = divmod(bits, 1024)
        length += 1
        finished = received + length
        due = max(finished - 1 - margin % LATENESS, received) if kind < LATE else finished + margin
        third = length // 3
        paused = LATE <= kind < LATE + PAUSED and third > 0
        put_off = LATE + PAUSED <= kind < LATE + PAUSED + PUT_OFF and third > 0
        return Life(
            number, unit, (share / 1024) ** 2, procedure, bool(share & 1), received, at, due, finished, until,
            (received + third, received + 2 * third) if paused else None, received + third if put_off else None,
        )  # fmt: skip

    def shown(self, life: Life, on: int, minute: int) -> Observation:
        """What a portal shows of a dossier at a working minute, at or after its receipt."""
        now = (on, minute)
        ended = now >= (life.finished, life.until)
        paused = not ended and life.pause is not None and (life.pause[0], life.at) <= now < (life.pause[1], life.at)
        before = life.put_off is not None and now < (life.put_off, life.at)
        office = self._offices[life.unit]
        code = f"MAU-{life.number:09}"
        return Observation(
            key=code, code=code, phase=Phase.DONE if ended else Phase.PAUSED if paused else Phase.RUNNING,
            status="Đã xử lý xong" if ended else "Yêu cầu bổ sung" if paused else "Đang xử lý", unit=office.code,
            # squared above: some officers have far more to do than others
            officers=(officer_of(office.code, int(life.officer * office.officers)),),
            procedure_code=f"9.{life.procedure:06}", procedure=f"Thủ tục mẫu {life.procedure}", field="Lĩnh vực mẫu",
            channel=Filing.ONLINE if life.online else Filing.DIRECT, received_at=instant(life.received, life.at),
            due_at=instant(max(life.due - LONGER, life.received) if before else life.due, life.at),
            finished_at=instant(life.finished, life.until) if ended else None,
            pause=PauseKind.SUPPLEMENT if paused else None,
        )  # fmt: skip

    def open_on(self, on: int) -> Iterator[Observation]:
        """Everything that is open when a working day begins."""
        daily = self.size.daily
        for number in range(max(on - self.size.longest, 0) * daily, on * daily):
            life = self.life(number)
            if life.finished >= on:
                yield self.shown(life, on - 1, MINUTES - 1)


class Course:
    """What changes on some working days, half a day at a time; it keeps four bytes a change."""

    def __init__(self, lives: Lives, begin: int, days: int) -> None:
        """`begin` is the first of these days."""
        self.lives, self._changes = lives, defaultdict(lambda: array("I"))
        daily = lives.size.daily
        for number in range(max(begin - lives.size.longest, 0) * daily, (begin + days) * daily):
            life = lives.life(number)
            for on, minute in [(life.received, life.at), *life.events()]:
                if begin <= on < begin + days:
                    half = self._changes[on, minute >= MORNING]
                    if not half or half[-1] != number:
                        half.append(number)

    def changed(self, on: int, *, afternoon: bool) -> Iterator[Observation]:
        """Of everything that is new or changed in half a day, how it stands at the end of it."""
        for number in self._changes.get((on, afternoon), ()):
            life = self.lives.life(number)
            # at the last minute of the half: what came in it is in it
            yield self.lives.shown(life, on, (MINUTES if afternoon else MORNING) - 1)
