"""`alertd explain CODE`: who was told what, when, by which rule, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, format_option, instant, say, say_unset, stored
from alertd.config.load import loaded
from alertd.config.places import Places
from alertd.config.reading import read_folder, read_texts
from alertd.core.errors import AlertdError, InputError
from alertd.store import codes, configurations, history
from alertd.story import InForce, lines, tell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.config.reading import Reading


@click.command("explain")
@click.argument("code")
@click.option("--at", "at", help="Tại thời điểm (ISO 8601), mặc định: bây giờ. / As of this instant.")
@format_option
@config_option
def command(code: str, at: str | None, shape: str, folder: Path) -> None:
    """Lịch sử, kế hoạch, cảnh báo và tin đã gửi của một hồ sơ. / One dossier's whole story."""
    reading = read_folder(folder)
    present = loaded(reading)
    say_unset(present)
    now = instant(at, present.settings.zone, "--at") if at else datetime.now(UTC)
    with stored(present).read() as connection:
        records = [history.record(connection, row, now) for row in codes.find(connection, code)]
        records = [record for record in records if record.observations]
        if not records:
            raise AlertdError(f"{code}: no dossier of this code is on record; `alertd status` shows what was set aside")
        in_force = _in_force(connection)
        if at is not None:
            reading, present = _as_of(connection, in_force.number(now), reading, present)
        places, slots = Places(reading), assembly.slots(present)
        found = [
            tell(record, present.rules, now, past=at is not None, places=places, in_force=in_force, slots=slots)
            for record in records
        ]
    if shape == "json":
        click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo("\n".join(lines(one)))


def _in_force(connection: Connection) -> InForce:
    def files(number: int) -> Mapping[str, str]:
        row = configurations.version(connection, number)
        return row.files if row is not None else {}

    return InForce([(row.id, row.accepted_at) for row in reversed(configurations.listed(connection))], files)


def _as_of(connection: Connection, number: int | None, reading: Reading, present: Loaded) -> tuple[Reading, Loaded]:
    """The rules of then: those of the configuration that ran at the instant, where it was another one."""
    row = configurations.version(connection, number) if number is not None else None
    if row is None or row.digest == present.digest:
        return reading, present
    earlier = read_texts(row.files, reading.folder)
    try:
        found = loaded(earlier)
    except InputError:
        say(f"Bản cấu hình {number} không đọc được nữa; giải thích theo cấu hình hiện nay."
            f" / Configuration {number} cannot be read any more; the present one explains.")  # fmt: skip
        return reading, present
    say(f"Theo bản cấu hình {number} chạy lúc đó (alertd config show {number}). / By configuration {number}.")
    return earlier, found
