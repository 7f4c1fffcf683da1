"""Every template rendered against dossiers that no example has: a template that fails fails here, and not at 07:30.

Without a due date, without an officer, with names that are endless, quoted or written backwards; none, one, a thousand.
"""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import TemplateSyntaxError

from alertd.core.digest import RESOLVED, VANISHED, Line
from alertd.core.policy import Urgency
from alertd.messages.environment import environment
from alertd.messages.render import NOTICES, Contents, Notice, Renderer
from alertd.messages.words import LATE_REASONS, SPELL_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
#: Names as portals have shown them, and worse.
NAMES = (
    "", "Phòng Tư pháp", "Ủy ban " * 60, '"Một" {{ hai }} <b>ba</b> \\', "dòng\nmới\t\u202eđảo", "A\u0300\u0301" * 40,
)  # fmt: skip
#: What the notes of alarms look like, by their step; any other is said as it is.
NOTES = {
    "storm": ("212|34|70|11:30 hôm nay", "1|1|0|"),
    "delivery": ("unreachable", "unconnected", "unknown"),
    "config": ("taken", "escalation.yaml:7:30: [offset.bad] 'x'"),
    "audit": ("new|2|3|HS-1, HS-2", "gone|1|2|", "gone|3|0|"),
    "calendar": ("default, units.TP",),
    "channel": ("news: tin của nhà cung cấp", "webhook:401"),
    "feed": ("alternating: HS-1, HS-2", ""),
}
MANY = 1000


class Broken(NamedTuple):
    """A template that cannot render, where, and why."""

    file: Path
    line: int
    problem: str


def broken(zone: ZoneInfo, hours_per_day: float, folder: Path | None = None) -> list[Broken]:
    """The templates that cannot render; `folder` has other ones than our own."""
    made = environment(zone, hours_per_day, folder)
    at = folder or Path(__file__).parent / "templates" / "vi"
    found: dict[tuple[Path, int], str] = {}
    for name in made.list_templates():
        try:
            made.get_template(name)
        except TemplateSyntaxError as error:
            found[at / name, error.lineno] = error.message or "syntax"
    if found:  # nothing else can be judged
        return [Broken(*place, problem) for place, problem in found.items()]
    renderer = Renderer(zone, hours_per_day, folder)
    for contents in _contents():
        try:
            parts = renderer.parts(contents, NOW)
        except Exception as error:  # noqa: BLE001 - whatever a template raises is its fault
            place, problem = _place(error, at), f"{type(error).__name__}: {error}"
        else:
            place, problem = (at / "dossier.txt", 1), _missing(contents, "\n".join(part.text for part in parts))
        if problem:
            found.setdefault(place, problem)
    for name, values in (("drill.txt", {"channel": "x", "at": NOW}), ("code.txt", {"code": "123", "until": "07:30"})):
        try:
            made.get_template(name).render(**values)
        except Exception as error:  # noqa: BLE001 - as above
            found.setdefault(_place(error, at), f"{type(error).__name__}: {error}")
    return [Broken(*place, problem) for place, problem in sorted(found.items())]


def _contents() -> Iterator[Contents]:
    yield Contents(())
    for name, due, reason in product(NAMES, (None, -3, 40), (None, *LATE_REASONS)):
        yield Contents([_line(1, name, due, late_reason=reason)], others_overdue=1, resolved=1)
    for ending in (*SPELL_ENDINGS, "?"):
        yield Contents([_line(1, NAMES[1], -3, step=VANISHED, note=ending)])
        yield Contents([_line(1, NAMES[1], -3, note=ending)])
    yield Contents([_line(number, NAMES[number % 6], -number, step=RESOLVED) for number in range(1, 4)])
    yield Contents([_line(number, NAMES[number % 6], number % 90 - 45) for number in range(1, MANY + 1)])
    for step in (*NOTICES, "vacancy"):
        for note in NOTES.get(step, NAMES):
            yield Contents((), [Notice(step, subject, note) for subject in NAMES])


def _line(
    number: int, name: str, due: int | None, *, step: str = "today", note: str = "", late_reason: str | None = None
) -> Line:
    """One dossier, due in so many working hours; every other one is the reader's own."""
    left = timedelta(hours=due or 0)
    return Line(
        dossier_id=number, code=f"H00.00-261123-{number:04}", procedure=name, url=f"https://mau.example/{number}",
        unit=name, officers=name, step=step, at=NOW, due_at=None if due is None else NOW + left, left=left,
        overdue=due is not None and due < 0, urgency=Urgency.HIGH, own=number % 2 == 0,
        late=timedelta(hours=number % 3) if late_reason else None, late_reason=late_reason, note=note,
        known=number % 3 == 0, unconfirmed=number % 2 == 1, confirmed_at=NOW if number % 5 == 0 else None,
    )  # fmt: skip


def _missing(contents: Contents, text: str) -> str:
    """A message that leaves a dossier out is as broken as one that cannot be made."""
    code = next((line.code for line in contents.lines if line.code not in text), None)
    return "" if code is None else "the dossier's code is not said"


def _place(error: Exception, folder: Path) -> tuple[Path, int]:
    """The innermost template in the way of an error."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".txt")]
    return (folder / Path(frames[-1].filename).name, frames[-1].lineno or 1) if frames else (folder, 1)
