"""`alertd letter apology|reminder`: letters filled in from what is stored, as DOCX."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, configuration, say, stored
from alertd.config.nearest import nearest
from alertd.core.directory import HEAD
from alertd.core.dossier import Clock
from alertd.core.errors import AlertdError, InputError
from alertd.replies.slip import named, promised, safe
from alertd.reports import letters
from alertd.store import audit, board, codes

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.reports.agency import Agency

#: An answer is asked for within so much working time.
ANSWER_WITHIN = timedelta(hours=8)
#: A reminder names at most so many dossiers; more is no letter any more.
MOST = 2000
ACTION = "letter reminder"

out_option = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Tệp .docx. / The file.")


@click.group("letter")
def command() -> None:
    """Phiếu xin lỗi, phiếu đôn đốc đã điền sẵn. / Letters filled in."""


@command.command("apology")
@click.argument("code")
@click.option("--feed", help="Nguồn, khi mã có ở nhiều nguồn. / The feed, where several know the code.")
@click.option("--new-date", metavar="YYYY-MM-DD", help="Ngày hẹn lại. / The new date.")
@click.option("--reason", default="", help="Lý do chậm. / Why it is late.")
@out_option
@config_option
def apology(code: str, feed: str | None, new_date: str | None, reason: str, out: Path | None, folder: Path) -> None:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả của một hồ sơ. / Apology and new date for one dossier."""
    loaded = configuration(folder)
    day = _date(new_date) if new_date else None
    now = datetime.now(UTC)
    if day is not None and day <= _today(loaded, now):
        raise InputError(f"--new-date: {day} is not to come; a promise needs a later day")
    with stored(loaded).read() as connection:
        rows = [row for row in codes.find(connection, code) if feed in (None, row.feed)]
    if not rows:
        raise AlertdError(f"{code}: no dossier of this code is on record")
    if len(rows) > 1:
        known = ", ".join(f"{row.code} ({row.feed})" for row in rows)
        raise AlertdError(f"{code}: several dossiers are known by this code: {known}; name one with --feed")
    if rows[0].clock == Clock.ENDED:
        raise AlertdError(f"{rows[0].code}: this dossier has ended; there is nothing to apologise for any more")
    if not promised(rows[0]):
        raise AlertdError(f"{rows[0].code}: it was not accepted yet; there is nothing to apologise for")
    path = _docx(out or Path(f"xin-loi-{safe(rows[0].code)}.docx"))
    letters.apology(path, _agency(loaded), _today(loaded, now), named(loaded.rules, rows[0], now), new_date=day,
                    reason=" ".join(reason.split()))  # fmt: skip
    blanks = [] if day else ["ngày hẹn lại"]
    blanks += [] if reason.strip() else ["lý do"]
    say(f"đã ghi {path}" + (f"; còn để trống: {', '.join(blanks)}" if blanks else ""))


@command.command("reminder")
@click.argument("unit")
@out_option
@config_option
def reminder(unit: str, out: Path | None, folder: Path) -> None:
    """Phiếu đôn đốc một đơn vị có hồ sơ quá hạn. / The reminder to a unit with overdue dossiers."""
    loaded = configuration(folder)
    units = loaded.rules.organisation.units
    if unit not in units:
        raise InputError(f"there is no unit {unit!r} in organisation.yaml; {nearest(unit, units)}")
    database, now = stored(loaded), datetime.now(UTC)
    bounds = (now, now, now)
    with database.read() as connection:
        rows = board.page(connection, {unit}, "overdue", bounds, None, MOST)
        times = 1 + audit.count(connection, ACTION, unit)
    if not rows:
        raise AlertdError(f"{unit}: no dossier of this unit is overdue; there is nothing to remind of")
    directory = loaded.rules.organisation.on(loaded.rules.local_date(now))
    people = loaded.rules.organisation.people
    heads = ", ".join(people[each].name for each in directory.holders(unit, HEAD))
    path = _docx(out or Path(f"don-doc-{safe(unit)}-lan-{times}.docx"))
    answer_by = loaded.rules.calendar_of(unit).add(now, ANSWER_WITHIN).astimezone(loaded.settings.zone)
    letters.reminder(
        path, _agency(loaded), _today(loaded, now), units[unit].name, heads,
        [named(loaded.rules, row, now) for row in rows], times=times,
        answer_by=answer_by,
    )  # fmt: skip
    with database.write() as connection:
        audit.note(connection, "command line", ACTION, now, subject=unit)
    say(f"đã ghi {path}")


def _agency(loaded: Loaded) -> Agency:
    return assembly.agency(loaded.settings.report.agency)


def _today(loaded: Loaded, now: datetime) -> date:
    return now.astimezone(loaded.settings.zone).date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--new-date: {text!r} is no date; write it like 2026-06-30") from None


def _docx(path: Path) -> Path:
    if path.suffix.lower() != ".docx":
        raise InputError(f"{path}: letters are DOCX; let the name end in .docx")
    return path
