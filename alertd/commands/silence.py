"""`alertd silence`: holds a unit's steps before the due instant until an instant, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, configuration, instant, stored, table
from alertd.config.nearest import nearest
from alertd.core.errors import InputError
from alertd.store import silences

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.config.load import Loaded
    from alertd.store.database import Database

HEADERS = ["số", "đơn vị", "tên", "từ", "đến", "lý do"]


@click.command("silence")
@click.option("--unit", help="Mã hoặc tên đơn vị, gồm cả đơn vị trực thuộc. / Code or name; units below it included.")
@click.option(
    "--until", help="Đến lúc nào (ISO 8601); chỉ ghi ngày là 00:00 ngày đó. / Until when; a bare date is its 00:00."
)
@click.option("--reason", help="Lý do, có trong báo cáo tuần. / Why; shown in the weekly report.")
@click.option("--list", "listed", is_flag=True, help="Xem các khoảng lặng đang có. / Show what is silenced now.")
@click.option("--end", "ended", type=int, metavar="ID", help="Kết thúc sớm. / End one before its time.")
@config_option
def command(
    unit: str | None, until: str | None, reason: str | None, listed: bool, ended: int | None, folder: Path
) -> None:
    """Tạm không nhắc trước hạn một đơn vị; từ hạn trở đi và việc khẩn vẫn báo. / Hold a unit's steps before due."""
    loaded = configuration(folder)
    now = datetime.now(UTC)
    if [bool(unit or until or reason), listed, ended is not None].count(True) != 1:
        raise InputError("silence: give --unit, --until and --reason together, or --list, or --end ID")
    if listed:
        _list(stored(loaded), loaded, now)
        return
    if ended is not None:
        _end(stored(loaded), ended, now)
        return
    code = _unit(loaded, unit, now)
    end = _until(loaded, until, now)
    why = _reason(reason)
    with stored(loaded).write() as connection:
        number = silences.add(connection, code, now, end, why)
    name = loaded.rules.organisation.units[code].name
    click.echo(f"{number}: {name} ({code}) đến {_local(loaded, end)}: {why}")


def _unit(loaded: Loaded, text: str | None, now: datetime) -> str:
    if not text:
        raise InputError("--unit: write the code or the name of a unit of organisation.yaml")
    organisation = loaded.rules.organisation
    code = organisation.on(loaded.rules.local_date(now)).unit(text)
    if code is None:
        names = [name for one in organisation.units.values() for name in (one.code, one.name)]
        raise InputError(f"--unit: no unit is called {text!r}; {nearest(text, names, english=True)}")
    return code


def _until(loaded: Loaded, text: str | None, now: datetime) -> datetime:
    if not text:
        raise InputError("--until: write when the silence ends, such as 2026-11-23T07:30")
    end = instant(text, loaded.settings.zone, "--until")
    if end <= now:
        raise InputError(f"--until: {_local(loaded, end)} has passed; write an instant that is still to come")
    return end


def _reason(text: str | None) -> str:
    why = " ".join((text or "").split())
    if not why:
        raise InputError("--reason: write why; the weekly report shows it")
    return why


def _end(database: Database, number: int, now: datetime) -> None:
    with database.write() as connection:
        if silences.end(connection, number, now):
            click.echo(f"{number}: đã kết thúc")
            return
        there = ", ".join(str(row.id) for row in silences.active(connection, now)) or "none"
    raise InputError(f"--end: no silence {number} holds now; there is: {there}")


def _list(database: Database, loaded: Loaded, now: datetime) -> None:
    with database.read() as connection:
        found = silences.active(connection, now)
    if not found:
        click.echo("không có đơn vị nào đang tạm không nhắc")
        return
    units = loaded.rules.organisation.units
    rows = [
        [row.id, row.unit, units[row.unit].name if row.unit in units else "",
         _local(loaded, row.since), _local(loaded, row.until), row.reason]
        for row in found
    ]  # fmt: skip
    table(HEADERS, rows)


def _local(loaded: Loaded, at: datetime) -> str:
    return f"{at.astimezone(loaded.settings.zone):%H:%M %d/%m/%Y}"
