"""What somebody means by what they typed: one of a few words, with or without a slash, accents and capitals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alertd.core.text import fold


class Ask(StrEnum):
    """What can be asked; the value is the word itself, folded and without blanks."""

    START = "start"
    CONNECT = "lienket"
    CANCEL = "huy"
    OVERDUE = "quahan"
    TODAY = "homnay"
    DOSSIER = "hoso"
    EXPLAIN = "giaitrinh"
    HAND_OVER = "chuyen"
    HELP = "trogiup"


#: A word is one or two words of Vietnamese: `liên kết`, `quá hạn`.
_LONGEST = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """The word, and what was written after it, as it was written."""

    ask: Ask
    rest: str


def asked(text: str) -> Asked | None:
    """`/hoso@bot H27.35`, `Quá hạn`, `LIENKET 1234 5678`; None when it begins with none of the words."""
    parts = text.split(None, _LONGEST)
    if not parts:
        return None
    name = ""
    for count, part in enumerate(parts[:_LONGEST], 1):
        name += fold(part).removeprefix("/").partition("@")[0]
        if name in set(Ask):
            rest = text.split(None, count)[count:]
            return Asked(Ask(name), rest[0].strip() if rest else "")
    return None


def spelled(ask: Ask, channel: str) -> str:
    """The word as it is typed on a channel: `/quahan` where commands have a slash, `QUAHAN` elsewhere."""
    return f"/{ask.value}" if channel == "telegram" else ask.value.upper()
