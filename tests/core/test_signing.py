"""References that act as a person: what is genuine opens, what is forged, foreign or expired does not."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.signing import VALID_FOR, Signer

SIGNER = Signer(b"k" * 32)
MESSAGE = "m0123456789abcdef01234567"
NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def owner(message):
    return {MESSAGE: "an"}.get(message)


def anybody(_message):
    return "binh"


def test_a_button_is_short_enough_for_telegram_and_opens():
    data = SIGNER.button("a", MESSAGE, "an")
    assert (data[:28], len(data)) == (f"a:{MESSAGE}:", 44)
    assert SIGNER.open_button(data, owner) == ("a", MESSAGE)


def test_what_was_given_out_opens_for_good():
    """Buttons and pages of an earlier version stay good: the signature is over these words, in this order."""
    signed = hmac.new(b"k" * 32, f"button|a|{MESSAGE}|an".encode(), hashlib.sha256).hexdigest()
    assert SIGNER.button("a", MESSAGE, "an") == f"a:{MESSAGE}:{signed[:16]}"
    expires = f"{int((NOW + timedelta(days=14)).timestamp()):x}"
    page = hmac.new(b"k" * 32, f"page|{MESSAGE}|{expires}|an".encode(), hashlib.sha256).hexdigest()
    assert SIGNER.page(MESSAGE, "an", NOW) == f"{MESSAGE}-{expires}-{page[:32]}"
    form = hmac.new(b"k" * 32, b"form|session", hashlib.sha256).hexdigest()
    assert SIGNER.form("session") == form[:32]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "a",
        f"a:{MESSAGE}:0123456789abcdef",
        f"e:{SIGNER.button('a', MESSAGE, 'an')[2:]}",  # another action
        SIGNER.button("a", MESSAGE, "an").replace("m0", "m1"),  # a message that nobody has
        SIGNER.button("a", MESSAGE, "binh"),
        Signer(b"x" * 32).button("a", MESSAGE, "an"),
        SIGNER.button("a", MESSAGE, "an") + "0",
        f" {SIGNER.button('a', MESSAGE, 'an')}",
        SIGNER.button("ab", MESSAGE, "an"),
    ],
)
def test_a_button_that_is_not_genuine_does_not_open(data):
    assert SIGNER.open_button(data, owner) is None


def test_a_button_is_bound_to_the_person_of_its_message():
    assert SIGNER.open_button(SIGNER.button("a", MESSAGE, "an"), anybody) is None
    assert SIGNER.open_button(SIGNER.button("a", MESSAGE, "an"), lambda _: None) is None


def test_a_page_opens_for_a_fortnight():
    assert timedelta(days=14) == VALID_FOR
    token = SIGNER.page(MESSAGE, "an", NOW)
    assert SIGNER.open_page(token, NOW, owner) == MESSAGE
    assert SIGNER.open_page(token, NOW + VALID_FOR - SECOND, owner) == MESSAGE
    assert SIGNER.open_page(token, NOW + VALID_FOR, owner) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        MESSAGE,
        f"{MESSAGE}-0-{'0' * 32}",
        SIGNER.page(MESSAGE, "binh", NOW),
        Signer(b"x" * 32).page(MESSAGE, "an", NOW),
        SIGNER.page(MESSAGE, "an", NOW) + "0",
        f"x{SIGNER.page(MESSAGE, 'an', NOW)}",
        f"{MESSAGE}-{'f' * 13}-{'0' * 32}",
    ],
)
def test_a_page_that_is_not_genuine_does_not_open(token):
    assert SIGNER.open_page(token, NOW, owner) is None


def test_a_page_cannot_be_made_to_last_longer():
    head, expires, signed = SIGNER.page(MESSAGE, "an", NOW).split("-")
    assert SIGNER.open_page(f"{head}-{int(expires, 16) + 1:x}-{signed}", NOW, owner) is None


def test_a_page_is_bound_to_the_person_of_its_message():
    assert SIGNER.open_page(SIGNER.page(MESSAGE, "an", NOW), NOW, anybody) is None


@pytest.mark.parametrize("expires", ["zz", "ffffffffffff", "g"])
def test_an_expiry_that_is_no_instant_opens_nothing(expires):
    signed = SIGNER._mac("page", MESSAGE, expires, "an")[:32]
    assert SIGNER.open_page(f"{MESSAGE}-{expires}-{signed}", NOW, owner) is None


def test_a_form_belongs_to_its_session():
    token = SIGNER.form("one")
    assert SIGNER.is_form("one", token)
    assert not SIGNER.is_form("other", token)
    assert not SIGNER.is_form("one", "")
    assert not SIGNER.is_form("one", "không phải")  # what people can send is not always ASCII


def test_a_page_of_a_message_that_nobody_has_does_not_open():
    assert SIGNER.open_page(SIGNER.page(MESSAGE, "None", NOW), NOW, lambda _: None) is None
    assert SIGNER.open_page(SIGNER.page(MESSAGE, "an", NOW), NOW, lambda _: None) is None
