"""`alertd check`: every fault of the configuration at once, with its line."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from alertd.commands.options import config_option
from alertd.config.check import checked
from alertd.config.findings import Finding, Place
from alertd.config.reading import read_folder, shown
from alertd.messages import proof

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.config.reading import Reading


@click.command("check")
@config_option
def command(folder: Path) -> None:
    """Kiểm tra toàn bộ cấu hình, báo mọi lỗi cùng dòng và cột. / Check the whole configuration."""
    findings = everything(read_folder(folder))
    for finding in findings:
        click.echo(str(finding))
    if any(finding.is_fault for finding in findings):
        sys.exit(2)


def everything(reading: Reading) -> list[Finding]:
    """The findings of what was read, as of the date in its zone, and those of the templates that messages are made of.

    Where the configuration is too broken to name a zone it is the machine's.
    """
    now = datetime.now(UTC)
    zone = reading.settings.zone if reading.settings else None
    hours = reading.calendar.default.hours_per_day if reading.calendar else 8
    templates = [
        Finding.of("template.broken", Place(shown(found.file), found.line, 1), problem=found.problem)
        for found in proof.broken(zone or ZoneInfo("Asia/Ho_Chi_Minh"), hours)
    ]
    return [*checked(reading, now.astimezone(zone).date()), *templates]
