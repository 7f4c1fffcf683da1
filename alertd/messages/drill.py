"""The text of a test message, marked as such in its first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.messages.environment import environment

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
    return environment(zone).get_template("drill.txt").render(channel=CHANNELS.get(channel, channel), at=at)
