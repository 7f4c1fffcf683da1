"""The `igate` feed: the REST interface of VNPT iGate 2.0, behind its Keycloak (reference 1.4, 4.1, 4.3)."""

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
from alertd.feeds.igate_dossier import Dossiers
from alertd.feeds.keycloak import LOGIN, Token
from alertd.feeds.listing import pages_of
from alertd.feeds.series import Answer, whole
from alertd.feeds.statuses import Statuses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from alertd.feeds import Page
    from alertd.feeds.series import Series

DOSSIERS = "/pa/dossier/search"


class IgateFeed:
    """One portal.

    `token_url` is Keycloak's, `grant` the form that asks it for a token. `spec` is `page`, or `slice` for a portal that
    does not count. `filters` are parameters of the search, by their names there; `values` what the portal writes for
    service levels. `zone` is that of dates without an
    offset. `timeout` and `pause`, the first wait between tries, are in seconds. `due_midnight` is date, exact or None
    (DESIGN section 4). Raises FeedInputError for a wrong address.
    """

    def __init__(
        self,
        name: str,
        url: str,
        token_url: str,
        grant: Mapping[str, str],
        *,
        zone: ZoneInfo,
        spec: str = "page",
        sort: str = "id,asc",
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
        self._token_url = str(base_of(name, token_url))
        self._grant = grant
        self._query: dict[str, str | int] = {**(filters or {}), "spec": spec, "sort": sort, "remove-status": 0}
        self._page_size = page_size
        self._timeout = timeout
        self._pause = pause
        self._reader = Dossiers(
            Dates(zone, epoch_ms=True),
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
        refused = "the token is refused; check that its account or client may list dossiers"
        async with (
            JsonClient(self.name, self._token_url, login=LOGIN, timeout=self._timeout, pause=self._pause) as sso,
            JsonClient(
                self.name,
                self._label,
                auth=Token(sso, "", self._grant),
                login=refused,
                timeout=self._timeout,
                pause=self._pause,
            ) as client,
        ):
            async for page in pages_of(client, {"the list": partial(self._ask, client)}, self._reader):
                yield page

    async def _ask(self, client: JsonClient, series: Series) -> Answer:
        """The next page. Raises FeedError when the answer is no page of Spring's."""
        answer = await client.get(DOSSIERS, {**self._query, "page": series.answers, "size": self._page_size}, {})
        rows = answer.get("content") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise FeedError(
                f"{client.where}: the portal answers JSON without a list of dossiers (`content`);"
                f" check that the address is that of an iGate 2.0"
            )
        # newer servers write the numbers into an object of their own
        told = answer | answer["page"] if isinstance(answer.get("page"), dict) else answer
        last = told.get("last")
        return Answer(
            rows,
            whole(told.get("size")) or self._page_size,
            whole(told.get("totalElements")),
            last if isinstance(last, bool) else None,
        )
