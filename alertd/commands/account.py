"""`alertd account`: who may sign in to the board with a password. People of the organisation need none."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, configuration, stored
from alertd.core.errors import InputError
from alertd.store import accounts, audit

if TYPE_CHECKING:
    from pathlib import Path

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


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, folder: Path) -> None:
    """Xóa tài khoản và đóng phiên của nó. / Take an account away, with its open sessions."""
    database = stored(configuration(folder))
    now = datetime.now(UTC)
    with database.write() as connection:
        if not accounts.remove(connection, name):
            there = ", ".join(accounts.names(connection)) or "none"
            raise InputError(f"there is no account {name!r}; there is: {there}")
        audit.note(connection, "command line", "account remove", now, subject=name)
    click.echo(f"{name}: đã xóa")


@command.command("list")
@config_option
def list_(folder: Path) -> None:
    """Các tài khoản đang có. / The accounts there are."""
    with stored(configuration(folder)).read() as connection:
        for name in accounts.names(connection):
            click.echo(name)


def _password() -> str:
    """Asked for twice on a terminal, else the first line of stdin; it never stands in a command line."""
    if sys.stdin.isatty():
        return str(click.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")
