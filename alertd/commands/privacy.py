"""`alertd privacy`: what is stored of one citizen's dossier, given out or taken away."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import answered, config_option, configuration, say, stored
from alertd.core.errors import AlertdError
from alertd.core.text import normal_code
from alertd.store import audit, codes, privacy

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Row

WHO = "command line"


@click.group("privacy")
def command() -> None:
    """Dữ liệu của một công dân: trích xuất, xóa. / A citizen's data: give out, take away."""


@command.command("export")
@click.argument("code")
@config_option
def export(code: str, folder: Path) -> None:
    """Mọi điều đang lưu về một hồ sơ, dạng JSON. / Everything on record of a dossier, as JSON."""
    database, now = stored(configuration(folder)), datetime.now(UTC)
    with database.write() as connection:
        rows = _of(connection, code)
        found = [privacy.export(connection, row) for row in rows]
        for row in rows:
            audit.note(connection, WHO, "privacy export", now, dossier_id=row.id)
    click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2, default=_plain))


@command.command("erase")
@click.argument("code")
@click.option("--reason", required=True, help="Căn cứ, không ghi tên công dân. / On what ground; no citizen's name.")
@click.option("--yes", is_flag=True, help="Không hỏi lại. / Do not ask.")
@config_option
def erase(code: str, reason: str, yes: bool, folder: Path) -> None:
    """Xóa những gì dẫn đến công dân; số đếm giữ nguyên. / Take away what leads to the citizen; counts stay."""
    database, now = stored(configuration(folder)), datetime.now(UTC)
    if not yes:
        question = f"Xóa {code}, không lấy lại được / erase for good?"
        answered(code, "--yes", lambda: click.confirm(question, abort=True, err=True))
    with database.write() as connection:
        touched: Counter[str] = Counter()
        for row in _of(connection, code):
            touched.update(privacy.erase(connection, row, reason, now))
            audit.note(connection, WHO, "privacy erase", now, dossier_id=row.id)
    for name, count in touched.items():
        click.echo(f"{name}: {count}")
    say("Bản sao lưu cũ, tin trên điện thoại và tuần đã chốt vẫn còn mã; hồ sơ mở lại trên cổng thì được theo dõi lại.")
    say("Old backups, messages on phones and frozen weeks keep the code; opened again, it is followed again.")


def _of(connection: Connection, code: str) -> list[Row[Any]]:
    """The dossiers whose own code it is, one for each feed that shows it; else the one that is also known by it."""
    rows = codes.find(connection, code)
    if not rows:
        raise AlertdError(f"{code}: no dossier of this code is on record")
    own = [row for row in rows if row.code_norm == normal_code(code)]
    if not own and len(rows) > 1:
        shown = ", ".join(row.code for row in rows)
        raise AlertdError(f"{code}: several dossiers are also known by this code; name one by its own: {shown}")
    return own or rows


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
