"""The part of `alertd status` about channels: who can be reached over each, and how it fares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.jobs.reach import Reach
from alertd.store import circuits, reachability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.store.database import Database

DAY = timedelta(days=1)
#: Answers that no table knows are shown for so long.
UNCLASSIFIED_FOR = timedelta(days=30)


def channels(connection: Connection, database: Database, loaded: Loaded, now: datetime) -> list[dict[str, Any]]:
    """One entry for each channel that is configured; instants are in the configured zone.

    `people` have a way that works, `connected` a chat they connected, `dead` counts refused addresses; `waiting` and
    `unknown_now` are parts in the outbox; `unclassified` counts codes of the last 30 days.
    """
    zone = loaded.settings.zone
    names = loaded.settings.channels.names
    people = _people(connection, database, loaded, now)
    open_, pauses = circuits.open_circuits(connection), reachability.pauses(connection, now)
    calls, queued = reachability.calls(connection, now - DAY), reachability.queued(connection)
    connected, dead = reachability.connected(connection), reachability.dead(connection)
    unclassified = reachability.unclassified(connection, now - UNCLASSIFIED_FOR)
    found = []
    for name in names:
        circuit = open_.get(name)
        since = _local(circuit.opened_at, zone) if circuit else None
        found.append({
            "channel": name,
            "people": people.get(name, 0),
            "connected": connected.get(name, 0),
            "dead": dead.get(name, 0),
            "circuit": {"open_since": since, "reason": circuit.reason} if circuit else None,
            "paused_until": _local(pauses.get(name), zone),
            "waiting": queued.get(name, (0, 0))[0],
            "accepted_24h": calls.get(name, (0, 0))[0],
            "failed_24h": calls.get(name, (0, 0))[1],
            "unknown_now": queued.get(name, (0, 0))[1],
            "unclassified": unclassified.get(name, {}),
        })  # fmt: skip
    return found


def credentials(connection: Connection, loaded: Loaded) -> list[dict[str, Any]]:
    """The state of each provider's token."""
    zone = loaded.settings.zone
    return [
        {
            "channel": row.channel,
            "version": row.version,
            "expires": _local(row.access_expires_at, zone),
            "state": row.state,
            "since": _local(row.state_since, zone),
            "detail": row.detail,
        }
        for row in reachability.grants(connection)
    ]


def lines(found: dict[str, Any]) -> Iterator[str]:
    """What people read: a line for each channel, one for each token."""
    for each in found["channels"]:
        parts = [f"{each['people']} người nhận được"]
        parts += [f"{each['connected']} đã kết nối"] if each["connected"] else []
        parts += [f"{each['dead']} địa chỉ hỏng"] if each["dead"] else []
        parts += [f"24 giờ qua gửi được {each['accepted_24h']}, không được {each['failed_24h']}"]
        parts += [f"đang chờ {each['waiting']}"] if each["waiting"] else []
        parts += [f"không rõ {each['unknown_now']}"] if each["unknown_now"] else []
        parts += [f"nghỉ đến {each['paused_until'][:19]}"] if each["paused_until"] else []
        parts += [f"mã lạ {code} × {count}" for code, count in each["unclassified"].items()]
        if each["circuit"]:
            parts.insert(0, f"NGỪNG từ {each['circuit']['open_since'][:19]} ({each['circuit']['reason']})")
        yield f"kênh {each['channel']}: {', '.join(parts)}"
    for each in found["credentials"]:
        detail = f", {each['detail']}" if each["detail"] else ""
        yield f"khóa {each['channel']}: {each['state']}, lần {each['version']}, đến {each['expires'][:19]}{detail}"


def _people(connection: Connection, database: Database, loaded: Loaded, now: datetime) -> dict[str, int]:
    """How many people each channel reaches by a way that works."""
    reach = Reach(database, loaded.rules, set(loaded.settings.channels.names))
    counts: dict[str, int] = {}
    for person in loaded.rules.organisation.people:
        living = {way.channel for way in reach.ways(connection, person, now) if not way.dead}
        for channel in living:
            counts[channel] = counts.get(channel, 0) + 1
    return counts


def _local(at: datetime | None, zone: Any) -> str | None:
    return at.astimezone(zone).isoformat() if at else None
