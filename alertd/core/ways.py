"""The ways to reach one person, in the order they are tried (delivery reference 7.6, DESIGN section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from alertd.core.organisation import Contact, Person

#: Zalo takes free text within seven days of the person's last word; half a day is kept for the message to wait.
CONSULTATION = timedelta(days=6, hours=12)
#: Channels that need no address.
ADDRESSLESS = frozenset({"console", "webhook"})
ZALO = "zalo"


@dataclass(frozen=True, slots=True)
class Connected:
    """A chat that a person has connected; `spoke_at` is when they last wrote (aware)."""

    address: str
    spoke_at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person; a dead one is passed over.

    `address` is the channel's own; for Zalo it carries the form: `cs:`, `uid:`, `phone:` or `group:` and the id.
    """

    channel: str
    address: str
    dead: bool = False
    phone: str | None = None


def ways(
    person: Person,
    connected: Mapping[str, Connected],
    dead: Container[tuple[str, str, str]],
    channels: Container[str],
    now: datetime,
) -> list[Way]:
    """Every way to a person over `channels`, in the order of the contacts; a place in the list means the same always.

    `connected` holds the person's chats by channel; `dead` (person, channel, address). A contact without an address is
    a dead way until the person connects it.
    """
    found = []
    for contact in person.contacts:
        if contact.channel in channels:
            for address, open_ in _addresses(contact, connected.get(contact.channel), now):
                gone = not open_ or (person.id, contact.channel, address) in dead
                found.append(Way(contact.channel, address, gone, contact.phone))
    return found


def _addresses(contact: Contact, chat: Connected | None, now: datetime) -> Iterator[tuple[str, bool]]:
    """Addresses of a contact, each with whether it can be used now."""
    if contact.channel in ADDRESSLESS:
        yield contact.address or contact.phone or "", True
        return
    address = contact.address or (chat.address if chat else "")
    if contact.channel != ZALO:
        yield address, bool(address)
        return
    if address:
        yield f"cs:{address}", chat is not None and chat.address == address and now - chat.spoke_at < CONSULTATION
        yield f"uid:{address}", True
    if contact.phone:
        yield f"phone:{contact.phone}", True
    if contact.group:
        yield f"group:{contact.group}", True
    if not address and not contact.phone and not contact.group:
        yield "uid:", False
