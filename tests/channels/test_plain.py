from __future__ import annotations

import unicodedata

import pytest

from alertd.channels import plain, wire


def test_plain_text_is_nfc_without_control_characters_and_keeps_its_lines():
    assert plain.plain("Hồ\x00 sơ\x1b[1m\ud800\nhai\tba\x85") == "Hồ sơ[1m\nhai\tba"


@pytest.mark.parametrize(("text", "length", "expected"), [("a b", 3, "a b"), ("abcd", 3, "ab…"), ("a  \n b", 9, "a b")])
def test_one_line_fits(text, length, expected):
    assert plain.one_line(text, length) == expected


def test_one_line_counts_what_people_see():
    assert plain.one_line(unicodedata.normalize("NFD", "ềềề"), 3) == "ềềề"


@pytest.mark.parametrize("length", [5, 7, 40, 1900])
def test_pieces_lose_nothing_and_are_cut_between_lines_where_that_is_possible(length):
    text = "\n".join(["một hai", "ba", "", "bốn năm sáu bảy", "x" * 30])
    found = list(plain.pieces(text, length))

    assert all(0 < len(piece) <= length for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_pieces_are_cut_at_a_line_if_there_is_one():
    assert list(plain.pieces("một\nhai\nba", 8)) == ["một\nhai", "ba"]
    assert list(plain.pieces("", 8)) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("84912345678", "***"),
        ("+84 912 345 678 bad", "*** bad"),
        ("user 3917283910482 has not followed", "user *** has not followed"),
        ("code 123456", "code 123456"),
        ("secret-a and secret-b", "*** and ***"),
        ("bad token x0f_-AB12/345+678.90abcd= here", "bad token *** here"),
        ("x y " * 100, "x y " * 49 + "x y…"),
    ],
)
def test_what_a_provider_said_is_redacted(said, expected):
    assert plain.redacted(said, "secret-a", "secret-b", "") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-216, -216), ("-14014", -14014), (" 0 ", 0), ("", None), ("a", None), (True, None), (None, None), (1.5, None),
     ("--1", None), ("٣", None), ("9" * 99, None)],
)  # fmt: skip
def test_a_number_may_be_quoted(value, expected):
    assert wire.number(value) == expected
