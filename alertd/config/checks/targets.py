"""Goals of the plan: scopes that lead nowhere, goals that overlap, a whole that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.checks.spans import backwards, overlaps
from alertd.config.nearest import nearest
from alertd.config.reading import ALERTD, TARGETS
from alertd.core.rates.goals import KIND, WHOLE

if TYPE_CHECKING:
    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at every goal, and at the unit that answers for the whole."""
    centre = context.settings.report.centre if context.settings else None
    if centre is not None and centre not in context.unit_codes:
        near = nearest(centre, context.unit_codes)
        context.add("unit.unknown", context.at(ALERTD, "report", "centre"), code=centre, near=near)
    if context.targets is None:
        return
    goals = context.targets.targets
    for at, goal in enumerate(goals):
        backwards(context, goal, ("targets", at), TARGETS)
        _scope(context, goal.scope, ("targets", at, "scope"))
        if goal.scope == WHOLE and centre is None and context.settings is not None:
            context.add("goal.no-centre", context.at(TARGETS, "targets", at, "scope"))
    for later, earlier in overlaps([((goal.scope, goal.indicator), goal) for goal in goals]):
        place = context.at(TARGETS, "targets", later)
        line = context.at(TARGETS, "targets", earlier).line
        context.add("goal.overlap", place, scope=goals[later].scope, indicator=goals[later].indicator, line=line)


def _scope(context: Context, scope: str, path: tuple[str | int, ...]) -> None:
    if scope == WHOLE or context.organisation is None:
        return
    if scope.startswith(KIND):
        kind, kinds = scope.removeprefix(KIND), context.kinds
        if kind not in kinds:
            context.add("target.kind", context.at(TARGETS, *path), value=kind, near=nearest(kind, kinds))
    elif scope not in context.unit_codes:
        near = nearest(scope, [*context.unit_codes, WHOLE])
        context.add("unit.unknown", context.at(TARGETS, *path), code=scope, near=near)
