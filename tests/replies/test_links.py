"""What a message carries: genuine, bound to its person, short enough for every channel."""

from __future__ import annotations

from alertd.core.signing import Signer
from alertd.replies.links import links
from tests.store.ground import DAY, at

NOW = at("03/06 08:00")
MESSAGE = "m0123456789abcdef01234567"
SIGNER = Signer(b"k" * 32)


def test_a_page_and_three_buttons_that_open_for_their_person_only():
    page, buttons = links(SIGNER, "https://canhbao.example")(MESSAGE, "an", NOW)
    address, _, token = page.rpartition("/m/")
    assert address == "https://canhbao.example"
    assert SIGNER.open_page(token, NOW + 13 * DAY, lambda _: "an") == MESSAGE
    assert SIGNER.open_page(token, NOW + 15 * DAY, lambda _: "an") is None
    assert SIGNER.open_page(token, NOW, lambda _: "binh") is None
    assert [button.label for button in buttons] == ["Đã nhận", "Giải trình", "Chuyển"]
    opened = [SIGNER.open_button(button.data, lambda _: "an") for button in buttons]
    assert opened == [("a", MESSAGE), ("e", MESSAGE), ("h", MESSAGE)]
    assert all(len(button.data.encode()) <= 64 for button in buttons)
    assert all(SIGNER.open_button(button.data, lambda _: "binh") is None for button in buttons)


def test_without_a_public_address_there_is_no_page_but_buttons():
    page, buttons = links(SIGNER, None)(MESSAGE, "an", NOW)
    assert page is None
    assert len(buttons) == 3


def test_without_a_key_there_is_neither():
    assert links(None, "https://canhbao.example")(MESSAGE, "an", NOW) == (None, ())
