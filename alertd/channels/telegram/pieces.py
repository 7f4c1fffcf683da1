"""A long answer in pieces that Telegram takes (delivery reference, 7.8)."""

from __future__ import annotations

from alertd.channels.plain import plain

#: What one message may hold, in UTF-16 units (delivery reference, section 2).
MAX_UNITS = 4096


def units(text: str) -> int:
    """How long Telegram finds a text."""
    return len(text.encode("utf-16-le")) // 2


def pieces(text: str, most: int = MAX_UNITS) -> list[str]:
    """Cut a text into NFC pieces of at most `most` UTF-16 units, between lines where it can be; none of them blank."""
    found: list[str] = []
    piece = ""
    for line in plain(text).split("\n"):
        for part in _cut(line, most):
            trial = f"{piece}\n{part}" if piece else part
            if units(trial) <= most:
                piece = trial
                continue
            found.append(piece)
            piece = part
    return [each for each in (*found, piece) if each.strip()]


def _cut(line: str, most: int) -> list[str]:
    """One line in parts that fit, between words where it can be."""
    parts: list[str] = []
    while units(line) > most:
        end = _longest(line, most)
        space = line.rfind(" ", 1, end)
        end = space if space > 0 else end
        parts.append(line[:end])
        line = line[end:].removeprefix(" ")
    return [*parts, line]


def _longest(line: str, most: int) -> int:
    """How many characters of a line fit; a character is never cut in half."""
    count = 0
    for at, character in enumerate(line):
        count += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - beyond it UTF-16 needs two units
        if count > most:
            return at
    return len(line)
