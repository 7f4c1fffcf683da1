"""`alertd check`: every fault of the configuration at once, with its line."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from alertd.commands.options import config_option
from alertd.config.check import check


@click.command("check")
@config_option
def command(folder: Path) -> None:
    """Kiểm tra toàn bộ cấu hình, báo mọi lỗi cùng dòng và cột. / Check the whole configuration."""
    findings = check(folder, datetime.now(UTC).astimezone().date())
    for finding in findings:
        click.echo(str(finding))
    if any(finding.is_fault for finding in findings):
        sys.exit(2)
