from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from alertd.channels.telegram.pieces import pieces, units


def test_a_short_text_is_one_piece():
    assert pieces("QUÁ HẠN 1 ngày: 1 hồ sơ") == ["QUÁ HẠN 1 ngày: 1 hồ sơ"]


def test_an_empty_text_is_no_piece():
    assert pieces("") == pieces(" \n\n") == []


def test_a_cut_lies_between_lines():
    assert pieces("một\nhai\nba", most=7) == ["một\nhai", "ba"]


def test_a_line_that_is_too_long_is_cut_between_words_and_a_word_between_characters():
    assert pieces("một hai ba", most=8) == ["một hai", "ba"]
    assert pieces("abcdefgh", most=3) == ["abc", "def", "gh"]


def test_an_emoji_counts_for_two_and_is_never_cut_in_half():
    assert pieces("😀😀😀", most=3) == ["😀", "😀", "😀"]
    assert units("😀ă") == 3


def test_marks_written_apart_are_joined_before_counting():
    apart = unicodedata.normalize("NFD", "hồ sơ quá hạn")

    assert pieces(apart, most=13) == ["hồ sơ quá hạn"]


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n"), max_size=300), st.integers(2, 40))  # fmt: skip
def test_every_piece_fits_and_no_character_is_lost(text, most):
    found = pieces(text, most)

    assert all(0 < units(piece) <= most and piece.strip() for piece in found)
    whole = unicodedata.normalize("NFC", text)
    assert "".join("".join(found).split()) == "".join(whole.split())
