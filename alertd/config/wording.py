"""Findings in words: the language's sentence for a code, with names put in.

A row is (Vietnamese what, Vietnamese what would be right, English what, English what would be right).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.wording_days import DAYS_AND_SETTINGS
from alertd.config.wording_files import FILES
from alertd.config.wording_portals import PORTALS
from alertd.config.wording_rest import REST
from alertd.config.wording_retention import RETENTION
from alertd.config.wording_rules import RULES
from alertd.config.wording_targets import TARGETS
from alertd.config.wording_tests import TESTS
from alertd.config.wording_values import VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGES: dict[str, tuple[str, str, str, str]] = (
    FILES | VALUES | RULES | DAYS_AND_SETTINGS | RETENTION | PORTALS | REST | TESTS | TARGETS
)

#: The only codes that leave `alertd check` with exit code 0.
WARNINGS = frozenset(
    {
        "level.skipped",
        "calendar.day-twice",
        "calendar.off-idle",
        "calendar.working-busy",
        "calendar.next-year",
        "calendar.holiday",
        "calendar.unused",
        "feed.age",
        "secret.unset",
        "post.vacant",
    }
)
_LONGEST = 120


def words(code: str, language: str, named: Mapping[str, object]) -> tuple[str, str]:
    """What is wrong and what would be right. Raises KeyError for a code that has no row."""
    row = MESSAGES[code]
    what, instead = row[2:] if language == "en" else row[:2]
    shown = {name: _short(value) for name, value in named.items()}
    return what.format_map(shown), instead.format_map(shown)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
