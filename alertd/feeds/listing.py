"""Lists of a portal as pages of observations: each dossier once, read again where a doubt is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from alertd.core.dossier import Observation, Reject
from alertd.feeds import Page
from alertd.feeds.series import Series

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from alertd.feeds.http import JsonClient
    from alertd.feeds.series import Answer

    #: Asks for the page that comes next in a series. Raises FeedError.
    Ask = Callable[[Series], Awaitable[Answer]]

PASSES = 2  # when something moved all the same, a list is read once more before the poll is called incomplete


class Reader(Protocol):
    """How one kind of portal writes a dossier."""

    def key_of(self, row: Any) -> str:
        """The portal's own name for a dossier; empty when the row has none."""
        ...

    def read(self, number: int, key: str, row: Any) -> Sequence[Observation | Reject]:
        """One row, by its number in the list: its dossier, why it cannot be taken, or both when part of it cannot."""
        ...


async def pages_of(client: JsonClient, lists: Mapping[str, Ask], reader: Reader) -> AsyncIterator[Page]:
    """All lists, by name; the last page says why they cannot be trusted to be whole, if so. Raises FeedError.

    Only the last reading of a list counts for that; what an earlier one found is kept.
    """
    seen: set[str] = set()
    doubts = [] if lists else ["the feed names no list"]
    for name, ask in lists.items():
        series: Series | None = None
        for _ in range(PASSES):
            series = Series(name, before=series)
            while not series.is_read:
                answer = await ask(series)
                first = series.rows + 1
                series.take(answer, client.where)
                yield _page(answer.rows, first, series, seen, reader)
            if not series.doubt():
                break
        if series and (doubt := series.doubt()):
            doubts.append(doubt)
    yield Page((), incomplete="; ".join(doubts), skew=client.clock.skew)


def _page(rows: Sequence[Any], first: int, series: Series, seen: set[str], reader: Reader) -> Page:
    observations: list[Observation] = []
    rejects: list[Reject] = []
    here: set[str] = set()
    for number, row in enumerate(rows, start=first):
        key = reader.key_of(row)
        series.meet(key, here)
        if key in seen or (not key and series.before):
            continue  # an overlapping list, a row joined per attachment, a second reading: the first one stands
        if key:
            seen.add(key)
        for result in reader.read(number, key, row):
            if isinstance(result, Observation):
                observations.append(result)
            else:
                rejects.append(result)
    return Page(observations, rejects)
