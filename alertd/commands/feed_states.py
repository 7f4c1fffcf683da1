"""The part of `alertd status` about feeds: how old their data are, and what is wrong with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd import assembly
from alertd.core.freshness import is_fresh
from alertd.messages.trouble import skew_of
from alertd.store import overview, polls, troubles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.config.load import Loaded


def feeds(connection: Connection, loaded: Loaded, now: datetime) -> list[dict[str, Any]]:
    """One entry for each feed that is configured; instants are in the configured zone.

    `failures` are polls in a row that were no good; `skew_seconds` is how far the portal's clock is ahead of ours.
    """
    states, aside = polls.states(connection), overview.quarantined(connection)
    standing = troubles.standing(connection)
    zone = loaded.rules.zone
    found = []
    for name, age in assembly.ages(loaded).items():
        row = states.get(name)
        as_of = row.as_of if row is not None else None
        found.append({
            "feed": name,
            "state": row.state if row is not None else "never",
            "fresh": is_fresh(as_of, age, loaded.rules.calendar, now),
            "as_of": as_of.astimezone(zone).isoformat() if as_of else None,
            "age_seconds": int((now - as_of).total_seconds()) if as_of else None,
            "rows": row.rows if row is not None else 0,
            "quarantined": aside.get(name, 0),
            "detail": row.detail if row is not None else "",
            "failures": row.failures if row is not None else 0,
            "skew_seconds": row.skew if row is not None else None,
            "troubles": [
                {"kind": each.kind, "since": each.since_at.astimezone(zone).isoformat(), "note": each.note}
                for each in standing if each.feed == name
            ],
        })  # fmt: skip
    return found


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    for feed in found["feeds"]:
        name = feed["feed"]
        age = "chưa đọc lần nào" if feed["as_of"] is None else f"dữ liệu lúc {feed['as_of'][:19]}"
        fresh = "mới" if feed["fresh"] else "CŨ"
        detail = f" · {feed['detail']}" if feed["detail"] else ""
        yield f"nguồn {name}: {feed['state']}, {age} ({fresh}), {feed['quarantined']} dòng treo{detail}"
        for trouble in feed["troubles"]:
            yield f"nguồn {name}: đã báo quản trị lúc {trouble['since'][:19]}: {trouble['note']}"
        if feed["skew_seconds"]:
            yield f"nguồn {name}: đồng hồ của cổng {skew_of(timedelta(seconds=feed['skew_seconds']))} đồng hồ máy này"
