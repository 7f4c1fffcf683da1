"""Findings in words: the language's sentence for a code, with names put in.

Faults of form are in `wording_form`, faults of meaning in `wording_meaning`. A row is (Vietnamese what, Vietnamese what
would be right, English what, English what would be right).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.wording_form import FORM
from alertd.config.wording_meaning import MEANING

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGES: dict[str, tuple[str, str, str, str]] = FORM | MEANING

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
