"""Vietnamese texts from before Unicode, and Unicode that was read as something else (reference 5, problem 21).

TCVN3 (ABC, fonts named .VnTime) and VNI put Vietnamese letters where Latin-1 has others; a workbook written with such
a font holds these others as its text. Nothing of this can be told from one word, so whole files or columns are judged.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from alertd.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
#: VNI writes a letter, then its marks as one more letter.
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309",
    "ã": "\u0302\u0303", "ä": "\u0302\u0323",
}  # fmt: skip
_BREVE = {
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_MARKED = {"a": _TONES | _CIRCUMFLEX | _BREVE, "e": _TONES | _CIRCUMFLEX, "o": _TONES | _CIRCUMFLEX} | dict.fromkeys(
    "uyôö", _TONES
)
_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ì": "ì", "í": "í"}


def _vni_table() -> dict[str, str]:
    table = dict(_ALONE)
    for base, marks in _MARKED.items():
        for letter, mark in marks.items():
            table[base + letter] = unicodedata.normalize("NFC", _ALONE.get(base, base) + mark)
    return table | {key.upper(): value.upper() for key, value in table.items()} | _mixed(table)


def _mixed(table: dict[str, str]) -> dict[str, str]:
    """A capital followed by a small mark, as people type it."""
    return {key[0].upper() + key[1]: value.upper() for key, value in table.items() if len(key) > 1}


VNI = _vni_table()
_VNI = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
#: Signs that stand inside words only where TCVN3 is read as Latin-1; and letters that Vietnamese has not.
_TCVN3_SIGN = re.compile(r"(?<=[^\W\d_])[¨©ª«¬®µ¶·¸¹»¼½¾÷×]|[¨©ª«¬®µ¶·¸¹»¼½¾§](?=[^\W\d_])")
_FOREIGN = re.compile("[øûïåäüëñöæî]", re.IGNORECASE)
_MOJIBAKE = re.compile("[ÂÃÄÅÆ][\x80-\xbf‚-›ŒœŠšŽžŸƒˆ˜€™]|á[º»]")


def from_tcvn3(text: str) -> str:
    """TCVN3 read as Latin-1, in Unicode. Capitals of the font .VnTimeH come out small: the bytes do not tell."""
    return text if text.isascii() else text.translate(TCVN3)


def from_vni(text: str) -> str:
    """VNI read as Latin-1 or windows-1252, in Unicode."""
    return text if text.isascii() else _VNI.sub(lambda found: VNI[found[0]], text)


#: How texts of each font encoding are converted; the names are those that `encoding:` of a feed takes.
CONVERTERS: dict[str, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni}
NAMES = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI"}


def repaired(text: str) -> str | None:
    """What a text was before its UTF-8 was read as windows-1252; None for a text to which that did not happen."""
    if not _MOJIBAKE.search(text):
        return None
    try:
        raw = b"".join(c.encode("latin-1" if ord(c) < 0x100 else "cp1252") for c in text)  # noqa: PLR2004
        return clean(raw.decode("utf-8"))
    except UnicodeError:
        return None


def suspected(texts: Iterable[str]) -> str:
    """The font encoding that distinct texts seem to be in, `utf-8` for UTF-8 read as windows-1252; empty for neither.

    A few odd names are no evidence: three texts and a third of those with marks must show it.
    """
    marked = [text for text in texts if not text.isascii()]
    counts = {
        "utf-8": sum(repaired(text) is not None for text in marked),
        "tcvn3": sum(_TCVN3_SIGN.search(text) is not None for text in marked),
        "vni": sum(_FOREIGN.search(text) is not None for text in marked),
    }
    return next((name for name, count in counts.items() if count >= 3 and count * 3 >= len(marked)), "")  # noqa: PLR2004
