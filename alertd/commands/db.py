"""`alertd db`: migrations, online backup, restore, integrity."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, configuration, database_of, say, stored, table
from alertd.store import backup, marks, migrate

if TYPE_CHECKING:
    from alertd.store.database import Database


@click.group("db")
def command() -> None:
    """Cơ sở dữ liệu: nâng cấp, sao lưu, khôi phục, kiểm tra. / Migrations, backup, integrity."""


@command.command("upgrade")
@config_option
def upgrade(folder: Path) -> None:
    """Tạo hoặc nâng cấp lược đồ. / Create the schema or bring it up to date."""
    database = database_of(configuration(folder))
    before, after = migrate.upgrade(database, asked=True)
    click.echo(f"{database.shown}: {after}" if before == after else f"{database.shown}: {before or 'empty'} -> {after}")
    if after != migrate.head():
        say(f"the rest, to {migrate.head()}, waits until no daemon of the cluster runs; then say this again")
    if not database.is_sqlite and _make_cluster_tables(database):
        say("the tables of the cluster were made")


def _make_cluster_tables(database: Database) -> bool:
    try:
        from alertd.cluster import server  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError:
        return False
    return server.make_tables(database)


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def make_backup(file: Path, folder: Path) -> None:
    """Sao lưu trong khi hệ thống vẫn chạy. / Copy everything to FILE while the daemon goes on."""
    database = stored(configuration(folder))
    rows = backup.backup(database, file)
    with database.write() as connection:
        marks.set_mark(connection, backup.MARK, datetime.now(UTC))
    click.echo(f"{file}: {rows} rows")


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def restore(file: Path, folder: Path) -> None:
    """Khôi phục vào một cơ sở dữ liệu trống. / Fill an empty database from a backup."""
    database = database_of(configuration(folder))
    rows = backup.restore(file, database)
    click.echo(f"{database.shown}: {rows} rows from {file}")


@command.command("check")
@config_option
def check(folder: Path) -> None:
    """Kiểm tra tính toàn vẹn. / Integrity, and the rows of each table."""
    counts = backup.verify(stored(configuration(folder)))
    table(["table", "rows"], [[name, count] for name, count in counts.items()])
