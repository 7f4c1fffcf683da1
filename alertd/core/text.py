"""Text as people and portals write it, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: The same few units, statuses and procedures fill a feed.
REPEATED = 4096
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACE = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


@lru_cache(maxsize=REPEATED)
def clean(text: str) -> str:
    """NFC, no invisible characters, single spaces, trimmed: text to keep and show."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


@lru_cache(maxsize=REPEATED)
def fold(text: str) -> str:
    """Lower case without marks or doubled spaces, đ as d: text to compare names by (reference 5, problem 21)."""
    text = unicodedata.normalize("NFD", _INVISIBLE.sub("", text).casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("đ", "d")
    return _SPACE.sub(" ", text).strip()


def normal_code(text: str) -> str:
    """A dossier's code for matching only: NFC, upper case, no blanks, one kind of dash (reference 5, problem 15)."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_DASHES)
    return _SPACE.sub("", text).upper()
