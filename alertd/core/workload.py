"""What a replay means for people: how many messages and dossiers each is sent on each day, slots applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from alertd.core.replay import Replayed
    from alertd.core.slots import Slots
    from alertd.core.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Load:
    """One person's day: the messages that leave for them, and the dossiers that these name."""

    day: date
    person: str
    messages: int
    dossiers: int


def workload(alerts: Iterable[Replayed], slots: Slots, calendar: Calendar) -> list[Load]:
    """Loads by day and person, of alerts in order of their instants; `calendar` is that of the slots.

    A message leaves at the first slot at or after the alert's instant, once per person, and names each dossier once
    (DESIGN section 7). Critical alerts wait for no slot. Everything is sent that falls due: nobody acknowledges, no
    channel fails, no storm is held.
    """
    named: dict[tuple[date, str], dict[datetime, set[str]]] = {}
    leaves: datetime | None = None
    for alert in alerts:
        if alert.critical:
            at = alert.at
        else:
            if leaves is None or not slots.times or alert.at > leaves:
                leaves = slots.following(alert.at, calendar)
            at = leaves
        key = (at.astimezone(calendar.zone).date(), alert.person)
        named.setdefault(key, {}).setdefault(at, set()).add(alert.dossier)
    return [
        Load(day, person, len(messages), sum(map(len, messages.values())))
        for (day, person), messages in sorted(named.items())
    ]


def over(loads: Iterable[Load], ceiling: int | None) -> list[Load]:
    """The days on which somebody is told of more dossiers than they should be."""
    return [] if ceiling is None else [load for load in loads if load.dossiers > ceiling]
