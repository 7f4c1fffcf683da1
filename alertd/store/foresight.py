"""What a change of the rules would mean for the dossiers that are open now (DESIGN section 5); nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.plan import BEGINNING, first_from
from alertd.store import replan
from alertd.store.known import fired_steps
from alertd.store.paging import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Next:
    """A step and its instant; the step is empty where no step of the policy lies at that instant."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One open dossier: the steps that will not be applied to it, and its next step before and after the change.

    `not_applied` are steps with occurrence and instant: the change puts them before itself, so they never fire.
    """

    feed: str
    dossier: str
    not_applied: tuple[tuple[str, int, datetime], ...]
    before: Next | None
    after: Next | None

    @property
    def any(self) -> bool:
        """Whether the change means anything for the dossier."""
        return bool(self.not_applied) or self.before != self.after


def foresee(connection: Connection, old: Rules, new: Rules, now: datetime) -> Iterator[Effect]:
    """Every open dossier, in the order in which they were first seen, as `replan` would leave it at `now`."""
    last = None
    while rows := replan.open_after(connection, last):
        plans = replan.planned(connection, rows, old, new, now)
        fired = fired_steps(connection, [row.id for row in rows])
        skipped: dict[int, list[tuple[str, int, datetime]]] = {}
        for alert in plans.not_applied:
            skipped.setdefault(alert["dossier_id"], []).append((alert["step"], alert["occurrence"], alert["at"]))
        for row, plan in zip(rows, plans.plans, strict=True):
            yield Effect(
                row.feed,
                row.code,
                tuple(skipped.get(row.id, ())),
                _named(row, old, row.next_step_at or row.waiting_at, fired.get(row.id, {}), now),
                _named(row, new, plan.next_step_at or plan.waiting_at, plans.fired[row.id], now),
            )
        last = Place.of(rows[-1])


def _named(row: Row[Any], rules: Rules, at: datetime | None, fired: dict[str, int], now: datetime) -> Next | None:
    """The step that lies at a dossier's next instant."""
    if at is None:
        return None
    ground = replan.Ground.of(row, rules, now)
    if ground.policy is None or ground.anchor is None:
        return Next("", at)
    for step in ground.policy.steps:
        found = first_from(step, ground.anchor, BEGINNING, fired.get(step.name, -1))
        if found is not None and found[1] == at:
            return Next(step.name, at)
    return Next("", at)
