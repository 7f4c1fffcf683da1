"""Channels: one call to one provider, one classified result; no retries, no sleeping, no pacing here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.core.outcome import SendResult


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One part of a message as a channel sees it.

    `id` is unique per part and stays the same when the part is sent again; `text` is plain, NFC, already marked
    "(gửi lại)" when it is a repeat. `dossiers` holds `code`, `step`, `due_at` (ISO 8601 or None) and `url` of each
    dossier that this part names. `unit` is the person's.
    """

    id: str
    person: str
    person_name: str
    address: str | None
    phone: str | None
    unit: str | None
    kind: str
    urgency: str
    late: bool
    text: str
    part: int
    parts: int
    dossiers: Sequence[Mapping[str, str | None]]


class Channel(Protocol):
    """What every channel offers."""

    name: str

    async def send(self, part: Outgoing) -> SendResult:
        """Make one call. Never raises but CancelledError."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
