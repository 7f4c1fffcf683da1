"""From the settings of a feed to its adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.assembly.rest import rest
from alertd.config.feeds import IgateFeed as IgateSettings
from alertd.config.feeds import OpencpsFeed as OpencpsSettings
from alertd.config.feeds import RestFeed as RestSettings
from alertd.config.feeds import SheetFeed as SheetSettings
from alertd.core.applicant import Keep
from alertd.core.errors import InputError
from alertd.core.freshness import MaxAge
from alertd.feeds.igate import IgateFeed
from alertd.feeds.keycloak import grant
from alertd.feeds.opencps import OpencpsFeed
from alertd.feeds.sheet import SheetFeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.config.feeds import Feed as FeedSettings
    from alertd.config.load import Loaded
    from alertd.config.secrets import Secret
    from alertd.feeds import Feed


def feed_settings(loaded: Loaded, name: str) -> FeedSettings:
    """One feed's settings by name. Raises InputError with the names there are."""
    found = loaded.settings.feed(name)
    if found is None:
        names = ", ".join(feed.name for feed in loaded.settings.feeds)
        raise InputError(f"no feed is called {name!r} in {loaded.folder / 'alertd.yaml'}; there is: {names}")
    return found


def feed(loaded: Loaded, settings: FeedSettings) -> Feed:
    """The adapter of one feed."""
    if isinstance(settings, SheetSettings):
        return sheet(loaded, settings)
    if isinstance(settings, RestSettings):
        return rest(settings, loaded.settings.zone, kept(loaded))
    if isinstance(settings, IgateSettings):
        return _igate(loaded, settings)
    return _opencps(loaded, settings)


def kept(loaded: Loaded) -> Keep:
    """What is kept of who filed a dossier."""
    return Keep(loaded.settings.privacy.keep_applicant)


def sheet(loaded: Loaded, settings: SheetSettings) -> SheetFeed:
    """The adapter of a feed of files."""
    return SheetFeed(
        settings.name,
        settings.pattern(loaded.folder.absolute()),
        settings.zone or loaded.settings.zone,
        columns=settings.columns,
        channel_values=settings.channel_values,
        statuses=settings.statuses,
        values=_values(settings),
        month_first=settings.date_order == "month-first",
        due_midnight=settings.due_midnight,
        as_of=settings.as_of,
        encoding=settings.encoding,
        worksheet=settings.worksheet,
        keep_applicant=kept(loaded),
    )


def _opencps(loaded: Loaded, settings: OpencpsSettings) -> OpencpsFeed:
    return OpencpsFeed(
        settings.name,
        settings.url,
        settings.groups,
        settings.username or "",
        _revealed(settings.password),
        zone=settings.zone or loaded.settings.zone,
        filters=settings.filters,
        page_size=settings.page_size,
        timeout=settings.timeout.total_seconds(),
        channel_values=settings.channel_values,
        statuses=settings.statuses,
        values=_values(settings),
        due_midnight=settings.due_midnight,
        keep_applicant=kept(loaded),
    )


def _igate(loaded: Loaded, settings: IgateSettings) -> IgateFeed:
    secret, password = _revealed(settings.client_secret), _revealed(settings.password)
    return IgateFeed(
        settings.name,
        settings.url,
        settings.token_address,
        grant(settings.client_id, secret, settings.username or "", password),
        zone=settings.zone or loaded.settings.zone,
        spec=settings.spec,
        sort=settings.sort,
        filters=settings.filters,
        page_size=settings.page_size,
        timeout=settings.timeout.total_seconds(),
        channel_values=settings.channel_values,
        statuses=settings.statuses,
        values=_values(settings),
        due_midnight=settings.due_midnight,
        keep_applicant=kept(loaded),
    )


def _values(settings: FeedSettings) -> dict[str, Mapping[str, Sequence[str]]]:
    """What the feed writes for yes, no and the service levels, as far as it says so."""
    return {field: places for field, places in settings.values if places}


def _revealed(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


def ages(loaded: Loaded) -> dict[str, MaxAge]:
    """Each feed's `max_age`."""
    return {
        each.name: MaxAge(each.max_age.elapsed, None if each.max_age.elapsed else each.max_age.working_days)
        for each in loaded.settings.feeds
    }
