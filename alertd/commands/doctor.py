"""`alertd doctor`: one look at a running installation, and what to do about each thing that is not right."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd.commands import doctor_machine, doctor_units, doctor_work, pruned, pulse
from alertd.commands.doctor_finding import State
from alertd.commands.options import config_option, database_of, format_option
from alertd.config.findings import ConfigError
from alertd.config.load import loaded as loaded_of
from alertd.config.reading import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alertd.commands.doctor_finding import Found
    from alertd.config.load import Loaded
    from alertd.config.reading import Reading

MARKS = {State.OK: "✓", State.WARN: "!", State.BAD: "✗"}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Không gọi nhà cung cấp. / Ask no provider.")
@format_option
@config_option
def command(offline: bool, shape: str, folder: Path) -> None:
    """Khám bản cài đặt đang chạy, nói phải làm gì. / Looks at an installation and says what to do."""
    found = list(_looked(read_folder(folder), folder, offline))
    if shape == "json":
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            click.echo(f"{MARKS[each.state]} {each.name}: {each.what}")
            if each.todo:
                click.echo(f"    → {each.todo}")
    if any(each.state is State.BAD for each in found):
        sys.exit(1)


def _looked(reading: Reading, folder: Path, offline: bool) -> Iterator[Found]:
    yield doctor_machine.configuration(reading, folder)
    try:
        loaded = loaded_of(reading)
    except ConfigError:
        return  # nothing else can be looked at before it is mended
    yield from _installation(loaded, offline)


def _installation(loaded: Loaded, offline: bool) -> Iterator[Found]:
    now = datetime.now(UTC)
    database = database_of(loaded)
    yield doctor_units.joined(loaded.rules, loaded.rules.local_date(now))
    yield from doctor_machine.secrets(loaded, database)
    yield doctor_machine.clock()
    schema = doctor_machine.schema(database)
    yield schema
    if schema.state is State.OK:
        yield doctor_machine.disk(database)
        with database.read() as connection:
            yield from doctor_work.daemon(connection, loaded, now)
            yield from pulse.examined(connection, loaded, now)
            yield doctor_machine.taken(connection, loaded)
            yield doctor_machine.backed_up(connection, now)
            yield pruned.looked(connection, loaded, now)
            yield from doctor_work.feeds(connection, loaded, now)
            yield from doctor_work.channels(connection, database, loaded, now)
            yield doctor_work.people(connection, database, loaded, now)
        if not offline and not loaded.unset:
            yield from doctor_work.providers(loaded, database)
