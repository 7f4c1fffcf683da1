"""Contacts: people whom no configured channel reaches, addresses that cannot be right or belong to two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from alertd.config.nearest import nearest
from alertd.config.reading import ALERTD, ORGANISATION
from alertd.core.mailbox import mailbox

if TYPE_CHECKING:
    from alertd.config.checks.context import Context
    from alertd.config.organisation import ContactModel, PersonModel

#: Digits as people group them; an ellipsis marks a sample's number.
_PHONE = re.compile(r"\+?[\d .\-()…]*\d[\d .\-()…]*")
#: What Zalo takes, once only the digits are left.
_VIETNAMESE = re.compile(r"(?:84|0)\d{9}")
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
    if contact.channel in _SHARED:
        return
    _shape(context, contact, path)
    _connectable(context, person, contact, path)
    for key in ("address", "chat_id", "user_id", "phone"):
        value = getattr(contact, key)
        if value is None or "…" in value:
            continue
        owner = owners.setdefault((contact.channel, _same(contact.channel, key, value)), person.id)
        if owner != person.id:
            place = context.at(ORGANISATION, *path, key)
            context.add("contact.duplicate", place, other=owner, channel=contact.channel)


def _shape(context: Context, contact: ContactModel, path: tuple[str | int, ...]) -> None:
    """Addresses that cannot be right."""
    for key in ("address", "chat_id"):
        value = getattr(contact, key)
        if contact.channel == "telegram" and value is not None and not _CHAT_ID.fullmatch(value):
            context.add("contact.chat-id", context.at(ORGANISATION, *path, key), value=value)
    if contact.channel == "email" and contact.address is not None and mailbox(contact.address) is None:
        context.add("email.bad", context.at(ORGANISATION, *path, "address"), value=contact.address)
    phone = contact.phone
    if phone is None:
        return
    vietnamese = contact.channel != "zalo" or "…" in phone or _VIETNAMESE.fullmatch(_digits(phone))
    if not (_PHONE.fullmatch(phone) and vietnamese):
        context.add("contact.phone", context.at(ORGANISATION, *path, "phone"), value=phone)


def _connectable(context: Context, person: PersonModel, contact: ContactModel, path: tuple[str | int, ...]) -> None:
    """Contacts without an address: there must be a way to get one."""
    if contact.address or contact.chat_id or contact.user_id or context.settings is None:
        return
    channels, place = context.settings.channels, context.at(ORGANISATION, *path)
    if contact.channel == "email" and channels.email is not None:
        context.add("contact.no-address", place, channel=contact.channel, id=person.id)
    if contact.channel == "telegram" and channels.telegram is not None and not channels.telegram.answers:
        context.add("contact.answers-off", place, id=person.id)
    web = context.settings.web
    hooked = web is not None and web.public_url is not None
    reachable = hooked or contact.phone or contact.group_id
    if contact.channel == "zalo" and channels.zalo is not None and not reachable:
        context.add("contact.no-hook", place, id=person.id)


def _same(channel: str, key: str, value: str) -> str:
    """One spelling for what is one address."""
    if key == "phone":
        return re.sub(r"^0", "84", _digits(value))
    return value.casefold() if channel == "email" else value


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
