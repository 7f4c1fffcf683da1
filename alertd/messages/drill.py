"""The text of a test message, marked as such in its first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alertd.messages import words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

#: What people call a channel.
CHANNELS = {
    "console": "màn hình",
    "email": "thư điện tử",
    "telegram": "Telegram",
    "webhook": "cổng nhắn tin",
    "zalo": "Zalo",
    "zalo_bot": "Zalo Bot",
}


def text(channel: str, at: datetime, zone: ZoneInfo) -> str:
    """The test message for one channel, ordered at the instant `at`."""
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("alertd", "messages/templates/vi"), undefined=StrictUndefined, autoescape=False
    )
    environment.filters["when"] = lambda instant, now: words.when(instant, now, zone)
    return environment.get_template("drill.txt").render(channel=CHANNELS.get(channel, channel), at=at)
