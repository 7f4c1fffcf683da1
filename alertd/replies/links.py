"""What a message carries so that it can be answered: a signed page, and buttons where a channel has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alertd.core.conversation import Button

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.core.signing import Signer

#: The letter of each button's data, and what the button says.
BUTTONS = (("a", "Đã nhận"), ("e", "Giải trình"), ("h", "Chuyển"))


class Links(NamedTuple):
    """The address of the page, None without a public address; the buttons, none without a key."""

    page: str | None
    buttons: tuple[Button, ...]


def links(signer: Signer | None, public_url: str | None) -> Callable[[str, str, datetime], Links]:
    """Make the function that gives the links of a message (id) to a person (id) at an instant.

    Delivery reference 7.10. `public_url` has no slash at its end. Both kinds are bound to the person (`core.signing`).
    """

    def of(message: str, person: str, now: datetime) -> Links:
        if signer is None:
            return Links(None, ())
        page = f"{public_url}/m/{signer.page(message, person, now)}" if public_url else None
        return Links(page, tuple(Button(label, signer.button(letter, message, person)) for letter, label in BUTTONS))

    return of
