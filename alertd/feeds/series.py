"""A list that is read page by page: when it has ended, and whether it came whole (reference 5, problems 16 and 17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from alertd.core.errors import FeedError

LONGEST = 18  # digits of a count; Python itself reads no more than some thousands
MAX_ROWS = 5_000_000  # of one list; more than a province has in ten years


@dataclass(frozen=True, slots=True)
class Answer:
    """One page as the portal gave it.

    `size` is how many rows a full page has. `total` is how many rows the list has and `last` whether this page ends it;
    None where the portal does not say.
    """

    rows: list[Any]
    size: int
    total: int | None = None
    last: bool | None = None


@dataclass
class Series:
    """The calls for one list, and whether together they can be trusted to be whole.

    `before` is the reading of the same list just before this one, if there was one.
    """

    name: str
    before: Series | None = None
    rows: int = 0
    answers: int = 0
    _totals: list[int | None] = field(default_factory=list)  # only where it differs from the answer before
    _page: Answer | None = None
    _news: bool = True
    keys: set[str] = field(default_factory=set)
    _last: str = ""
    _by_number: bool = True
    _by_text: bool = True
    _repeated: bool = False
    _stuck: bool = False

    def __post_init__(self) -> None:
        """Only the reading just before this one is compared with it."""
        if self.before:
            self.before.before = None

    def take(self, answer: Answer, where: str) -> None:
        """Counts one page. Raises FeedError for a list that does not end."""
        self._stuck |= self._is_old_news
        self.rows += len(answer.rows)
        self.answers += 1
        self._page = answer
        self._news = False
        if self._totals[-1:] != [answer.total]:
            self._totals.append(answer.total)
        if self.rows > MAX_ROWS:
            raise FeedError(f"{where}: {self.name} does not end after {MAX_ROWS} dossiers; ask its operator")

    def meet(self, key: str, here: set[str]) -> None:
        """Notes one row's key: its order, and whether another page (not this one, `here`) had it already."""
        if not key:
            self._news = True
            return
        self._by_number &= not self._last or rank(key) >= rank(self._last)
        self._by_text &= key >= self._last
        self._repeated |= key in self.keys and key not in here
        self._news |= key not in self.keys
        self._last = key
        self.keys.add(key)
        here.add(key)

    @property
    def is_read(self) -> bool:
        """Whether to stop: at an empty page, at what the portal calls the last one, or with all that was announced.

        A portal may cap its pages below what was asked for; so a short page ends only a list that says neither.
        """
        page = self._page
        if page is None:
            return False
        if not page.rows or page.last:
            return True
        if page.total is not None:
            return self.rows >= page.total
        return self._is_old_news or (page.last is None and len(page.rows) < page.size)

    def doubt(self) -> str:
        """Why the list cannot be trusted to be whole; empty when it can."""
        total = self._totals[-1]
        if self._stuck or (total is None and self._is_old_news):
            return f"{self.name}: the portal gives the same page again and again"
        if total is None and self._page and self._page.last is False:
            return f"{self.name}: the portal announced another page and gave none"
        if total is None and not self._found_again:
            return f"{self.name}: the portal does not say how many dossiers there are, and two readings did not agree"
        if len(self._totals) > 1 and not self._only_grew():
            return f"{self.name}: the number of dossiers changed while they were read, to {total}"
        if total is not None and self.rows != total:
            return f"{self.name}: {self.rows} dossiers came and {total} were announced"
        if self._repeated and not (self._in_order and self._found_again):
            return f"{self.name}: dossiers moved between pages while they were read"
        return ""

    @property
    def _is_old_news(self) -> bool:
        """Whether the page before had all of this one already."""
        return self._page is not None and bool(self._page.rows) and not self._news

    @property
    def _in_order(self) -> bool:
        return self._by_number or self._by_text

    @property
    def _found_again(self) -> bool:
        """Whether a second reading found all that the first one had found: neither can have missed what both show.

        A dossier on two pages, in order, is a joined table's if it is there again, else a page that has shifted.
        """
        return self.before is not None and self.before.keys <= self.keys

    def _only_grew(self) -> bool:
        """New dossiers came in at the end while the others kept their order: none of those can have been missed."""
        return self._in_order and all(
            before is not None and after is not None and before <= after for before, after in pairwise(self._totals)
        )


def whole(value: object) -> int | None:
    """A count, which may come as a text; None when it is none."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= LONGEST:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def rank(key: str) -> tuple[int, str]:
    """Numbers in their order."""
    return (len(key), key) if key.isdecimal() else (0, key)
