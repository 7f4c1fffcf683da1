"""Text as people and portals write it, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: The same few units, statuses and procedures fill a feed.
REPEATED = 4096
#: Among them what no database keeps: control characters, and halves of characters, which JSON can hold.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2060\ud800-\udfff\ufeff]")
_SPACE = re.compile(r"\s+")
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
#: Cyrillic and Greek capitals that nobody can tell from Latin ones on a screen.
_LOOK_ALIKE = dict(zip("АВЕКМНОРСТУХІЅЈ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXISJ" + "ABEZHIKMNOPTYX", strict=True))
_ONE_FORM = str.maketrans(_DASHES | _LOOK_ALIKE)


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
    """A dossier's code for matching only (reference 5, problem 15): NFC, upper case, no blanks, one kind of dash.

    Letters of other alphabets that look like Latin ones are taken for these; a zero is never taken for an O.
    """
    text = _SPACE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    return text.upper().translate(_ONE_FORM)
