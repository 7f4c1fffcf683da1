"""How a portal is asked for the next page of a list: by number, by offset, by a link or a mark of its own, or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from alertd.core.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.feeds.found import Find
    from alertd.feeds.series import Series


@dataclass(frozen=True, slots=True)
class Turn:
    """What the next call asks for: parameters beside those of every call, or instead of all of them a link."""

    params: Mapping[str, str | int] = field(default_factory=dict)
    link: str = ""


class Paging(Protocol):
    """A way of asking for pages of `size` rows."""

    def turn(self, series: Series, size: int, mark: str) -> Turn:
        """The call for the page that comes next; `mark` is what the page before said of it."""
        ...

    def mark(self, answer: object) -> str | None:
        """What a page says of the next one; empty when there is none, None when pages of this portal do not say."""
        ...


class Whole:
    """One call gives all: the admin's word for it."""

    def turn(self, series: Series, size: int, mark: str) -> Turn:  # noqa: ARG002 - as all of them are called
        """The call as it is."""
        return Turn()

    def mark(self, answer: object) -> str | None:  # noqa: ARG002
        """There is no page after this one."""
        return ""


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Pages have numbers from `first` on."""

    parameter: str
    size: str
    first: int

    def turn(self, series: Series, size: int, mark: str) -> Turn:  # noqa: ARG002
        """The page after those that were read."""
        return Turn({self.parameter: self.first + series.answers, self.size: size})

    def mark(self, answer: object) -> str | None:  # noqa: ARG002
        """A page does not speak of the next one."""
        return None


@dataclass(frozen=True, slots=True)
class ByOffset:
    """Pages begin behind so many rows."""

    parameter: str
    size: str

    def turn(self, series: Series, size: int, mark: str) -> Turn:  # noqa: ARG002
        """Behind the rows that came, however many a page had: some portals cap it."""
        return Turn({self.parameter: series.rows, self.size: size})

    def mark(self, answer: object) -> str | None:  # noqa: ARG002
        """A page does not speak of the next one."""
        return None


@dataclass(frozen=True, slots=True)
class ByMark:
    """A page says where the next one is: by its address, or where `parameter` is named by a mark to send as that."""

    next: Find
    parameter: str | None
    size: str | None

    def turn(self, series: Series, size: int, mark: str) -> Turn:  # noqa: ARG002
        """Where the page before said; a link holds all parameters already."""
        if mark and self.parameter is None:
            return Turn(link=mark)
        params: dict[str, str | int] = {self.size: size} if self.size else {}
        return Turn(params | {self.parameter: mark} if mark and self.parameter else params)

    def mark(self, answer: object) -> str | None:
        """The address or mark. Raises FeedError when there is something else in its place."""
        found = [value for value in self.next(answer) if value not in (None, "", False)]
        if not found:
            return ""
        if len(found) > 1 or isinstance(found[0], bool) or not isinstance(found[0], str | int):
            raise FeedError(
                "`next:` of `paging:` finds something that is neither an address nor a mark; check the path"
            )
        return str(found[0])
