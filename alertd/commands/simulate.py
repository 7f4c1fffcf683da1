"""`alertd simulate`: replays a feed, a file or the stored history on a virtual clock and sends nothing."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.dossiers import dossiers
from alertd.commands.options import config_option, period, say, table, tentative, warn_over
from alertd.commands.progress import progress
from alertd.core.replay import Replayed, per_day, replay
from alertd.core.workload import over, workload
from alertd.reports.simulation import simulation_page

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.core.workload import Load

#: Lines that are written in one go.
BATCH = 5000


@click.command("simulate")
@click.option("--feed", "name", help="Nguồn dữ liệu; bỏ trống: dữ liệu đã lưu. / A feed; without it, what is stored.")
@click.option(
    "--file", type=click.Path(path_type=Path), help="Một tệp, đọc theo nguồn --feed. / One file, read as --feed reads."
)
@click.option("--from", "since", required=True, help="Từ thời điểm (ISO 8601). / From this instant.")
@click.option("--to", "until", required=True, help="Đến trước thời điểm. / Up to but not including this instant.")
@click.option("--format", "shape", type=click.Choice(["table", "jsonl", "html"]), default="table", show_default=True)
@config_option
def command(name: str | None, file: Path | None, since: str, until: str, shape: str, folder: Path) -> None:
    """Chạy thử quy tắc trên dữ liệu, không gửi gì. / Replay the rules on data; sends nothing."""
    loaded = tentative(folder)
    begin, end = period(since, until, loaded.settings.zone)
    found = dossiers(loaded, name, file)
    alerts = replay(progress("dossiers replayed", found), loaded.rules, begin, end)
    loads = workload(alerts, assembly.slots(loaded), loaded.rules.calendar)
    ceiling = loaded.settings.delivery.max_per_person_per_day
    if shape == "jsonl":
        _jsonl(alerts)
    elif shape == "html":
        names = {person.id: person.name for person in loaded.rules.organisation.people.values()}
        click.echo(simulation_page(alerts, loads, begin, end, names, ceiling))
    else:
        _tables(alerts, over(loads, ceiling), loaded)
        say(f"{len(alerts)} alerts for {len({a.person for a in alerts})} people, {len(found)} dossiers")
    warn_over(loads, ceiling)


def _tables(alerts: list[Replayed], beyond: list[Load], loaded: Loaded) -> None:
    table(
        ["ngày", "người nhận", "bước", "cảnh báo"],
        [[*key, count] for key, count in sorted(per_day(alerts).items())],
    )
    if beyond:
        click.echo(f"\nvượt mức {loaded.settings.delivery.max_per_person_per_day} hồ sơ một người một ngày:")
        table(
            ["ngày", "người nhận", "hồ sơ", "tin nhắn"],
            [[load.day.isoformat(), load.person, load.dossiers, load.messages] for load in beyond],
        )


def _jsonl(alerts: list[Replayed]) -> None:
    lines = (
        json.dumps({
            "at": alert.at.isoformat(), "dossier": alert.dossier, "policy": alert.policy, "step": alert.step,
            "occurrence": alert.occurrence, "to": alert.to, "person": alert.person, "unit": alert.unit,
        }, ensure_ascii=False)
        for alert in alerts
    )  # fmt: skip
    while chunk := list(islice(lines, BATCH)):
        click.echo("\n".join(chunk))
