"""When to come back: minutes for rates, Vietnamese mornings for quotas and nights (delivery reference 7.2)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alertd.channels.zalo.codes import Again

#: Zalo's own clock, whatever zone people see.
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = time(6, 5)
JITTER_SECONDS = 600


def instant(again: Again, now: datetime, part_id: str) -> datetime:
    """The instant (UTC) for a part; its id spreads the parts of one morning, the same way each time."""
    if again is Again.NEXT_MINUTE:
        return next_minute(now)
    if again is Again.NEXT_HOUR:
        return now.astimezone(UTC) + timedelta(hours=1)
    if again is Again.NEXT_DAY:
        return next_day(now)
    local = now.astimezone(ZONE)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    spread = int.from_bytes(hashlib.sha256(part_id.encode()).digest()[:4]) % JITTER_SECONDS
    return datetime.combine(day, MORNING, ZONE).astimezone(UTC) + timedelta(seconds=spread)


def next_minute(now: datetime) -> datetime:
    """The full minute after `now`, UTC."""
    return now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)


def next_day(now: datetime) -> datetime:
    """06:05 of the next day in Vietnam, UTC."""
    return datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), MORNING, ZONE).astimezone(UTC)
