"""Plain text for channels without formatting: made safe, cut, or divided at its lines (delivery reference 7.8)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# C0 without tab and newline, DEL and C1, and lone surrogates, which no UTF-8 can carry
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Seven digits or more are a phone number, a user's id or a dossier's code, whatever stands between them.
_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){6,}")

# A word of this length that no language has: a token, also one of those that were given up before.
_TOKEN = re.compile(r"[\w+/=.~-]{20,}", re.ASCII)


def plain(text: str) -> str:
    """NFC, counted and sent as such, without control characters and lone surrogates; newlines stay."""
    return _CONTROL.sub("", unicodedata.normalize("NFC", text))


def one_line(text: str, length: int) -> str:
    """At most `length` code points in NFC on one line; what is longer ends with `…`."""
    text = " ".join(plain(text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def pieces(text: str, length: int) -> Iterator[str]:
    """Divide a text into pieces of at most `length` code points, between lines where that is possible."""
    rest = plain(text).strip()
    while len(rest) > length:
        end = rest.rfind("\n", 1, length + 1)
        end = length if end < 1 else end
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip("\n")
    if rest:
        yield rest


def redacted(said: str, *secrets: str, length: int = 200) -> str:
    """What a provider said, on one line, without the given secrets and what may be a token or a number."""
    for secret in secrets:
        if secret:
            said = said.replace(secret, "***")
    return one_line(_NUMBER.sub("***", _TOKEN.sub("***", said)), length)
