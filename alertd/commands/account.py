"""`alertd account`: who may sign in to the board with a password. People of the organisation need none."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from alertd.commands.options import answered, config_option, configuration, stored
from alertd.core.errors import InputError
from alertd.store import accounts, audit, sessions
from alertd.store.sessions import Level

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

#: A password that is typed once a day can be a sentence.
SHORTEST, LONGEST_NAME = 12, 64


@click.group("account")
def command() -> None:
    """Tài khoản quản trị vào bảng hồ sơ. / Admins' accounts on the board."""


@command.command("set")
@click.argument("name")
@config_option
def set_(name: str, folder: Path) -> None:
    """Tạo tài khoản hoặc đổi mật khẩu; mật khẩu hỏi trên màn hình, hoặc đọc từ stdin. / Make one, or change it."""
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise InputError(f"{name!r} is no name of an account; write 1 to {LONGEST_NAME} visible characters")
    database = stored(configuration(folder))
    password = _password()
    if len(password) < SHORTEST:
        raise InputError(f"the password has {len(password)} characters; it takes at least {SHORTEST}")
    now = datetime.now(UTC)
    with database.write() as connection:
        accounts.save(connection, name, password, now)
        audit.note(connection, "command line", "account set", now, subject=name)
    click.echo(f"{name}: đã lưu; các phiên đang mở đã đóng")


@command.command("token")
@click.argument("name")
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 366), help="Số ngày dùng được. / Days it is good."
)
@config_option
def token(name: str, days: int, folder: Path) -> None:
    """Mã truy cập để chương trình khác đọc API; chỉ hiện một lần. / A token for a program, shown once."""
    database = stored(configuration(folder))
    now = datetime.now(UTC)
    with database.write() as connection:
        _known(connection, name)
        made = sessions.begin(connection, Level.ACCOUNT, now, account=name, good_for=timedelta(days=days))
        audit.note(connection, "command line", "account token", now, subject=f"{name}, {days} days")
    click.echo(made)


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, folder: Path) -> None:
    """Xóa tài khoản và đóng phiên của nó. / Take an account away, with its open sessions."""
    database = stored(configuration(folder))
    now = datetime.now(UTC)
    with database.write() as connection:
        _known(connection, name)
        accounts.remove(connection, name)
        audit.note(connection, "command line", "account remove", now, subject=name)
    click.echo(f"{name}: đã xóa")


@command.command("list")
@config_option
def list_(folder: Path) -> None:
    """Các tài khoản đang có. / The accounts there are."""
    with stored(configuration(folder)).read() as connection:
        for name in accounts.names(connection):
            click.echo(name)


def _known(connection: Connection, name: str) -> None:
    there = accounts.names(connection)
    if name not in there:
        raise InputError(f"there is no account {name!r}; there is: {', '.join(there) or 'none'}")


def _password() -> str:
    """Asked for twice on a terminal, else the first line of stdin; it never stands in a command line."""
    if sys.stdin.isatty():
        return str(answered("Mật khẩu / Password", "stdin", _ask))
    return sys.stdin.readline().rstrip("\n")


def _ask() -> str:
    return str(click.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True, err=True))
