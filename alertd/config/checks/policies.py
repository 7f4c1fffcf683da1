"""Policies that hide each other, match nothing, or leave dossiers without one."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from alertd.config.nearest import nearest
from alertd.config.reading import ESCALATION
from alertd.core.dossier import Filing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.config.checks.context import Context
    from alertd.config.escalation import MatchModel, PolicyModel
    from alertd.core.directory import Directory

_KEYS = ("unit", "procedure", "field", "channel")
#: Combinations of one policy's values beyond which nobody's patience is tried.
_MOST_COMBINATIONS = 20_000


def check(context: Context) -> None:
    """Look at the order and the matches of all policies."""
    if context.escalation is None:
        return
    policies = context.escalation.policies
    names: set[str] = set()
    for at, policy in enumerate(policies):
        if policy.name in names:
            context.add("policy.duplicate-name", context.at(ESCALATION, "policies", at, "name"), name=policy.name)
        names.add(policy.name)
        _values(context, at, policy.match)
    for clock in ("due", "accept"):
        _order(context, [(at, policy) for at, policy in enumerate(policies) if policy.clock == clock], clock)


def _values(context: Context, at: int, match: MatchModel) -> None:
    for key in _KEYS:
        if getattr(match, key) == ():
            context.add("match.empty", context.at(ESCALATION, "policies", at, "match", key))
    for index, channel in enumerate(match.channel or ()):
        if channel not in set(Filing):
            place = context.at(ESCALATION, "policies", at, "match", "channel", index)
            context.add("match.channel", place, value=channel, near=nearest(channel, Filing))
    if context.organisation is None or context.directory is None:
        return
    for index, unit in enumerate(match.unit or ()):
        place, code = context.at(ESCALATION, "policies", at, "match", "unit", index), unit.removeprefix("=")
        if code not in context.unit_codes:
            context.add("unit.unknown", place, code=code, near=nearest(code, context.unit_codes))
        elif len(match.unit or ()) == 1 and context.directory.living(code) != code:
            context.add("match.closed", place, unit=code)


def _order(context: Context, policies: list[tuple[int, PolicyModel]], clock: str) -> None:
    if not policies:
        if clock == "due":
            context.add("policy.last", context.key(ESCALATION, "policies"), clock=clock)
        return
    last, policy = policies[-1]
    if _everything(policy.match):
        pass
    elif context.source(ESCALATION) is not None:
        written = context.reading.sources[ESCALATION].has("policies", last, "match")
        path = ("policies", last, "match") if written else ("policies", last)
        context.add("policy.last", context.at(ESCALATION, *path), clock=clock)
    for index, (at, later) in enumerate(policies):
        earlier = [policy for _, policy in policies[:index]]
        same = next((p for p in earlier if _same(p.match, later.match)), None)
        place = context.at(ESCALATION, "policies", at, "match")
        if same is not None:
            context.add("policy.same-match", place, other=same.name)
        elif _covered(later.match, [p.match for p in earlier], context.directory):
            context.add("policy.unreachable", place, name=later.name)


def _everything(match: MatchModel) -> bool:
    return all(getattr(match, key) is None for key in _KEYS)


def _same(one: MatchModel, other: MatchModel) -> bool:
    return all(_as_set(getattr(one, key)) == _as_set(getattr(other, key)) for key in _KEYS)


def _as_set(values: Sequence[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


def _covered(later: MatchModel, earlier: list[MatchModel], directory: Directory | None) -> bool:
    """Whether each combination of values that `later` takes is taken by one earlier policy already."""
    if not earlier:
        return False
    written = [getattr(later, key) for key in _KEYS]
    if any(values == () for values in written):
        return False
    ways = [values if values is not None else (None,) for values in written]
    combinations = 1
    for values in ways:
        combinations *= len(values)
    if combinations > _MOST_COMBINATIONS:
        return False
    return all(any(_takes(match, way, directory) for match in earlier) for way in product(*ways))


def _takes(match: MatchModel, way: tuple[str | None, ...], directory: Directory | None) -> bool:
    """Whether `match` takes every dossier of one combination; None in it stands for any value."""
    for key, value in zip(_KEYS, way, strict=True):
        wanted = getattr(match, key)
        if wanted is None:
            continue
        if value is None:
            return False
        if value not in wanted and not (key == "unit" and _below(value, wanted, directory)):
            return False
    return True


def _below(unit: str, wanted: Sequence[str], directory: Directory | None) -> bool:
    if directory is None:
        return False
    code = unit.removeprefix("=")
    return any(not above.startswith("=") and directory.within(code, above) for above in wanted)
