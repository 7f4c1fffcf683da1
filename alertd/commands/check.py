"""`alertd check`: every fault of the configuration at once, with its line."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option
from alertd.config.check import check
from alertd.config.load import load
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@click.command("check")
@config_option
def command(folder: Path) -> None:
    """Kiểm tra toàn bộ cấu hình, báo mọi lỗi cùng dòng và cột. / Check the whole configuration."""
    findings = check(folder, _today(folder))
    for finding in findings:
        click.echo(str(finding))
    if any(finding.is_fault for finding in findings):
        sys.exit(2)


def _today(folder: Path) -> date:
    """The date in the configured zone; in the machine's when the configuration is too broken to name one."""
    now = datetime.now(UTC)
    try:
        return now.astimezone(load(folder).settings.zone).date()
    except InputError:
        return now.astimezone().date()
