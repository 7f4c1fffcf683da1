"""The `opencps` feed: the REST interface of OpenCPS v2 (reference 1.2, 4.1, 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Observation, Reject
from alertd.feeds import Page, Source
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.http import JsonClient, base_of
from alertd.feeds.login import Basic
from alertd.feeds.opencps_dossier import Dossiers, key_of
from alertd.feeds.series import Series
from alertd.feeds.statuses import Statuses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

DOSSIERS = "/o/rest/v2/dossiers"
# A dossier's number never changes and new ones are higher: nothing moves between pages while they are read. OpenCPS
# itself sorts by time of change unless told otherwise. `order` false is ascending.
SORT = {"sort": "dossierId", "order": "false"}
PASSES = 2  # when something moved all the same, the group is read once more before the poll is called incomplete


class OpencpsFeed:
    """One portal; `groups` are its site groups, each read by calls of its own with the header `groupId`.

    `zone` is that of the portal's dates, of those labelled `Z` too. `timeout` and `pause`, the first wait between
    tries, are in seconds. `due_midnight` is date, exact or None (DESIGN section 4). Raises FeedInputError for a wrong
    address.
    """

    def __init__(
        self,
        name: str,
        url: str,
        groups: Sequence[str],
        username: str,
        password: str,
        *,
        zone: ZoneInfo,
        page_size: int = 200,
        timeout: float = 30.0,
        channel_values: Mapping[str, Sequence[str]] | None = None,
        statuses: Mapping[str, Sequence[str]] | None = None,
        due_midnight: str | None = None,
        pause: float = 0.5,
    ) -> None:
        self.name = name
        self._label = str(base_of(name, url))
        self._groups = [str(group) for group in groups]
        self._auth = Basic(username, password) if username else None
        self._page_size = page_size
        self._timeout = timeout
        self._pause = pause
        self._reader = Dossiers(
            Dates(zone, z_is_local=True, epoch_ms=True),
            Statuses.of(statuses or {}),
            own_values(channel_values or {}),
            due_midnight,
        )

    def sources(self, now: datetime) -> list[Source]:
        """The portal as it is now."""
        return [Source(self._label, now, self._pages)]

    async def _pages(self) -> AsyncIterator[Page]:
        seen: set[str] = set()
        doubts: list[str] = []
        client = JsonClient(self.name, self._label, timeout=self._timeout, pause=self._pause, auth=self._auth)
        async with client:
            for group in self._groups:
                doubt = ""
                for again in range(PASSES):
                    # Only the last pass counts for completeness; what an earlier one found is kept.
                    series = Series(group)
                    async for rows, start in self._rows(client, series):
                        yield self._page(rows, start, series, seen, again=bool(again))
                    doubt = series.doubt()
                    if not doubt:
                        break
                if doubt:
                    doubts.append(doubt)
        if not self._groups:
            doubts.append("the feed names no groups")
        yield Page((), incomplete="; ".join(doubts), skew=client.clock.skew)

    async def _rows(self, client: JsonClient, series: Series) -> AsyncIterator[tuple[list[Any], int]]:
        """All pages of one group: until nothing more comes, or as much as the portal says that there is."""
        while True:
            start = series.rows
            span = {"start": start, "end": start + self._page_size}
            answer = await client.get(DOSSIERS, {**span, **SORT}, {"groupId": series.group})
            rows = series.take(answer, f"feed {self.name}: {self._label}")
            yield rows, start
            if series.is_read(short=len(rows) < self._page_size):
                return

    def _page(self, rows: Iterable[Any], start: int, series: Series, seen: set[str], *, again: bool) -> Page:
        observations: list[Observation] = []
        rejects: list[Reject] = []
        here: set[str] = set()
        for number, row in enumerate(rows, start=start + 1):
            key = key_of(row)
            series.meet(key, here)
            if key and key in seen:
                continue  # an overlapping group, or a row joined per attachment: the first one stands
            seen.add(key)
            result = self._reader.read(number, key, row)
            if isinstance(result, Observation):
                observations.append(result)
            elif key or not again:
                rejects.append(result)
        return Page(observations, rejects)
