"""What the channels need of each other's keys: a login whole or not at all, a Zalo template for what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.reading import ALERTD

if TYPE_CHECKING:
    from alertd.config.checks.context import Context

#: Every message falls back on these, whatever it is about.
_BOTH = frozenset({"soon", "overdue"})


def check(context: Context) -> None:
    """Look at the channels that are configured."""
    if context.settings is None:
        return
    channels = context.settings.channels
    email, zalo = channels.email, channels.zalo
    if email is not None and (email.username is None) != (email.password is None):
        written = "username" if email.username is not None else "password"
        context.add("email.login", context.key(ALERTD, "channels", "email", written))
    if zalo is not None and "default" not in zalo.templates and not zalo.templates.keys() >= _BOTH:
        context.add("zalo.templates", context.key(ALERTD, "channels", "zalo"))
