"""Options that commands share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd import assembly
from alertd.config.check import checked, refuses
from alertd.config.load import load
from alertd.config.load import loaded as load_reading
from alertd.config.reading import read_folder
from alertd.core.errors import InputError
from alertd.core.workload import over
from alertd.store import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from alertd.config.load import Loaded
    from alertd.config.settings import Settings
    from alertd.core.workload import Load
    from alertd.store.database import Database

#: Days beyond a ceiling that stderr names.
MOST_SAID = 5

config_option = click.option(
    "--config", "folder", type=click.Path(path_type=Path), default=Path("config"), show_default=True,
    help="Thư mục cấu hình. / The configuration folder.",
)  # fmt: skip
format_option = click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="Cách in. / How to print.",
)  # fmt: skip


def say(text: str) -> None:
    """A line for the person, on stderr."""
    click.echo(text, err=True)


def answered(what: str, otherwise: str, ask: Callable[[], Any]) -> Any:
    """The answer to a question about `what`. Raises InputError where the input has ended; `otherwise` does without it.

    Ctrl-C at a question ends the command as it does anywhere.
    """
    try:
        return ask()
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        click.echo(err=True)  # the question still stands on its line
        raise InputError(
            f"{what}: đầu vào đã hết mà chưa có câu trả lời, chưa ghi gì; trả lời trên màn hình, hoặc dùng {otherwise} "
            f"/ the input ended without an answer and nothing was written; answer on a terminal, or use {otherwise}"
        ) from None


def configuration(folder: Path) -> Loaded:
    """Load it, and say on stderr which secrets are not set."""
    loaded = load(folder)
    say_unset(loaded)
    return loaded


def tentative(folder: Path) -> Loaded:
    """The same for trying it out: rules are tried while they are written, and what a daemon would refuse is said."""
    reading = read_folder(folder)
    loaded = load_reading(reading)
    say_unset(loaded)
    today = datetime.now(UTC).astimezone(loaded.settings.zone).date()
    faults = [finding for finding in checked(reading, today) if refuses(finding)]
    if faults:
        say(f"warning: {faults[0]}")
        say(f"warning: no daemon runs with this; `alertd check --config {folder}` lists all faults ({len(faults)})")
    return loaded


def say_unset(loaded: Loaded) -> None:
    """Which secrets are not set, on stderr."""
    for secret in loaded.unset:
        say(f"{secret.file}:{secret.line}:{secret.column}: warning: ${{{secret.name}}} is not set")


def database_of(loaded: Loaded) -> Database:
    """The database, closed when the command ends."""
    return _closed_at_end(assembly.database(loaded))


def stored(loaded: Loaded) -> Database:
    """The database as it is, for reading. Raises StoreError when its schema is not this program's."""
    return stored_by(loaded.settings)


def stored_by(settings: Settings) -> Database:
    """The same where the rest of the configuration may be faulty."""
    database = _closed_at_end(assembly.storage(settings))
    if database.is_sqlite and not Path(database.url.database or "").exists():
        raise InputError(f"{database.shown}: there is no database yet; run `alertd import` or `alertd run` first")
    migrate.verify(database)
    return database


def _closed_at_end(database: Database) -> Database:
    click.get_current_context().call_on_close(database.close)
    return database


def instant(text: str, zone: ZoneInfo, option: str) -> datetime:
    """An ISO 8601 instant, with an offset or else in `zone`; a bare date is its 00:00."""
    try:
        at = (
            datetime.combine(date.fromisoformat(text), time())
            if len(text) == len("2026-11-23")
            else datetime.fromisoformat(text)
        )
    except ValueError:
        raise InputError(
            f"{option}: {text!r} is not an instant; write 2026-11-23, 2026-11-23T07:30 or 2026-11-23T07:30+07:00"
        ) from None
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


def period(since: str, until: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From and to; raises InputError when nothing can lie between them."""
    begin, end = instant(since, zone, "--from"), instant(until, zone, "--to")
    if begin >= end:
        raise InputError(f"--from {since} is not before --to {until}; nothing can fall due between them")
    return begin, end


def warn_over(loads: Sequence[Load], ceiling: int | None) -> None:
    """Say on stderr where somebody would be told of more dossiers than `max_per_person_per_day`."""
    beyond = over(loads, ceiling)
    for each in beyond[:MOST_SAID]:
        say(
            f"warning: {each.day.isoformat()}: {each.person} is told of {each.dossiers} dossiers "
            f"in {each.messages} messages, more than max_per_person_per_day: {ceiling}"
        )
    if len(beyond) > MOST_SAID:
        say(f"warning: … and {len(beyond) - MOST_SAID} more such days")


def table(headers: list[str], rows: list[list[Any]], line: Callable[[str], None] = click.echo) -> None:
    """Columns set apart by two blanks, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [headers, *cells]) for i in range(len(headers))]
    number = [all(isinstance(row[i], int) for row in rows) for i in range(len(headers))]
    for row in [headers, *cells]:
        shown = [c.rjust(w) if right else c.ljust(w) for c, w, right in zip(row, widths, number, strict=True)]
        line("  ".join(shown).rstrip())
