"""Of who filed a dossier only what the setting allows is kept, and never an identity number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.applicant import NOBODY, Applicant, Keep, applicant, masked

NAME, PHONE = "Công dân mẫu 12", "0900 000 012"


def test_nothing_is_kept_where_the_setting_says_none():
    assert applicant(Keep.NONE, NAME, PHONE) == NOBODY


def test_a_mask_leaves_the_first_letter_of_each_word_and_three_digits_of_the_phone():
    assert applicant(Keep.MASKED, NAME, PHONE) == Applicant("C*** d*** m*** ***", "***012")


def test_in_full_both_are_kept_as_they_are():
    assert applicant(Keep.FULL, f"  {NAME} ", PHONE) == Applicant(NAME, "0900000012")


@pytest.mark.parametrize("number", ["001099000012", "001 099 000 012", "183456789", "1834.567.89"])
@pytest.mark.parametrize("keep", Keep)
def test_an_identity_number_is_never_kept_wherever_it_stands(keep, number):
    for kept in (applicant(keep, f"{NAME} ({number})", ""), applicant(keep, NAME, number)):
        digits = "".join(filter(str.isdigit, kept.name + kept.phone))
        assert digits in ("", "12")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+84 900 000 012", "84900000012"),
        ("0900.000.012; 0900000013", "0900000012"),
        ("02393 000 012", "02393000012"),
        ("001099000012 - 0900000013", "0900000013"),
        ("không có", ""),
        ("", ""),
    ],
)
def test_of_several_phones_the_first_that_is_one_is_kept(written, kept):
    assert applicant(Keep.FULL, "", written).phone == kept


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_is_masked_stays_as_it_is_however_often_it_is_masked(name, phone):
    once = applicant(Keep.MASKED, name, phone)
    assert masked(once) == once
    assert not [letter for letter in once.name + once.phone[:-3] if letter.isdigit()]


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=2, max_size=8), min_size=1, max_size=5))
def test_no_word_of_two_letters_or_more_is_left_in_a_masked_name(words):
    kept = applicant(Keep.MASKED, " ".join(words), "").name.split()
    assert all(len(word.rstrip("*")) <= 1 for word in kept)


def test_it_shows_nothing_of_itself_where_it_is_printed():
    assert "mẫu" not in repr(applicant(Keep.FULL, NAME, PHONE))
