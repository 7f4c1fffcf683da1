"""`alertd simulate`: replays a feed, or the stored history, on a virtual clock and sends nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, configuration, instant, say, stored, table
from alertd.core.errors import InputError
from alertd.core.replay import Replayed, per_day, replay
from alertd.messages.page import simulation_page
from alertd.store import history

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.config.load import Loaded
    from alertd.core.dossier import Observation


@click.command("simulate")
@click.option("--feed", "name", help="Nguồn dữ liệu; bỏ trống: dữ liệu đã lưu. / A feed; without it, what is stored.")
@click.option("--from", "since", required=True, help="Từ thời điểm (ISO 8601). / From this instant.")
@click.option("--to", "until", required=True, help="Đến trước thời điểm. / Up to but not including this instant.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "html"]), default="table", show_default=True)
@config_option
def command(name: str | None, since: str, until: str, shape: str, folder: Path) -> None:
    """Chạy thử quy tắc trên dữ liệu, không gửi gì. / Replay the rules on data; sends nothing."""
    loaded = configuration(folder)
    zone = loaded.settings.zone
    begin, end = instant(since, zone, "--from"), instant(until, zone, "--to")
    if begin >= end:
        raise InputError(f"--from {since} is not before --to {until}; nothing can fall due between them")
    observations = asyncio.run(_read(loaded, name)) if name else _stored(loaded)
    alerts = replay(observations, loaded.rules, begin, end)
    if shape == "jsonl":
        _jsonl(alerts)
    elif shape == "html":
        click.echo(
            simulation_page(alerts, begin, end, {p.id: p.name for p in loaded.rules.organisation.people.values()})
        )
    else:
        table(
            ["ngày", "người nhận", "bước", "cảnh báo"],
            [[*key, count] for key, count in sorted(per_day(alerts).items())],
        )
        say(f"{len(alerts)} alerts for {len({a.person for a in alerts})} people, {len(observations)} dossiers")


async def _read(loaded: Loaded, name: str) -> list[Observation]:
    """The feed as it is now; of several rows with one key the last counts."""
    feed = assembly.feed(loaded, assembly.feed_settings(loaded, name))
    found: dict[str, Observation] = {}
    rejected = 0
    for source in await asyncio.to_thread(feed.sources, datetime.now(UTC)):
        async for page in source.pages():
            found |= {observation.key: observation for observation in page.observations}
            rejected += len(page.rejects)
            for reject in page.rejects[:20]:
                say(f"{source.label}: row {reject.row}: {reject.reason}")
            for note in page.notes:
                say(f"{source.label}: {note}")
            if page.incomplete:
                say(f"{source.label}: warning: {page.incomplete}")
    if rejected:
        say(f"{name}: {rejected} rows could not be read and are left out")
    return list(found.values())


def _stored(loaded: Loaded) -> list[Observation]:
    database = stored(loaded)
    with database.read() as connection:
        return history.as_observations(connection)


def _jsonl(alerts: list[Replayed]) -> None:
    for alert in alerts:
        click.echo(json.dumps({
            "at": alert.at.isoformat(), "dossier": alert.dossier, "policy": alert.policy, "step": alert.step,
            "occurrence": alert.occurrence, "to": alert.to, "person": alert.person, "unit": alert.unit,
        }, ensure_ascii=False))  # fmt: skip
