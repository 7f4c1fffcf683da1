"""The handlers of a dossier, as feeds write them into one text (reference 5, problem 20)."""

from __future__ import annotations

import re

from alertd.core.text import clean

_SEPARATOR = re.compile(r"#+|[;\n]")


def officers_of(text: str) -> tuple[str, ...]:
    """Every handler named, in order and once: `##`, `#`, `;` and line breaks part them, and nothing else does."""
    return tuple(dict.fromkeys(name for part in _SEPARATOR.split(text) if (name := clean(part))))
