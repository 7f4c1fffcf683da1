"""Channels: one call to one provider, one classified result; no retries, no sleeping, no pacing here."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.core.conversation import Button
    from alertd.core.outcome import SendResult


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message: its name, with the ending that says what it is, and its bytes."""

    name: str
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """By the ending; `application/octet-stream` where that says nothing."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One part of a message as a channel sees it.

    `id` is unique per part and stays the same when the part is sent again; `text` is plain, NFC, already marked
    "(gửi lại)" when it is a repeat. `dossiers` holds `code`, `step`, `due_at` (ISO 8601 or None) and `url` of each
    dossier that this part names. `unit` is the person's. `page` is the address of a signed page on which the person
    can answer, or fetch a file that the channel does not carry; None where there is none. A text that names it already
    gets no second line about it. `buttons` are for channels that have buttons, and stand on the last part only. `file`
    is set only for a channel that carries one of its size.
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
    page: str | None = None
    buttons: tuple[Button, ...] = ()
    file: File | None = None


class Channel(Protocol):
    """What every channel offers.

    One whose provider tells later what has arrived may also have `receipt_wait(address) -> timedelta | None`: so long a
    message without an answer waits for its receipt before it is sent once more.
    """

    name: str
    #: The most bytes of a file that goes with a message; 0 where none can. The text then says where the file is.
    largest_file: int

    async def send(self, part: Outgoing) -> SendResult:
        """Make one call. Never raises but CancelledError."""
        ...

    async def probe(self) -> SendResult | None:
        """Ask, without a message, whether the channel works again; None where only a real message can tell.

        Never raises but CancelledError.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
