"""`alertd audit`: the ledger against what the rules say should have been told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, configuration, format_option, say, stored, table
from alertd.core.audit.judging import Fault
from alertd.jobs import audit
from alertd.store import configurations

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from alertd.config.load import Loaded

HEADERS = ["sai lệch", "hồ sơ", "bước", "người", "thời điểm", "chi tiết"]
#: What each difference is called.
NAMES = {
    Fault.MISSING: "thiếu cảnh báo",
    Fault.TWICE: "ghi hai lần",
    Fault.INSTANT: "sai thời điểm",
    Fault.RECIPIENT: "sai người nhận",
    Fault.REASONLESS: "không có lý do",
    Fault.NO_PLAN: "kế hoạch sai",
    Fault.UNFIRED: "đến hạn chưa báo",
    Fault.MESSAGE: "không có tin",
    Fault.EPISODE: "sai lượt hạn",
    Fault.SPELL: "sai đợt quá hạn",
}


@click.command("audit")
@format_option
@config_option
def command(shape: str, folder: Path) -> None:
    """Tính lại những gì lẽ ra phải báo và so với sổ cảnh báo; chỉ đọc. / Recompute what should have been told."""
    loaded = configuration(folder)
    database = stored(loaded)
    with database.read() as connection:
        running = configurations.latest(connection)
    if running is not None and running.digest != loaded.digest:
        say("warning: these files are not the configuration that ran last; differences may only be the edit's")
    found = audit.walk(database, loaded.rules)
    if found.mark is None:
        what = "nothing" if found.undecided == found.dossiers else "not everything"
        say(f"warning: the escalation has not run yet, or not today: {what} was compared; is `alertd run` running?")
    if shape == "json":
        click.echo(json.dumps(_data(found, loaded), ensure_ascii=False, indent=2))
    else:
        _print(found, loaded)
    if found.findings:
        raise SystemExit(1)


def _local(at: datetime | None, loaded: Loaded) -> str | None:
    return None if at is None else at.astimezone(loaded.settings.zone).isoformat()


def _data(found: audit.Audited, loaded: Loaded) -> dict[str, object]:
    return {
        "until": _local(found.mark, loaded), "dossiers": found.dossiers, "undecided": found.undecided,
        "findings": [
            {
                "fault": each.fault.value, "dossier": each.code, "step": each.step, "person": each.person,
                "at": _local(each.at, loaded), "detail": each.detail,
            }
            for each in found.findings
        ],
    }  # fmt: skip


def _print(found: audit.Audited, loaded: Loaded) -> None:
    if found.findings:
        rows = [
            [NAMES[each.fault], each.code, each.step or "-", each.person or "-", _local(each.at, loaded), each.detail]
            for each in found.findings
        ]
        table(HEADERS, rows)
    undecided = f", {found.undecided} hồ sơ không xét được" if found.undecided else ""
    click.echo(f"Đã xét {found.dossiers} hồ sơ đang mở{undecided}: {len(found.findings)} sai lệch.")
