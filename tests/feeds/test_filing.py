from __future__ import annotations

import pytest

from alertd.feeds.filing import filing_of, own_values
from alertd.feeds.officers import officers_of


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("Trực tuyến", "online"),
        ("TRUE", "online"),
        ("1", "online"),
        ("trực tiếp", "direct"),
        ("false", "direct"),
        ("0", "direct"),
        ("BCCI", "postal"),
        ("Bưu chính", "postal"),
        ("", "unknown"),
        ("Internet", "unknown"),
    ],
)
def test_the_usual_words_for_a_channel_are_known_and_nothing_else_is_guessed(text, channel):
    assert filing_of(text, {}) == channel


def test_a_feed_names_its_own_values_and_they_must_match_whole():
    own = own_values({"online": ["Internet"], "direct": ["1"]})
    assert filing_of(" internet ", own) == "online"
    assert filing_of("Intern", own) == "unknown"
    assert filing_of("1", own) == "direct"


@pytest.mark.parametrize(
    ("text", "officers"),
    [
        ("", ()),
        ("Lê  Văn A", ("Lê Văn A",)),
        ("a##b#c; d;a", ("a", "b", "c", "d")),
        ("A, B", ("A, B",)),
        (" ; ", ()),
    ],
)
def test_handlers_are_parted_by_hashes_and_semicolons_only(text, officers):
    assert officers_of(text) == officers
