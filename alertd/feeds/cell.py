"""One cell of a sheet as a text or as a dossier's code (reference 5, problem 15)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from math import isfinite
from typing import Final

from alertd.core.text import normal_code

EXACT_INTEGERS: Final = 2**53  # from here on a number in a cell has lost digits
#: What no screen shows and no database keeps.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAK = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
TRIMMED = "\ufeff\u200b\u200c\u200d\u2060"
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_FORMULA = re.compile(r'="([^"]*)"')  # how a CSV keeps Excel from making a number of a code


class CodeError(ValueError):
    """Why a cell is no code."""


def code_of(value: object) -> str:
    """A code as the file writes it, trimmed. Raises CodeError when Excel made something else of it."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        if not isfinite(value) or value != int(value) or abs(value) >= EXACT_INTEGERS:
            raise destroyed(value)
        return str(int(value))
    if isinstance(value, datetime | date | time):
        raise CodeError(f"Excel has made the date {value} of the code; format the column as text and export again")
    code = "" if value is None else trimmed(str(value))
    if found := _FORMULA.fullmatch(code):
        code = trimmed(found[1])
    code = trimmed(code.removeprefix("'"))
    if _SCIENTIFIC.fullmatch(code):
        raise destroyed(code)
    return code if normal_code(code) else ""


def trimmed(text: str) -> str:
    """On one line, without control characters, and without blanks and invisible characters at its ends."""
    return _BREAK.sub(" ", _CONTROL.sub("", text)).strip().strip(TRIMMED).strip()


def destroyed(value: object) -> CodeError:
    """The error for a code of which Excel has kept the first digits only."""
    return CodeError(
        f"the code '{value}' is a number that Excel has rounded, its last digits are lost;"
        f" format the column as text and export again"
    )


def text_of(value: object) -> str:
    """Any cell as text: a whole number without its decimal point, a date in ISO 8601."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
