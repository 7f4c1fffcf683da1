"""What feeds write for yes and no, for a service's level and for an amount of money (reference 5, problem 22).

A value that no table has is unknown; a rate must never take unknown for no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.dossier import ServiceLevel
from alertd.core.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Fields of an observation that are yes, no or unknown.
YES_NO_FIELDS = ("fee", "paid_online", "result_required", "result_digital", "components_digital")

YES_NO: Mapping[str, bool] = {
    "co": True,
    "x": True,
    "✓": True,
    "yes": True,
    "true": True,
    "1": True,
    "khong": False,
    "chua": False,
    "no": False,
    "false": False,
    "0": False,
}
#: What single fields are answered with besides.
OF_FIELD: Mapping[str, Mapping[str, bool]] = {
    "fee": {"co phi": True, "co thu phi": True, "khong thu phi": False, "khong phi": False, "mien phi": False},
    "paid_online": {
        "truc tuyen": True,
        "thanh toan truc tuyen": True,
        "da thanh toan truc tuyen": True,
        "truc tiep": False,
        "tien mat": False,
        "chua thanh toan": False,
    },
    "result_digital": {"da so hoa": True, "chua so hoa": False},
    "components_digital": {"da so hoa": True, "chua so hoa": False},
}
LEVELS: Mapping[str, ServiceLevel] = {
    "4": ServiceLevel.FULL,
    "muc do 4": ServiceLevel.FULL,
    "muc 4": ServiceLevel.FULL,
    "toan trinh": ServiceLevel.FULL,
    "truc tuyen toan trinh": ServiceLevel.FULL,
    "dich vu cong truc tuyen toan trinh": ServiceLevel.FULL,
    "3": ServiceLevel.PARTIAL,
    "muc do 3": ServiceLevel.PARTIAL,
    "muc 3": ServiceLevel.PARTIAL,
    "mot phan": ServiceLevel.PARTIAL,
    "truc tuyen mot phan": ServiceLevel.PARTIAL,
    "dich vu cong truc tuyen mot phan": ServiceLevel.PARTIAL,
    "2": ServiceLevel.INFO,
    "muc do 2": ServiceLevel.INFO,
    "muc 2": ServiceLevel.INFO,
    "cung cap thong tin": ServiceLevel.INFO,
    "cung cap thong tin truc tuyen": ServiceLevel.INFO,
}

#: In a source's own table: any other text, and none at all.
OTHER, EMPTY = "*", "-"

_CURRENCY = re.compile(r"(?:đ|₫|đồng|vnđ|vnd)\.?$", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,15}(?:[.,]0{1,2})?")


@dataclass(frozen=True, slots=True)
class Answers:
    """The value maps of one source: its own `values:` before the tables above."""

    yes_no: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    levels: Mapping[str, ServiceLevel] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Mapping[str, Sequence[str]]]) -> Answers:
        """From the configuration: `{paid_online: {yes: [...], no: [...]}, service_level: {full: [...]}}`.

        Raises ValueError for a service level that does not exist.
        """
        yes_no = {
            name: {fold(text): word == "yes" for word, texts in words.items() for text in texts}
            for name, words in values.items()
            if name in YES_NO_FIELDS
        }
        levels = values.get("service_level", {})
        return cls(yes_no, {fold(text): ServiceLevel(level) for level, texts in levels.items() for text in texts})

    def is_yes(self, name: str, text: str) -> bool | None:
        """The answer that a text gives for one field; None when it gives none."""
        text = fold(clean(text)) or EMPTY
        own = self.yes_no.get(name, {})
        for table in (own, OF_FIELD.get(name, {}), YES_NO):
            if text in table:
                return table[text]
        return own.get(OTHER) if text != EMPTY else None

    def level(self, text: str) -> str:
        """The service level that a text means; empty when none."""
        text = fold(clean(text))
        return self.levels.get(text) or LEVELS.get(text) or ""


def amount(text: str) -> int | None:
    """An amount in đồng: "1.234.000 đ", "1,234,000", "150000", "1.234,00"; None when it is no whole number of đồng."""
    text = _CURRENCY.sub("", clean(text)).strip()
    if _WHOLE.fullmatch(text):
        return int(re.split(r"[.,]", text)[0])
    if not (found := _GROUPED.fullmatch(text)):
        return None
    whole = text.split("," if found[1] == "." else ".")[0]
    return int(re.sub(r"[^0-9]", "", whole))
