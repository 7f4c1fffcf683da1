"""The text of a message with a sign-in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def text(code: str, until: datetime, zone: ZoneInfo) -> str:
    """The code, and until when it is good."""
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("alertd", "messages/templates/vi"), undefined=StrictUndefined, autoescape=False
    )
    return environment.get_template("code.txt").render(code=code, until=f"{until.astimezone(zone):%H:%M}")
