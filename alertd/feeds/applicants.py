"""Who filed a dossier, as a sheet's columns say it: read only where the setting keeps something of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.applicant import NOBODY, Applicant, Keep, applicant
from alertd.feeds.aliases import squeeze
from alertd.feeds.cell import text_of
from alertd.feeds.headers import places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.feeds.headers import Header, Names

NAME, PHONE = "applicant", "applicant_phone"
#: Headers by which a column is known that `columns:` does not name. One that stands twice is nobody's to choose.
HEADERS: Mapping[str, tuple[str, ...]] = {
    NAME: (
        "Chủ hồ sơ", "Tên chủ hồ sơ", "Người nộp", "Người nộp hồ sơ", "Tên người nộp", "Họ tên người nộp",
        "Họ và tên người nộp", "Công dân", "Tổ chức, cá nhân", "Cá nhân, tổ chức", "applicant",
    ),
    PHONE: (
        "Số điện thoại người nộp", "Điện thoại người nộp", "Số điện thoại chủ hồ sơ", "Điện thoại chủ hồ sơ",
        "Số điện thoại", "Điện thoại", "SĐT", "applicant_phone",
    ),
}  # fmt: skip
_KEYS = {field: [squeeze(title) for title in titles] for field, titles in HEADERS.items()}


@dataclass(frozen=True, slots=True)
class Applicants:
    """Reads them of the rows of one file, from these columns; None where there is none."""

    keep: Keep = Keep.NONE
    name: int | None = None
    phone: int | None = None

    @classmethod
    def of(cls, header: Header, keep: Keep) -> Applicants:
        """The columns of one header. Where nothing is kept they are not looked for."""
        if keep is Keep.NONE:
            return cls()
        return cls(keep, _column(header, NAME), _column(header, PHONE))

    def read(self, row: Sequence[object]) -> Applicant:
        """What is kept of who filed the dossier of one row."""
        if self.keep is Keep.NONE:
            return NOBODY
        return applicant(self.keep, _cell(row, self.name), _cell(row, self.phone))


def _column(header: Header, field: str) -> int | None:
    if field in header.columns:
        return header.columns[field]
    others = set(header.columns.values()).union(header.aliases)
    return _found(field, header.names, others)


def known(titles: Sequence[str]) -> set[int]:
    """Which of these headers, none of them any other field's, are read for it when `columns:` names none."""
    names = [(squeeze(title),) for title in titles]
    return {at for field in HEADERS if (at := _found(field, names, set())) is not None}


def _found(field: str, names: Names, others: set[int]) -> int | None:
    for key in _KEYS[field]:
        found = [at for at in places(key, names) if at not in others]
        if len(found) == 1:
            return found[0]
    return None


def _cell(row: Sequence[object], column: int | None) -> str:
    return text_of(row[column]) if column is not None and column < len(row) else ""
