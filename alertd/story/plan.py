"""The steps of a dossier's policy: when each falls due, for whom, and what an acknowledgement holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.acknowledging import Hold, held
from alertd.core.plan import instant
from alertd.story.answers import acks, upcoming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from alertd.core.plan import Anchor
    from alertd.core.policy import Policy
    from alertd.store.history import Record
    from alertd.story.facts import Local


def hold_on(
    record: Record, policy: Policy, anchor: Anchor, people: Mapping[str, set[str]], *, past: bool
) -> Hold | None:
    """What the first acknowledgement of the episode holds; `people` are those of each step."""
    told = ((step, people[step.name]) for step in policy.steps)
    return held(acks(record, past=past), policy.ack_holds, anchor.calendar, told)


def plan(
    policy: Policy, anchor: Anchor, people: Mapping[str, set[str]], hold: Hold | None, now: datetime, local: Local
) -> list[dict[str, Any]]:
    """Each step with its first instant and the next one that is to come, in the order of the policy."""
    made = []
    for step in policy.steps:
        planned = upcoming(step, anchor, now, hold)
        until = hold.until(step, planned) if hold and planned else planned
        made.append({
            "step": step.name,
            "at": local(instant(step, 0, anchor)),
            "every": step.every.text if step.every else None,
            "next": local(planned),
            "held_until": local(until) if until != planned else None,
            "to": [target.text for target in step.to],
            "people": sorted(people[step.name]),
        })  # fmt: skip
    return made


def first_of(planned: list[dict[str, Any]]) -> str | None:
    """The earliest instant that is to come; None when nothing is."""
    return min((step["held_until"] or step["next"] for step in planned if step["next"]), default=None)
