"""The questions of `alertd init`: what an option or the environment answers is not asked; secrets are never options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from alertd.commands.options import answered
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a channel must be told beside its secrets: key, question, default.
NEEDED: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "telegram": (("name", "Tên người dùng của bot / the bot's user name", None),),
    "zalo": (
        ("app_id", "Mã ứng dụng Zalo / Zalo application id", None),
        ("templates", 'Mẫu tin, ví dụ {default: "000001"} / templates', None),
    ),
    "email": (
        ("host", "Máy chủ gửi thư / mail server", None),
        ("sender", "Địa chỉ gửi / sender's address", None),
        ("username", "Tên đăng nhập hộp thư / mailbox user", None),
    ),
    "webhook": (("url", "Địa chỉ webhook / address", None),),
}


class Asking:
    """Answers given as options, and those asked for; `hidden` are the secrets that were asked for."""

    def __init__(
        self, interactive: bool, portal: Sequence[str], settings: Sequence[str], contact: Sequence[str]
    ) -> None:
        self.hidden: dict[str, str] = {}
        self._portal = dict(_pair(text, "--portal") for text in portal)
        self._contact = dict(_pair(text, "--admin-contact") for text in contact)
        self._interactive = interactive
        self._settings = dict(_pair(text, "--set") for text in settings)

    def one(self, option: str, question: str, default: str | None) -> str:
        """An answer; `default` stands for it where nothing is asked. Raises InputError when there is none."""
        if self._interactive:
            otherwise = f"{option} (--no-questions)"
            return str(answered(option, otherwise, lambda: click.prompt(question, default=default, err=True))).strip()
        if default is None:
            raise InputError(f"{option} is not given; `alertd init` without --no-questions asks for it")
        return default

    def of_portal(self, key: str, question: str) -> str:
        """What the portal needs."""
        return self._portal.get(key) or self.one(f"--portal {key}=…", question, None)

    def of_admin(self, key: str, question: str) -> str:
        """A way to the admin, '' for none."""
        return self._contact.get(key) or self.one("--admin-contact", question, "")

    def channels(self, known: Sequence[str]) -> tuple[str, ...]:
        """The channels, in the order in which they are tried."""
        text = self.one("--channel", f"Kênh gửi theo thứ tự thử / channels ({', '.join(known)})", "console")
        names = tuple(part.strip() for part in text.split(",") if part.strip())
        for name in names:
            if name not in known:
                raise InputError(f"--channel: '{name}' is none of {', '.join(known)}")
        return names

    def options(self, channel: str) -> dict[str, str]:
        """The keys of a channel: what was given, and what it cannot do without."""
        start = f"{channel}."
        given = {key.removeprefix(start): text for key, text in self._settings.items() if key.startswith(start)}
        for key, question, default in NEEDED.get(channel, ()):
            if key not in given:
                given[key] = self.one(f"--set {channel}.{key}=…", question, default)
        return given

    def secret(self, name: str, question: str) -> None:
        """Ask for a secret that the environment does not have; it is not shown while it is written."""
        if os.environ.get(name):
            return
        if not self._interactive:
            raise InputError(f"${{{name}}} is not set in the environment; without --no-questions it is asked for")
        given = answered(f"${{{name}}}", f"{name}=…", lambda: click.prompt(question, hide_input=True, err=True))
        self.hidden[name] = str(given).strip()


def _pair(text: str, option: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    if not found or not key or not value:
        raise InputError(f"{option}: '{text}' is not of the form key=value")
    return key.strip(), value.strip()
