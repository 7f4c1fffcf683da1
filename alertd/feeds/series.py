"""A list that is read page by page: when it has ended, and whether it came whole (reference 5, problems 16 and 17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from alertd.core.errors import FeedError

MAX_ROWS = 5_000_000  # of one group; more than a province has in ten years


@dataclass
class Series:
    """The calls for one group, and whether together they can be trusted to be whole."""

    group: str
    rows: int = 0
    totals: list[int | None] = field(default_factory=list)
    _ended: bool = False
    _keys: set[str] = field(default_factory=set)
    _last: str = ""
    _by_number: bool = True
    _by_text: bool = True
    _repeated: bool = False

    def take(self, answer: object, where: str) -> list[Any]:
        """The rows of one answer. Raises FeedError when it is no list of dossiers."""
        total = whole(answer.get("total")) if isinstance(answer, dict) else None
        rows = answer.get("data", [] if total == 0 else None) if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise FeedError(
                f"{where}: group {self.group} answers JSON without a list of dossiers (`total`, `data`);"
                f" check that the address is that of an OpenCPS v2"
            )
        self.rows += len(rows)
        self.totals.append(total)
        self._ended = not rows
        if self.rows > MAX_ROWS:
            raise FeedError(f"{where}: group {self.group} does not end after {MAX_ROWS} dossiers; ask its operator")
        return rows

    def is_read(self, *, short: bool) -> bool:
        """Whether to stop: after an empty page, or when all that was announced has come (some portals cap pages)."""
        total = self.totals[-1]
        return self._ended or (short if total is None else self.rows >= total)

    def meet(self, key: str, here: set[str]) -> None:
        """Notes one row's key: its order, and whether another page (not this one, `here`) had it already."""
        self._by_number &= not self._last or rank(key) >= rank(self._last)
        self._by_text &= key >= self._last
        self._repeated |= key in self._keys and key not in here
        self._last = key
        self._keys.add(key)
        here.add(key)

    def doubt(self) -> str:
        """Why the group cannot be trusted to be whole; empty when it can."""
        total = self.totals[-1]
        if total is None:
            return f"group {self.group}: the portal does not say how many dossiers there are"
        if any(other != total for other in self.totals):
            return f"group {self.group}: the number of dossiers changed while they were read, to {total}"
        if self.rows != total:
            return f"group {self.group}: {self.rows} dossiers came and {total} were announced"
        if self._repeated and not (self._by_number or self._by_text):
            return f"group {self.group}: dossiers moved between pages while they were read"
        return ""


def whole(value: object) -> int | None:
    """A count, which may come as a text; None when it is none."""
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def rank(key: str) -> tuple[int, str]:
    """Numbers in their order."""
    return (len(key), key) if key.isdecimal() else (0, key)
