"""`alertd db`: migrations, online backup, restore, integrity."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from alertd.commands.options import config_option, configuration, database_of, stored, table
from alertd.store import backup, marks, migrate


@click.group("db")
def command() -> None:
    """Cơ sở dữ liệu: nâng cấp, sao lưu, khôi phục, kiểm tra. / Migrations, backup, integrity."""


@command.command("upgrade")
@config_option
def upgrade(folder: Path) -> None:
    """Tạo hoặc nâng cấp lược đồ. / Create the schema or bring it up to date."""
    database = database_of(configuration(folder))
    before, after = migrate.upgrade(database)
    click.echo(f"{database.shown}: {after}" if before == after else f"{database.shown}: {before or 'empty'} -> {after}")


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
