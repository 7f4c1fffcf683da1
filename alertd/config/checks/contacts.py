"""Contacts: people whom no configured channel reaches, addresses that cannot be right or belong to two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from alertd.config.nearest import nearest
from alertd.config.reading import ALERTD, ORGANISATION

if TYPE_CHECKING:
    from alertd.config.checks.context import Context
    from alertd.config.organisation import ContactModel, PersonModel

#: Digits as people group them; an ellipsis marks a sample's number.
_PHONE = re.compile(r"\+?[\d .\-()…]*\d[\d .\-()…]*")
_CHAT_ID = re.compile(r"-?\d{1,20}")
#: Contacts on these need no address and may be shared.
_SHARED = frozenset({"console", "webhook"})


def check(context: Context) -> None:
    """Look at the contacts of every person."""
    if context.organisation is None:
        return
    owners: dict[tuple[str, str], str] = {}
    for at, person in enumerate(context.organisation.people):
        if not person.contacts and not _gone(context, person):
            channel = next(iter(sorted(context.channel_names)), "console")
            place = context.at(ORGANISATION, "people", at)
            context.add("person.unreachable", place, id=person.id, channel=channel)
        for index, contact in enumerate(person.contacts):
            _contact(context, person, contact, ("people", at, "contacts", index), owners)


def _gone(context: Context, person: PersonModel) -> bool:
    """Somebody all of whose posts have ended; kept for the history."""
    return bool(person.posts) and all(post.last is not None and post.last < context.today for post in person.posts)


def _contact(
    context: Context,
    person: PersonModel,
    contact: ContactModel,
    path: tuple[str | int, ...],
    owners: dict[tuple[str, str], str],
) -> None:
    written = isinstance(context.values(ALERTD, "channels"), dict)
    if written and contact.channel not in context.channel_names:
        near = nearest(contact.channel, context.channel_names)
        context.add("contact.channel", context.at(ORGANISATION, *path, "channel"), channel=contact.channel, near=near)
    for key in ("address", "chat_id"):
        value = getattr(contact, key)
        if contact.channel == "telegram" and value is not None and not _CHAT_ID.fullmatch(value):
            context.add("contact.chat-id", context.at(ORGANISATION, *path, key), value=value)
    if contact.channel in _SHARED:
        return
    if contact.phone is not None and not _PHONE.fullmatch(contact.phone):
        context.add("contact.phone", context.at(ORGANISATION, *path, "phone"), value=contact.phone)
    for key in ("address", "chat_id", "user_id", "phone"):
        value = getattr(contact, key)
        if value is None:
            continue
        owner = owners.setdefault((contact.channel, value), person.id)
        if owner != person.id:
            place = context.at(ORGANISATION, *path, key)
            context.add("contact.duplicate", place, other=owner, channel=contact.channel)
