"""`rest` feeds: a field for the code, tables that are read, a body that is sent, a map that is fit for its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.feeds import MAPS, RestFeed
from alertd.config.reading import ALERTD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at every feed that is one."""
    for at, feed in enumerate(context.settings.feeds if context.settings else ()):
        if isinstance(feed, RestFeed):
            _look(context, at, feed)


def _look(context: Context, at: int, feed: RestFeed) -> None:
    fields = feed.completed().fields
    if "code" not in fields:
        context.add("fields.code", context.key(ALERTD, "feeds", at, "fields"))
    for field, path in _tables(feed):
        if field not in fields:
            context.add("fields.unread", context.key(ALERTD, "feeds", at, *path), key=path[-1], field=field)
    _sent(context, at, feed)
    if feed.map is not None and feed.deadlines and not MAPS[feed.map].fit:
        key = "deadlines" if context.reading.sources[ALERTD].has("feeds", at, "deadlines") else "map"
        context.add("map.deadlines", context.at(ALERTD, "feeds", at, key), map=feed.map)


def _sent(context: Context, at: int, feed: RestFeed) -> None:
    if feed.method == "GET":
        for key in ("body", "form"):
            if getattr(feed, key) is not None:
                context.add("method.body", context.key(ALERTD, "feeds", at, key), key=key)
        if feed.paging is not None and feed.paging.place == "body":
            context.add("method.body", context.at(ALERTD, "feeds", at, "paging", "in"), key="in: body")
    if feed.body is not None and feed.form is not None:
        context.add("body.twice", context.key(ALERTD, "feeds", at, "form"))


def _tables(feed: RestFeed) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which field each table that is written needs, and where the table stands."""
    if feed.statuses:
        yield "status", ("statuses",)
    if feed.channel_values:
        yield "channel", ("channel_values",)
    yield from ((field, ("values", field)) for field, places in feed.values if places)
