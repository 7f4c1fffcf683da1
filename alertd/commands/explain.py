"""`alertd explain CODE`: who was told what, when, by which rule, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, configuration, format_option, instant, stored
from alertd.core.errors import AlertdError
from alertd.store import codes, history
from alertd.story import lines, tell

if TYPE_CHECKING:
    from pathlib import Path


@click.command("explain")
@click.argument("code")
@click.option("--at", "at", help="Tại thời điểm (ISO 8601), mặc định: bây giờ. / As of this instant.")
@format_option
@config_option
def command(code: str, at: str | None, shape: str, folder: Path) -> None:
    """Lịch sử, kế hoạch, cảnh báo và tin đã gửi của một hồ sơ. / One dossier's whole story."""
    loaded = configuration(folder)
    now = instant(at, loaded.settings.zone, "--at") if at else datetime.now(UTC)
    database = stored(loaded)
    with database.read() as connection:
        records = [history.record(connection, row, now) for row in codes.find(connection, code)]
    records = [record for record in records if record.observations]
    if not records:
        raise AlertdError(f"{code}: no dossier of this code is on record; `alertd status` shows what was set aside")
    found = [tell(record, loaded.rules, now, past=at is not None) for record in records]
    if shape == "json":
        click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo("\n".join(lines(one)))
