"""Feeds: names twice, none at all, a sheet without codes, a label in two places, data old between two polls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.feeds import SheetFeed
from alertd.config.reading import ALERTD
from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at every feed."""
    if context.settings is None:
        return
    if not context.settings.feeds:
        context.add("feed.none", context.key(ALERTD, "feeds"))
    names: set[str] = set()
    source = context.reading.sources[ALERTD]
    for at, feed in enumerate(context.settings.feeds):
        if feed.name in names:
            context.add("feed.duplicate", context.at(ALERTD, "feeds", at, "name"), name=feed.name)
        names.add(feed.name)
        if isinstance(feed, SheetFeed):
            _columns(context, at, feed.columns)
        elif feed.max_age.elapsed is not None and feed.max_age.elapsed <= feed.every:
            key = next((name for name in ("every", "max_age") if source.has("feeds", at, name)), "name")
            context.add("feed.age", context.at(ALERTD, "feeds", at, key), name=feed.name)
        _labels(context, at, "statuses", feed.statuses)
        _labels(context, at, "channel_values", feed.channel_values)
        for field, places in feed.values:
            _labels(context, at, f"values.{field}", places)


def _columns(context: Context, at: int, columns: Mapping[str, Sequence[str]]) -> None:
    if columns and "code" not in columns:
        context.add("columns.code", context.at(ALERTD, "feeds", at, "columns"))
    for field, headers in columns.items():
        if len(headers) > 1 and field != "aliases":
            context.add("columns.several", context.at(ALERTD, "feeds", at, "columns", field), field=field)


def _labels(context: Context, at: int, key: str, places: Mapping[str, Sequence[str]]) -> None:
    seen: dict[str, str] = {}
    for place, labels in places.items():
        for index, label in enumerate(labels):
            other = seen.setdefault(fold(label), place)
            if other != place:
                where = context.at(ALERTD, "feeds", at, *key.split("."), place, index)
                context.add("label.twice", where, value=label, other=other)
