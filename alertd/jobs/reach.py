"""Reach: the ways to each person, from the configuration, the chats they connected and the addresses that are dead."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from alertd.core.ways import Connected, Way, ways
from alertd.store import addresses, people

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.organisation import Contact, Person
    from alertd.core.rules import Rules
    from alertd.store.database import Database


@dataclass(frozen=True)
class Known:
    """What the database says of addresses, as it was when `fingerprint` was taken."""

    fingerprint: tuple[Any, ...]
    connected: Mapping[str, Mapping[str, Connected]]
    dead: frozenset[tuple[str, str, str]]
    moved: Mapping[tuple[str, str], str]

    def other_ways(self, later: Known) -> set[str]:
        """The people whose addresses or chats are not the same any more."""
        people = {person for person, _, _ in self.dead ^ later.dead}
        both = self.connected.keys() | later.connected.keys()
        return people | {person for person in both if self.connected.get(person) != later.connected.get(person)}


@dataclass
class Reach:
    """Shared by everything that sends; `channels` are those that are configured.

    It remembers what it read until `refresh` finds that something has changed.
    """

    database: Database
    rules: Rules
    channels: Container[str]
    known: Known | None = field(default=None, repr=False)

    def refresh(self, connection: Connection) -> bool:
        """Read addresses and connected chats anew if any has changed since; whether that was so."""
        present = addresses.fingerprint(connection)
        if self.known is not None and self.known.fingerprint == present:
            return False
        self.known = Known(
            present,
            people.connected(connection),
            frozenset(addresses.dead_addresses(connection)),
            addresses.moved(connection),
        )
        return True

    def ways(self, connection: Connection, person: str, now: datetime) -> list[Way]:
        """Every way to a person in the order they are tried; none for somebody the organisation does not know."""
        if self.known is None:
            self.refresh(connection)
        known = self.known
        somebody = self.rules.organisation.people.get(person)
        if somebody is None or known is None:
            return []
        return ways(_moved(somebody, known), known.connected.get(person, {}), known.dead, self.channels, now)

    def route(self, connection: Connection, person: str, now: datetime) -> str:
        """The channel of the first living way to a person; '' where there is none."""
        return next((way.channel for way in self.ways(connection, person, now) if not way.dead), "")


def _moved(person: Person, known: Known) -> Person:
    """The person with the addresses that a provider gave in place of those in the configuration."""
    if not known.moved or not any((c.channel, c.address) in known.moved for c in person.contacts):
        return person
    return replace(person, contacts=tuple(_present(contact, known.moved) for contact in person.contacts))


def _present(contact: Contact, moved: Mapping[tuple[str, str], str]) -> Contact:
    address = contact.address
    for _ in range(len(moved)):
        if address is None or (contact.channel, address) not in moved:
            break
        address = moved[contact.channel, address]
    return replace(contact, address=address)
