"""Slots that stand twice or lie in the quiet hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.reading import ALERTD

if TYPE_CHECKING:
    from datetime import time

    from alertd.config.checks.context import Context
    from alertd.config.times import Quiet


def check(context: Context) -> None:
    """Look at the slots of `delivery`."""
    if context.settings is None:
        return
    delivery = context.settings.delivery
    seen: set[time] = set()
    for index, slot in enumerate(delivery.slots):
        place = context.at(ALERTD, "delivery", "slots", index)
        shown = f"{slot:%H:%M}"
        if slot in seen:
            context.add("slots.twice", place, value=shown)
        elif delivery.quiet is not None and _within(slot, delivery.quiet):
            context.add("slots.quiet", place, value=shown)
        seen.add(slot)


def _within(slot: time, quiet: Quiet) -> bool:
    if quiet.start < quiet.end:
        return quiet.start <= slot < quiet.end
    return slot >= quiet.start or slot < quiet.end
