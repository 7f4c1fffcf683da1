"""People: ids that stand twice or nowhere, posts and leave that overlap, groups and a fallback of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.checks.spans import backwards, overlap, overlaps
from alertd.config.nearest import nearest
from alertd.config.reading import ALERTD, ORGANISATION

if TYPE_CHECKING:
    from alertd.config.checks.context import Context
    from alertd.config.organisation import OrganisationModel, PersonModel


def check(context: Context) -> None:
    """Look at every person and group."""
    model = context.organisation
    if model is None:
        return
    seen: set[str] = set()
    for at, person in enumerate(model.people):
        if person.id in seen:
            context.add("person.duplicate", context.at(ORGANISATION, "people", at, "id"), id=person.id)
        seen.add(person.id)
        _posts(context, person, ("people", at))
        _away(context, person, ("people", at))
    _portal_ids(context, model)
    for name, members in model.groups.items():
        if not members:
            context.add("group.empty", context.at(ORGANISATION, "groups", name), name=name)
        for index, member in enumerate(members):
            _person_known(context, member, ("groups", name, index))
    _fallback(context, model)
    _admin(context)


def _person_known(context: Context, person: str, path: tuple[str | int, ...]) -> None:
    if person not in context.person_ids:
        near = nearest(person, context.person_ids)
        context.add("person.unknown", context.at(ORGANISATION, *path), id=person, near=near)


def _posts(context: Context, person: PersonModel, path: tuple[str | int, ...]) -> None:
    for index, post in enumerate(person.posts):
        backwards(context, post, (*path, "posts", index))
        if post.unit not in context.unit_codes:
            place = context.at(ORGANISATION, *path, "posts", index, "unit")
            context.add("unit.unknown", place, code=post.unit, near=nearest(post.unit, context.unit_codes))
    for later, earlier in overlaps([((post.unit, post.post), post) for post in person.posts]):
        other = person.posts[earlier]
        place = context.at(ORGANISATION, *path, "posts", later)
        context.add("span.overlap", place, other=f"{other.post} {other.unit}")


def _away(context: Context, person: PersonModel, path: tuple[str | int, ...]) -> None:
    for index, away in enumerate(person.away):
        backwards(context, away, (*path, "away", index))
        if away.to == person.id:
            context.add("away.self", context.at(ORGANISATION, *path, "away", index, "to"))
        _person_known(context, away.to, (*path, "away", index, "to"))
    for later, earlier in overlaps([("away", away) for away in person.away]):
        place = context.at(ORGANISATION, *path, "away", later)
        context.add("span.overlap", place, other=f"away {person.away[earlier].to}")


def _portal_ids(context: Context, model: OrganisationModel) -> None:
    """One portal id of two people who are there at the same time."""
    owners: dict[str, list[PersonModel]] = {}
    for at, person in enumerate(model.people):
        for index, portal_id in enumerate(person.portal_ids):
            other = next((o for o in owners.get(portal_id, ()) if o.id != person.id and _together(o, person)), None)
            if other is not None:
                place = context.at(ORGANISATION, "people", at, "portal_ids", index)
                context.add("person.portal-id", place, value=portal_id, other=other.id)
            owners.setdefault(portal_id, []).append(person)


def _together(one: PersonModel, other: PersonModel) -> bool:
    if not one.posts or not other.posts:
        return True
    return any(overlap(mine, theirs) for mine in one.posts for theirs in other.posts)


def _fallback(context: Context, model: OrganisationModel) -> None:
    target = model.fallback
    known = context.person_ids if target.post == "person" else context.group_names
    empty = target.post == "group" and target.arg in model.groups and not model.groups[target.arg]
    if target.arg not in known or empty:
        place = context.at(ORGANISATION, "fallback")
        context.add("fallback.nobody", place, value=target.text, near=nearest(target.arg, known))


def _admin(context: Context) -> None:
    target = context.settings.admin if context.settings else None
    if target is None:
        return
    place = context.at(ALERTD, "admin")
    if target.post == "person" and target.arg not in context.person_ids:
        context.add("person.unknown", place, id=target.arg, near=nearest(target.arg, context.person_ids))
    if target.post == "group" and target.arg not in context.group_names:
        context.add("group.unknown", place, name=target.arg, near=nearest(target.arg, context.group_names))
