"""Names in `to:`, `roles:` and `report.to` that lead nowhere, and posts that nobody holds today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.compile import targets
from alertd.config.nearest import nearest
from alertd.config.reading import ALERTD, ESCALATION, ORGANISATION
from alertd.core.directory import DEPUTY, DUTY, HEAD, OFFICER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.config.checks.context import Context
    from alertd.config.escalation import MatchModel
    from alertd.config.findings import Place
    from alertd.config.organisation import OrganisationModel
    from alertd.core.directory import Directory
    from alertd.core.organisation import Target

#: The posts that DESIGN section 6 names; all others come from the organisation file.
STANDARD = frozenset({OFFICER, HEAD, DEPUTY, DUTY})


def check(context: Context) -> None:
    """Look at every target that a policy or role names."""
    if context.escalation is None or context.organisation is None or context.directory is None:
        return
    names = _Names(context, context.organisation, context.directory)
    _readers(context, names)
    for role, stands_for in context.escalation.roles.items():
        if role in STANDARD and [t.text for t in stands_for] != [role]:
            context.add("role.shadows", context.key(ESCALATION, "roles", role), name=role)
        for index, target in enumerate(stands_for):
            names.known(target, context.at(ESCALATION, "roles", role, index))
    for at, policy in enumerate(context.escalation.policies):
        units = names.units_of(policy.match)
        for index, step in enumerate(policy.steps):
            for position, target in enumerate(step.to):
                place = context.at(ESCALATION, "policies", at, "steps", index, "to", position)
                if target.text not in context.roles and not names.known(target, place):
                    continue
                for real in targets((target,), context.escalation.roles):
                    names.held(real, units, place)


def _readers(context: Context, names: _Names) -> None:
    """Who gets the weekly report."""
    report = context.settings.report if context.settings else None
    for position, target in enumerate((report and report.to) or ()):
        names.known(target, context.at(ALERTD, "report", "to", position))


class _Names:
    """What the organisation has, for targets to name."""

    def __init__(self, context: Context, model: OrganisationModel, directory: Directory) -> None:
        self._context = context
        self._directory = directory
        self._posts = STANDARD | context.posts
        self._kinds, self._lines = context.kinds, context.lines
        self._living = [unit.code for unit in model.units if directory.living(unit.code) == unit.code]
        self._by_kind = {kind: [u.code for u in model.units if u.kind == kind] for kind in self._kinds}
        self._order = {unit.code: at for at, unit in reversed(list(enumerate(model.units)))}
        self._held = {post.post for p in model.people for post in p.posts if context.today in post.span}
        self._told: set[tuple[str, str]] = set()

    def known(self, target: Target, place: Place) -> bool:
        """Whether all names in a target exist; a finding for the first that does not."""
        context = self._context
        if target.post == "person":
            if target.arg not in context.person_ids:
                context.add("person.unknown", place, id=target.arg, near=nearest(target.arg, context.person_ids))
            return False
        if target.post == "group":
            if target.arg not in context.group_names:
                context.add("group.unknown", place, name=target.arg, near=nearest(target.arg, context.group_names))
            return False
        if target.post not in self._posts:
            near = nearest(target.text if not target.where else target.post, {*self._posts, *context.roles})
            context.add("post.unknown", place, value=target.post, near=near)
            return False
        return self._where_known(target, place)

    def _where_known(self, target: Target, place: Place) -> bool:
        context = self._context
        if target.where == "kind" and target.arg not in self._kinds:
            context.add("target.kind", place, value=target.arg, near=nearest(target.arg, self._kinds))
            return False
        if target.where == "parent" and target.arg and target.arg not in self._lines:
            context.add("target.edge", place, value=target.arg, near=nearest(target.arg, self._lines))
            return False
        if target.where not in ("", "parent", "kind", "root") and target.where not in context.unit_codes:
            near = nearest(target.where, context.unit_codes)
            context.add("unit.unknown", place, code=target.where, near=near)
            return False
        return True

    def units_of(self, match: MatchModel) -> list[str]:
        """The units whose dossiers a policy may get."""
        if match.unit is None:
            return self._living
        only = {unit.removeprefix("=") for unit in match.unit}
        tops = [unit for unit in match.unit if not unit.startswith("=")]
        return [u for u in self._living if u in only or any(self._directory.within(u, top) for top in tops)]

    def held(self, target: Target, units: list[str], place: Place) -> None:
        """A warning for each unit at which a post that would be told is vacant; once per unit and post."""
        if target.post in ("person", "group") or target.post not in self._posts:
            return
        if target.post == OFFICER:
            return
        if target.where == "" and target.post != HEAD:
            if target.post not in self._held:
                self._context.add("post.vacant", place, post=target.post, unit="*")
            return
        for unit in self._seats(target, units):
            key = (unit, target.post)
            if key in self._told or self._directory.holders(*key):
                continue
            self._told.add(key)
            seat = self._context.at(ORGANISATION, "units", self._order[unit], "code")
            self._context.add("post.vacant", seat, post=target.post, unit=unit)

    def _seats(self, target: Target, units: list[str]) -> Iterator[str]:
        """The units at which a target looks for a holder."""
        if target.where == "":
            yield from units
        elif target.where == "kind":
            yield from (unit for unit in self._by_kind.get(target.arg, ()) if unit in set(self._living))
        elif target.where == "root":
            yield from dict.fromkeys(self._directory.line(unit)[-1] for unit in units)
        elif target.where == "parent":
            above = (self._directory.parent(unit, target.arg) for unit in units)
            yield from dict.fromkeys(unit for unit in above if unit in self._order)
        else:
            living = self._directory.living(target.where)
            yield from (living,) if living in self._order else ()
