"""Making invitations: for whom, on which channel, with which token, and how the person uses it (reference 7.10)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.organisation import Person

#: Channels on which a person connects a chat of their own.
TELEGRAM, ZALO, ZALO_BOT = CHANNELS = ("telegram", "zalo", "zalo_bot")
#: A link is opened when there is time for it; a code is typed while somebody dictates it.
LINK_VALID, CODE_VALID = timedelta(hours=24), timedelta(minutes=15)
#: A list is printed, handed round and used over a weekend.
LIST_VALID = timedelta(hours=72)
#: A code that can be guessed at for longer than this has more digits: with hundreds of invitations open for days,
#: eight would be too few against many senders with five tries a quarter of an hour each.
SHORT_CODE_FOR, SHORT_CODE, LONG_CODE = timedelta(hours=1), 8, 12


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's invitation. `shown` is the link, or the words to type; it is never stored."""

    person: Person
    channel: str
    shown: str
    expires_at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Names:
    """By what people find the office on its channels: the Telegram bot's user name, the Zalo account's id."""

    telegram: str = ""
    zalo: str = ""


def invite(
    connection: Connection, person: Person, channel: str, names: Names, now: datetime, valid: timedelta
) -> Invitation:
    """Make an invitation; the person's earlier open ones on that channel are worthless from now on."""
    expires_at = now + valid
    token = _token(channel, valid)
    while not people.invite(connection, person.id, channel, token, now, expires_at):
        token = _token(channel, valid)
    if channel == TELEGRAM:
        return Invitation(person, channel, f"https://t.me/{names.telegram}?start={token}", expires_at,
                          "Mở đường dẫn trên điện thoại có Telegram rồi bấm Bắt đầu (Start).")  # fmt: skip
    where = "Trong Zalo, mở trò chuyện với bot của cơ quan"
    if channel == ZALO:
        link = f" (https://zalo.me/{names.zalo})" if names.zalo else ""
        where = f"Trong Zalo, mở Official Account của cơ quan{link}, bấm Quan tâm"
    grouped = " ".join(token[at : at + 4] for at in range(0, len(token), 4)) if len(token) > SHORT_CODE else token
    return Invitation(person, channel, f"LIENKET {grouped}", expires_at, f"{where}, rồi gõ nguyên dòng này và gửi.")


def _token(channel: str, valid: timedelta) -> str:
    if channel == TELEGRAM:
        return secrets.token_urlsafe(32)
    digits = SHORT_CODE if valid <= SHORT_CODE_FOR else LONG_CODE
    return f"{secrets.randbelow(10**digits):0{digits}}"
