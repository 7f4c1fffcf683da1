"""The steps of a dossier's policy: when each falls due, for whom, and what an acknowledgement holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.acknowledging import Hold, held
from alertd.core.plan import first_from, instant
from alertd.story import sums
from alertd.story.answers import acks, upcoming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.plan import Anchor
    from alertd.core.policy import Policy, Step
    from alertd.store.history import Record
    from alertd.story.situation import Situation


def hold_on(
    record: Record, policy: Policy, anchor: Anchor, people: Mapping[str, set[str]], *, past: bool
) -> Hold | None:
    """What the first acknowledgement of the episode holds; `people` are those of each step."""
    told = ((step, people[step.name]) for step in policy.steps)
    return held(acks(record, past=past), policy.ack_holds, anchor.calendar, told)


def plan(of: Situation) -> list[dict[str, Any]]:
    """Each step with its first instant, the next one to come and how that is reached, in the order of the policy."""
    if of.policy is None or of.anchor is None:
        return []
    return [_step(of, of.policy, of.anchor, step) for step in of.policy.steps]


def _step(of: Situation, policy: Policy, anchor: Anchor, step: Step) -> dict[str, Any]:
    planned = upcoming(step, anchor, of.now, of.hold)
    until = of.hold.until(step, planned) if of.hold and planned else planned
    found = first_from(step, anchor, planned) if planned else None
    return {
        "step": step.name,
        "at": of.local(instant(step, 0, anchor)),
        "every": step.every.text if step.every else None,
        "next": of.local(planned),
        "held_until": of.local(until) if until != planned else None,
        "to": [target.text for target in step.to],
        "people": sorted(of.people[step.name]),
        "rule": of.places.step(policy.name, step.name) if of.places else None,
        "sum": sums.of_step(step, found[0], anchor, found[1]) if found else None,
    }


def first_of(planned: list[dict[str, Any]]) -> str | None:
    """The earliest instant that is to come; None when nothing is."""
    return min((step["held_until"] or step["next"] for step in planned if step["next"]), default=None)
