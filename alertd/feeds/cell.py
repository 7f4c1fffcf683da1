"""One cell of a sheet as a text or as a dossier's code (reference 5, problem 15)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

EXACT_INTEGERS: Final = 2**53  # from here on a number in a cell has lost digits
TRIMMED = "\ufeff\u200b\u200c\u200d\u2060"
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_FORMULA = re.compile(r'="([^"]*)"')  # how a CSV keeps Excel from making a number of a code


class CodeError(ValueError):
    """Why a cell is no code."""


def code_of(value: object) -> str:
    """A code as the file writes it, trimmed. Raises CodeError when Excel made something else of it."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        if value != value or value != int(value) or abs(value) >= EXACT_INTEGERS:  # noqa: PLR0124 - not a number
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
    return code


def trimmed(text: str) -> str:
    """Without blanks and invisible characters at its ends."""
    return text.strip().strip(TRIMMED).strip()


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
