"""Signed references to a message: in a button's data, and in the address of a page that needs no login.

Who holds the reference acts as the person to whom the message went, so each is bound to that person and expires.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: How long the buttons and pages of a message can be used.
VALID_FOR = timedelta(days=14)
_BUTTON = re.compile(r"([a-z]):(m[0-9a-f]{24}):([0-9a-f]{16})")
_PAGE = re.compile(r"(m[0-9a-f]{24})-([0-9a-z]{1,12})-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and opens references with one secret key. What is forged, foreign or expired opens as None."""

    key: bytes

    def button(self, action: str, message: str, person: str) -> str:
        """The data of a button (44 bytes): `a:m0123…:0123456789abcdef`; `action` is one letter."""
        return f"{action}:{message}:{self._mac('button', action, message, person)[:16]}"

    def open_button(self, data: str, person_of: Callable[[str], str | None]) -> tuple[str, str] | None:
        """Give (action, message id) of a genuine button; `person_of` tells whose message that is."""
        found = _BUTTON.fullmatch(data)
        person = person_of(found[2]) if found else None
        if found is None or person is None:
            return None
        expected = self._mac("button", found[1], found[2], person)[:16]
        return (found[1], found[2]) if hmac.compare_digest(found[3], expected) else None

    def page(self, message: str, person: str, now: datetime) -> str:
        """The last part of a page's address for one message and person, valid for 14 days from `now`."""
        expires = f"{int((now + VALID_FOR).timestamp()):x}"
        return f"{message}-{expires}-{self._mac('page', message, expires, person)[:32]}"

    def open_page(self, token: str, now: datetime, person_of: Callable[[str], str | None]) -> str | None:
        """Give the message id of a genuine page reference that has not expired at `now`."""
        found = _PAGE.fullmatch(token)
        person = person_of(found[1]) if found else None
        if found is None or person is None:
            return None
        if not hmac.compare_digest(found[3], self._mac("page", found[1], found[2], person)[:32]):
            return None
        try:
            expires = datetime.fromtimestamp(int(found[2], 16), UTC)
        except (OverflowError, ValueError, OSError):
            return None
        return found[1] if now < expires else None

    def form(self, session: str) -> str:
        """What every form of a session carries, so that no other site can post it."""
        return self._mac("form", session)[:32]

    def is_form(self, session: str, given: str) -> bool:
        """Whether a form was made for this session."""
        return hmac.compare_digest(self.form(session).encode(), given.encode())

    def _mac(self, *parts: str) -> str:
        return hmac.new(self.key, "|".join(parts).encode(), hashlib.sha256).hexdigest()
