"""`alertd import FILE --feed NAME`: takes one export into the store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from alertd import assembly
from alertd.commands.options import config_option, database_of, say, tentative
from alertd.config.feeds import SheetFeed
from alertd.core.errors import FeedInputError, InputError
from alertd.jobs.poll import Poll
from alertd.store import migrate


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--feed", "name", required=True, help="Nguồn dữ liệu trong alertd.yaml. / A sheet feed of alertd.yaml.")
@click.option("--accept-smaller", is_flag=True, help="Nhận cả khi tệp ít đi một phần ba. / Take a file that shrank.")
@click.option("--accept-changed", is_flag=True, help="Nhận cả khi dữ liệu khác trước. / Take a file of another shape.")
@config_option
def command(file: Path, name: str, accept_smaller: bool, accept_changed: bool, folder: Path) -> None:
    """Nạp một tệp kết xuất (XLSX, XLS, CSV) vào kho. / Take one export into the store."""
    loaded = tentative(folder)
    settings = assembly.feed_settings(loaded, name)
    if not isinstance(settings, SheetFeed):
        raise InputError(f"feed {name!r} is of type {settings.type}; a file can only be imported into a sheet feed")
    database = database_of(loaded)
    feed = assembly.sheet(loaded, settings)
    now = datetime.now(UTC)
    source = feed.source(file)
    migrate.upgrade(database)
    poll = Poll(
        database, loaded.rules, feed, settings.scope, accept_smaller or settings.accept_smaller,
        accept_changed or settings.accept_changed,
    )  # fmt: skip
    counts = asyncio.run(poll.take(source, now))
    for note in counts.notes:
        say(f"{file}: {note}")
    if counts.rejected and not counts.rows:
        raise FeedInputError(
            f"{file}: none of its {counts.rejected} rows could be read; `alertd status` shows why; "
            f"correct the file, or `columns:` of the feed {name}"
        )
    click.echo(
        f"{file}: {counts.rows} rows: {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, "
        f"{counts.rejected} set aside"
    )
    if counts.rejected:
        say(f"{file}: {counts.rejected} rows could not be read and wait in quarantine; see `alertd status`")
