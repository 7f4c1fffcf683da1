"""What passes between people and alertd on a channel: what they send, what they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """What an inbound event is."""

    TEXT = "text"
    BUTTON = "button"
    #: The person blocked the bot, or no longer follows the account.
    GONE = "gone"
    #: The person is back: unblocked, or follows (again).
    BACK = "back"
    #: The provider says that a part, named by its id in `text`, has reached the phone.
    RECEIPT = "receipt"
    #: The provider speaks about the channel itself (quota, template); `text` says what.
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event from a channel. `key` is the provider's own id of it: it may be told several times.

    `address` is the chat as `Outgoing.address` takes it; empty for notices. `text` is what was written, or a button's
    data. `at` is an aware instant. `private` is False in a group, where nothing personal is answered.
    """

    channel: str
    key: str
    kind: Kind
    address: str
    at: datetime
    text: str = ""
    private: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: what it says, and the data (at most 64 bytes) that come back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `toast` is the short word shown beside a pressed button (at most 200 characters).

    `settles` says that the buttons under the message that was pressed have done their work and go.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    toast: str = ""
    settles: bool = False
