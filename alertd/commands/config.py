"""`alertd config history|show|rollback`: the configurations that ran, who changed what, and back to an earlier one.

They work beside a faulty edit too, as long as alertd.yaml still names the database: that is when they are needed.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import config_option, format_option, say, stored_by
from alertd.config import edits, writing
from alertd.config.check import check_texts, refuses
from alertd.config.load import digest, settings_of
from alertd.core.errors import InputError
from alertd.store import configurations

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

#: A changed line is shown so far, in characters.
_SHOWN = 110


@click.group("config")
def command() -> None:
    """Các cấu hình đã chạy: ai sửa gì, quay lại bản cũ. / The configurations that ran, and back to one of them."""


@command.command("history")
@format_option
@config_option
def history(shape: str, folder: Path) -> None:
    """Mỗi bản: lúc nào, ai sửa, tệp nào, dòng đầu tiên đã đổi. / When, by whom, what changed; newest first."""
    settings = settings_of(folder)
    with stored_by(settings).read() as connection:
        found = [_summary(connection, row, settings.zone) for row in configurations.listed(connection)]
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one, is_first=one is found[-1])
    if not found:
        say("Chưa có cấu hình nào chạy. / None has run yet.")


@command.command("show")
@click.argument("number", type=click.IntRange(1))
@click.option("--diff", "only_diff", is_flag=True, help="Chỉ phần đổi so với bản trước. / Only what it changed.")
@config_option
def show(number: int, only_diff: bool, folder: Path) -> None:
    """In cả bản, hoặc phần đã đổi so với bản trước. / One of them whole, or what it changed."""
    with stored_by(settings_of(folder)).read() as connection:
        row = _version(connection, number)
        diff = _diff(connection, row)
    if only_diff:
        click.echo(diff, nl=bool(diff))
        return
    for name, text in sorted(row.files.items()):
        click.echo(f"# --- {name}")
        click.echo(text.rstrip("\n"))


@command.command("rollback")
@click.argument("number", type=click.IntRange(1))
@click.option("--by", "author", help="Người làm; mặc định là tài khoản hệ điều hành. / Who does it.")
@config_option
def rollback(number: int, author: str | None, folder: Path) -> None:
    """Ghi lại các tệp của một bản cũ, sau khi kiểm tra. / Writes an earlier one's files back, once they are checked.

    alertd run đang chạy sẽ dùng như mọi lần sửa. / A daemon that runs takes them as any edit.
    """
    settings = settings_of(folder)
    database = stored_by(settings)
    with database.read() as connection:
        row = _version(connection, number)
    _refuse_faulty(row.files, folder, settings.zone)
    if not writing.differing(folder, row.files):
        say(f"Các tệp đã đúng như bản {number}. / The files are those of {number} already.")
        return
    with database.write() as connection:  # first: the daemon may be quick
        configurations.announce(
            connection, digest(row.files), author or _user(), f"rollback {number}", datetime.now(UTC)
        )
    for name in writing.replace(folder, row.files):
        click.echo(str(folder / name))
    say(f"Đã ghi lại bản {number}; nội dung vừa thay còn ở TÊN{writing.KEPT}. alertd run đang chạy sẽ tự dùng."
        f" / Back to {number}; what stood there is kept as NAME{writing.KEPT}.")  # fmt: skip


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _version(connection: Connection, number: int) -> Any:
    row = configurations.version(connection, number)
    if row is None:
        raise InputError(f"{number}: no configuration of this number has run; `alertd config history` lists them")
    return row


def _diff(connection: Connection, row: Any) -> str:
    """What a configuration changed; made from the files of those that ran before this was kept."""
    if row.diff is not None:
        return str(row.diff)
    earlier, whole = configurations.before(connection, row.id), configurations.version(connection, row.id)
    return "" if earlier is None or whole is None else edits.difference(earlier.files, whole.files)


def _summary(connection: Connection, row: Any, zone: ZoneInfo) -> dict[str, Any]:
    diff = _diff(connection, row)
    change = edits.first(diff)
    return {
        "number": row.id,
        "at": row.accepted_at.astimezone(zone).isoformat(timespec="seconds"),
        "author": row.author,
        "note": row.note,
        "files": edits.files(diff),
        "first_change": change._asdict() if change else None,
    }


def _print(one: dict[str, Any], *, is_first: bool) -> None:
    note = f" ({one['note']})" if one["note"] else ""
    what = "bản đầu tiên" if is_first else ", ".join(one["files"]) or "chỉ khác dấu xuống dòng"
    at = datetime.fromisoformat(one["at"])
    click.echo(f"{one['number']}  {at:%H:%M:%S %d/%m/%Y}  {one['author'] or '(không rõ ai)'}{note}  {what}")
    change = one["first_change"]
    if change is not None:
        click.echo(f"   {change['file']}:{change['line']}")
        click.echo(f"   cũ:  {change['old'][:_SHOWN] or '(không có)'}")
        click.echo(f"   mới: {change['new'][:_SHOWN] or '(đã bỏ)'}")


def _refuse_faulty(files: dict[str, str], folder: Path, zone: ZoneInfo) -> None:
    """What was right when it ran may have faults today: a year without its days off, a check that came later."""
    found = check_texts(files, datetime.now(UTC).astimezone(zone).date(), folder)
    for finding in found:
        say(str(finding))
    if any(refuses(finding) for finding in found):
        say(f"{folder}: bản này nay có lỗi, chưa ghi gì. / That configuration has faults today; nothing was written.")
        sys.exit(2)
