"""The text of a message with a sign-in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.messages.environment import environment

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def text(code: str, until: datetime, zone: ZoneInfo) -> str:
    """The code, and until when it is good."""
    return environment(zone).get_template("code.txt").render(code=code, until=f"{until.astimezone(zone):%H:%M}")
