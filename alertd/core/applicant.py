"""Who filed a dossier: dropped, masked, or kept as the setting says, before anything of it is stored.

An identity number is never kept, wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Keep(StrEnum):
    """What is kept of a citizen's name and phone (`privacy.keep_applicant` in alertd.yaml)."""

    NONE = "none"
    MASKED = "masked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A name and a phone as they may be kept; empty where there is none."""

    name: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        """Nothing of it: what is printed may end in a log."""
        return "Applicant(…)"


NOBODY = Applicant()
HIDDEN = "***"
#: Letters of a name, and digits at the end of a phone, that a mask leaves.
_LEFT_OF_PHONE = 3
_LONGEST = 200
#: Digits that may be an identity number or a phone, with what people write between them.
_NUMBER = re.compile(r"\+?\d(?:[ .\-]?\d){7,}")
_PHONE = re.compile(r"(?:0|84)[0-9]{9}|(?:02|842)[0-9]{9}")
_BETWEEN = str.maketrans("", "", "+ .-")


def applicant(keep: Keep, name: str, phone: str) -> Applicant:
    """What is kept of what a feed shows. Of several phones the first that is one."""
    if keep is Keep.NONE or not (name or phone):
        return NOBODY
    kept_phone = _first_phone(phone) if phone else ""
    if keep is Keep.MASKED:
        return Applicant(_masked_name(name[:_LONGEST]), _masked_phone(kept_phone))
    return Applicant(" ".join(_NUMBER.sub(" ", name).split())[:_LONGEST], kept_phone)


def masked(shown: Applicant) -> Applicant:
    """Of each word of a name its first letter, of a phone its last three digits; what is masked stays as it is."""
    return Applicant(_masked_name(shown.name), _masked_phone(shown.phone))


def _masked_name(name: str) -> str:
    return " ".join([word[0] + HIDDEN if word[0].isalpha() else HIDDEN for word in name.split()])


def _masked_phone(phone: str) -> str:
    return HIDDEN + phone[-_LEFT_OF_PHONE:] if phone else ""


def _first_phone(text: str) -> str:
    """A phone of Việt Nam as ten or eleven digits; a number of any other form may be an identity number."""
    digits = text.translate(_BETWEEN)
    if _PHONE.fullmatch(digits):  # nearly always
        return digits
    for found in _NUMBER.findall(text):
        digits = re.sub(r"\D", "", found)
        if _PHONE.fullmatch(digits):
            return digits
    return ""
