"""Portals that are asked over HTTP: half a login, no way to a token, parameters that are the feed's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.feeds import IgateFeed, PortalFeed
from alertd.config.reading import ALERTD

if TYPE_CHECKING:
    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at every such feed."""
    for at, feed in enumerate(context.settings.feeds if context.settings else ()):
        if not isinstance(feed, PortalFeed):
            continue
        _login(context, at, feed)
        for key in feed.filters.keys() & feed.reserved:
            context.add("feed.filter", context.key(ALERTD, "feeds", at, "filters", key), key=key)
        if isinstance(feed, IgateFeed):
            _igate(context, at, feed)


def _login(context: Context, at: int, feed: PortalFeed) -> None:
    if (feed.username is None) == (feed.password is None):
        return
    given, missing = ("password", "username") if feed.username is None else ("username", "password")
    context.add("feed.login", context.key(ALERTD, "feeds", at, given), given=given, missing=missing)


def _igate(context: Context, at: int, feed: IgateFeed) -> None:
    if (feed.sso is None) == (feed.token_url is None):
        where = context.key(ALERTD, "feeds", at, "token_url") if feed.sso else context.at(ALERTD, "feeds", at)
        context.add("igate.sso", where)
    if feed.client_secret is None and feed.username is None and feed.password is None:
        context.add("igate.login", context.key(ALERTD, "feeds", at, "client_id"))
