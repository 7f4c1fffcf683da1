"""The `opencps` feed: the REST interface of OpenCPS v2 (reference 1.2, 4.1, 4.3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from alertd.core.applicant import Keep
from alertd.core.errors import FeedError
from alertd.feeds import Source
from alertd.feeds.answers import Answers
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.http import JsonClient
from alertd.feeds.http_address import base_of
from alertd.feeds.listing import pages_of
from alertd.feeds.login import Basic
from alertd.feeds.opencps_dossier import Dossiers
from alertd.feeds.series import Answer, whole
from alertd.feeds.statuses import Statuses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from alertd.feeds import Page
    from alertd.feeds.series import Series

REST = "/o/rest/v2"
DOSSIERS = f"{REST}/dossiers"
# A dossier's number never changes and new ones are higher: nothing moves between pages while they are read. OpenCPS
# itself sorts by time of change unless told otherwise. `order` false is ascending.
SORT = {"sort": "dossierId", "order": "false"}


class OpencpsFeed:
    """One portal; `groups` are its site groups, each read by calls of its own with the header `groupId`.

    `filters` are parameters of the list, by their names there; `values` what the portal writes for service levels.
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
        filters: Mapping[str, str] | None = None,
        page_size: int = 200,
        timeout: float = 30.0,
        channel_values: Mapping[str, Sequence[str]] | None = None,
        statuses: Mapping[str, Sequence[str]] | None = None,
        values: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        due_midnight: str | None = None,
        keep_applicant: Keep = Keep.NONE,
        pause: float = 0.5,
    ) -> None:
        self.name = name
        self._label = str(base_of(name, url))
        self._base = self._label.rstrip("/").removesuffix(REST)  # people write it with and without
        self._groups = [str(group) for group in groups]
        self._auth = Basic(username, password) if username else None
        self._query = {**(filters or {}), **SORT}
        self._page_size = page_size
        self._timeout = timeout
        self._pause = pause
        self._reader = Dossiers(
            Dates(zone, z_is_local=True, epoch_ms=True),
            Statuses.of(statuses or {}),
            own_values(channel_values or {}),
            Answers.of(values or {}),
            due_midnight,
            keep_applicant,
        )

    def sources(self, now: datetime) -> list[Source]:
        """The portal as it is now."""
        return [Source(self._label, now, self._pages)]

    async def _pages(self) -> AsyncIterator[Page]:
        client = JsonClient(self.name, self._base, timeout=self._timeout, pause=self._pause, auth=self._auth)
        async with client:
            groups = {f"group {group}": partial(self._ask, client, group) for group in self._groups}
            async for page in pages_of(client, groups, self._reader):
                yield page

    async def _ask(self, client: JsonClient, group: str, series: Series) -> Answer:
        """The next page of one group. Raises FeedError when the answer is no list of dossiers."""
        span = {"start": series.rows, "end": series.rows + self._page_size}
        answer = await client.get(DOSSIERS, {**self._query, **span}, {"groupId": group})
        total = whole(answer.get("total")) if isinstance(answer, dict) else None
        rows = answer.get("data", [] if total == 0 else None) if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise FeedError(
                f"{client.where}: group {group} answers JSON without a list of dossiers (`total`, `data`);"
                f" check that the address is that of an OpenCPS v2"
            )
        return Answer(rows, self._page_size, total)
