"""`alertd diff OLD NEW`: what a changed configuration would send more, less, earlier, later or to others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.differences import Account, Comparison, Running, as_json, show
from alertd.commands.dossiers import dossiers
from alertd.commands.options import configuration, format_option, instant, period, say, stored, tentative, warn_over
from alertd.commands.progress import Progress, progress
from alertd.core.comparing import changes
from alertd.core.errors import FeedInputError, InputError, StoreError
from alertd.core.replay import replay
from alertd.core.workload import workload
from alertd.store import configurations
from alertd.store.foresight import foresee

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.core.dossier import Observation


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--feed", "name", help="Nguồn dữ liệu; bỏ trống: dữ liệu đã lưu. / A feed; without it, what is stored.")
@click.option(
    "--file", type=click.Path(path_type=Path), help="Một tệp, đọc theo nguồn --feed. / One file, read as --feed reads."
)
@click.option("--from", "since", required=True, help="Từ thời điểm (ISO 8601). / From this instant.")
@click.option("--to", "until", required=True, help="Đến trước thời điểm. / Up to but not including this instant.")
@click.option("--at", "at", help="Lúc thay đổi có hiệu lực, mặc định: bây giờ. / When the change begins.")
@click.option("--config", "folder", type=click.Path(path_type=Path), metavar="DIR",
              help="Cấu hình có dữ liệu để thử: nguồn, kho, hồ sơ đang mở; mặc định: OLD. / Whose feed, store and open "
                   "dossiers are looked at; default: OLD.")  # fmt: skip
@format_option
def command(
    old: Path, new: Path, name: str | None, file: Path | None, since: str, until: str, at: str | None,
    folder: Path | None, shape: str,
) -> None:  # fmt: skip
    """Cấu hình NEW sẽ gửi khác OLD những gì; không gửi, không ghi gì. / What NEW would send unlike OLD; sends nothing.

    OLD và NEW là hai thư mục cấu hình, thử trên cùng một dữ liệu. / Two configuration folders, tried on the same data.
    """
    before, after = configuration(old), tentative(new)
    data = configuration(folder) if folder is not None else before
    zone = after.settings.zone
    begin, end = period(since, until, zone)
    now = instant(at, zone, "--at") if at else datetime.now(UTC)
    seen = dossiers(data, name, file) if folder is not None else _dossiers(before, after, name, file)
    was, will = (_account(loaded, seen, begin, end) for loaded in (before, after))
    differences = changes(was.alerts, will.alerts)
    running = _running(data, before, after, now)
    made = Comparison(str(old), str(new), begin, end, zone, len(seen), was, will, differences, running)
    if shape == "json":
        click.echo(json.dumps(as_json(made), ensure_ascii=False, indent=2))
    else:
        show(made)
    warn_over(will.loads, after.settings.delivery.max_per_person_per_day)


def _dossiers(before: Loaded, after: Loaded, name: str | None, file: Path | None) -> list[Observation]:
    """One set for both: as the old configuration reads them, or the new one where the old cannot."""
    if name is None or before.settings.feed(name) is None:
        return dossiers(before if name is None else after, name, file)
    try:
        return dossiers(before, name, file)
    except FeedInputError:
        if file is not None or after.settings.feed(name) is None:
            raise
        found = dossiers(after, name)
        say(f"{before.folder}: the feed {name} has nothing to read there; its dossiers are those of {after.folder}")
        return found


def _account(loaded: Loaded, seen: list[Observation], begin: datetime, end: datetime) -> Account:
    alerts = replay(progress(f"{loaded.folder}: dossiers replayed", seen), loaded.rules, begin, end)
    names = {person.id: person.name for person in loaded.rules.organisation.people.values()}
    return Account(alerts, workload(alerts, assembly.slots(loaded), loaded.rules.calendar), names)


def _running(data: Loaded, before: Loaded, after: Loaded, now: datetime) -> Running | None:
    """What the change means for the open dossiers of the database of `data`; None where there is none."""
    counting = Progress("open dossiers planned")
    count, effects = 0, []
    try:
        with stored(data).read() as connection:
            latest = configurations.latest(connection)
            for effect in foresee(connection, before.rules, after.rules, now):
                counting.advance()
                count += 1
                if effect.any:
                    effects.append(effect)
    except (InputError, StoreError) as error:
        say(f"open dossiers are not looked at: {error}")
        return None
    counting.end()
    if latest is not None and latest.digest != before.digest:
        say(
            f"warning: {before.folder} is not the configuration that ran last; "
            "what is said of open dossiers holds if it runs first"
        )
    return Running(now, count, effects)
