"""`alertd feed guess FILE`: a feed proposed for a foreign file, to be pasted; on stderr how sure it is, and why."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from alertd.commands.feed_block import block, doubtful_midnights
from alertd.commands.feed_words import EN, VI
from alertd.commands.options import config_option, say, table
from alertd.config.findings import language
from alertd.config.load import load
from alertd.core.applicant import Keep
from alertd.core.errors import FeedError, InputError
from alertd.core.text import fold
from alertd.feeds import applicants
from alertd.feeds.guess import guessed
from alertd.feeds.opening import named
from alertd.feeds.sheet import SheetFeed, content, digest_of, unopened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alertd.config.load import Loaded
    from alertd.core.dossier import Observation, Reject
    from alertd.feeds.guess import Choice, Guess
    from alertd.feeds.profile import Column

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REJECTS = 5  # shown


@click.command("guess")
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def command(file: Path, folder: Path) -> None:
    """Đề xuất khối cấu hình cho một tệp lạ. / Propose the configuration of a feed for a foreign file."""
    words = EN if language() == "en" else VI
    loaded = _configuration(folder)
    zone = loaded.settings.zone if loaded else ZONE
    try:
        raw = content(file, digest_of(file))
    except FileNotFoundError:
        raise InputError(f"there is no file {file}; check the name and the folder") from None
    except OSError as error:
        raise unopened(file, error) from None
    guess = guessed(raw, zone, str(file))
    name = _name(file, loaded)
    lines = list(block(guess, name, _path(file, folder, loaded), words))
    click.echo(f"# {words['title'].format(file=file.name)}")
    click.echo("\n".join(lines))
    keep = loaded is None or Keep(loaded.settings.privacy.keep_applicant) is not Keep.NONE
    for line in _told(guess, words, keep):
        say(line)
    _try(file, guess, zone, words)


def _configuration(folder: Path) -> Loaded | None:
    """What is configured already, if it can be read: only for the zone, and a name that is free."""
    try:
        return load(folder)
    except InputError:
        return None


def _name(file: Path, loaded: Loaded | None) -> str:
    """A name for the feed after the file's, that no other feed has."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(file.stem)).strip("-") or "sheet"
    base = f"f-{base}" if base.isdigit() else base
    taken = {feed.name for feed in loaded.settings.feeds} if loaded else set()
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _path(file: Path, folder: Path, loaded: Loaded | None) -> str:
    """Relative to the configuration's folder where the file lies in it."""
    whole, home = file.absolute(), folder.absolute()
    return str(whole.relative_to(home)) if loaded and whole.is_relative_to(home) else str(whole)


def _told(guess: Guess, words: Mapping[str, str], keep: bool) -> Iterator[str]:
    rows = max(column.rows for column in guess.columns)
    yield words["read"].format(rows=rows, header=guess.header)
    if guess.grid.encoding:
        yield words["encoding"].format(name=named(guess.grid.encoding))
    yield from _dates_told(guess, words)
    if guess.several:
        yield words["several"].format(chosen=guess.grid.worksheet, others=", ".join(guess.several))
    lines: list[str] = []
    headers = [words[name] for name in ("field", "column", "certainty", "reason")]
    table(headers, [_row(choice, words) for choice in guess.choices], lines.append)
    yield from lines
    if midnights := doubtful_midnights(guess):
        yield f"due_at: {words['midnights'].format(count=midnights)}"
    for choice in guess.choices:
        if choice.rivals:
            yield f"{choice.fit.field}: {words['rivals'].format(names=', '.join(choice.rivals))}"
    for name in ("received_at", "due_at", "unit", "officer"):
        if guess.chosen(name) is None:
            yield words["none"].format(field=name)
    yield from _others_told(guess, words, keep)
    for title in guess.twice:
        yield words["twice"].format(title=title)


def _others_told(guess: Guess, words: Mapping[str, str], keep: bool) -> Iterator[str]:
    """Columns that are no field's: those that say who filed it, of which something is kept, and those not read."""
    used = {choice.fit.column.index for choice in guess.choices}
    free = [column for column in guess.columns if column.index not in used]
    who = applicants.known([column.title for column in free]) if keep else set()
    if who:
        yield words["applicant"].format(columns=", ".join(free[at].title for at in sorted(who)))
    rest = [f"{column.title} ({_form(column, words)})" for at, column in enumerate(free) if at not in who]
    if rest:
        yield words["unused"].format(columns=", ".join(rest))


def _dates_told(guess: Guess, words: Mapping[str, str]) -> Iterator[str]:
    order = guess.order
    if order.month_first and order.day_first:
        yield words["mixed dates"].format(day=order.day_first_row, month=order.month_first_row)
    elif order.month_first:
        yield words["month first"].format(row=order.month_first_row)
    elif order.either and not order.day_first:
        yield words["either"]


def _row(choice: Choice, words: Mapping[str, str]) -> list[str]:
    fit = choice.fit
    return [fit.field, fit.column.title, words[choice.sure.value], _reason(fit.why, fit.column, words)]


def _reason(why: tuple[str, ...], column: Column, words: Mapping[str, str]) -> str:
    share, distinct = round(100 * column.share(column.dates)), len(column.values)
    return ", ".join(words[f"why {each}"].format(share=share, distinct=distinct) for each in why)


def _form(column: Column, words: Mapping[str, str]) -> str:
    """What a column holds, without any of it."""
    if column.is_empty:
        return words["why empty"]
    if column.is_dates:
        return words["form dates"]
    if column.is_codes:
        return words["form codes"]
    return words["form texts"].format(distinct=len(column.values))


def _try(file: Path, guess: Guess, zone: ZoneInfo, words: Mapping[str, str]) -> None:
    """Read the file once as the proposal says."""
    columns = {choice.fit.field: [choice.fit.column.title] for choice in guess.choices}
    feed = SheetFeed(
        "guess",
        file.absolute(),
        zone,
        columns=columns,
        month_first=guess.month_first,
        encoding=guess.grid.encoding or None,
        worksheet=guess.grid.worksheet or None,
    )
    try:
        shown, rejects, notes = asyncio.run(_read(feed, file))
    except FeedError as error:
        say(words["unread"].format(error=error))
        return
    late = sum(row.finished_at is None and row.returned_at is None for row in shown)
    say(words["tried"].format(rows=len(shown), rejects=len(rejects), unended=late))
    for note in notes:
        say(f"  {note}")
    for reject in rejects[:REJECTS]:
        say(f"  {words['row']} {reject.row}: {reject.reason}")


async def _read(feed: SheetFeed, file: Path) -> tuple[list[Observation], list[Reject], list[str]]:
    shown: list[Observation] = []
    rejects: list[Reject] = []
    notes: list[str] = []
    async for page in feed.source(file).pages():
        shown += page.observations
        rejects += page.rejects
        notes += page.notes
    return shown, rejects, notes
