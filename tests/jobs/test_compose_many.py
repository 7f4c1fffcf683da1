"""Many dossiers with unkind titles: every one is shown, no part is too long, no line is broken."""

from __future__ import annotations

import pytest

from bench.digest import SEED, fits, measure


@pytest.mark.parametrize("seed", [SEED, 7])
def test_of_2000_dossiers_none_is_unseen_and_no_part_is_over_the_limit(database, seed):
    print(f"seed {seed}")
    found = measure(database, 2000, seed)
    assert found.alerts == 4000, "officer and head"
    assert (found.unseen, found.over) == (0, 0)
    assert found.parts > 220, "each of 200 officers and 20 heads, these in several parts"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Đầu\n1. MAU-00000001 · <b>\n   hạn", True),
        ("x" * 1901, False),
        ("🏛" * 1950, False),
        ("Đầu\n1. MAU-00000001 · a\nb", False),
        ("Đầu\n   hạn\x07", False),
        ("Đầu\n   hạn\u202e", False),
        ("Đầu\n   he\u0302t", False),
    ],
)
def test_what_is_looked_for_would_be_found(text, whole):
    assert fits(text) is whole
