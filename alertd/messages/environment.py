"""Where the templates of messages are read: plain text in a sandbox, an unknown name is a fault and never a gap."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alertd.messages import words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo


def environment(zone: ZoneInfo, hours_per_day: float = 8, folder: Path | None = None) -> ImmutableSandboxedEnvironment:
    """`hours_per_day` is what a day of working time is in words; `folder` has other templates than our own."""
    own: BaseLoader = PackageLoader("alertd", "messages/templates/vi")
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder) if folder else own, undefined=StrictUndefined, autoescape=False
    )
    made.filters |= {
        "when": partial(_when, zone=zone),
        "duration": partial(words.duration, hours_per_day=hours_per_day),
        "cut": words.cut,
        "plain": words.plain,
    }
    made.globals |= {"reasons": words.LATE_REASONS, "endings": words.SPELL_ENDINGS}
    return made


def _when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return words.when(at, now, zone)
