"""Slots that stand twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.reading import ALERTD

if TYPE_CHECKING:
    from datetime import time

    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at the slots of `delivery`."""
    if context.settings is None:
        return
    delivery = context.settings.delivery
    seen: set[time] = set()
    for index, slot in enumerate(delivery.slots):
        place = context.at(ALERTD, "delivery", "slots", index)
        if slot in seen:
            context.add("slots.twice", place, value=f"{slot:%H:%M}")
        seen.add(slot)
