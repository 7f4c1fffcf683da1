"""The oracle of what must have been seen, against cases written out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.oracle.seen import Shown, may, must

DUE = datetime(2026, 11, 2, 9, tzinfo=UTC)
ONE = Shown("HS-1", "an", "binh", DUE - timedelta(days=9), DUE, DUE - timedelta(days=1))
SOON, AN, BINH, CHAIR = (
    ("an", "HS-1", "soon"), ("an", "HS-1", "overdue"), ("binh", "HS-1", "overdue"), ("chair", "HS-1", "chairman"),
)  # fmt: skip


@pytest.mark.parametrize(("after", "needed", "allowed"), [
    (timedelta(hours=-3), set(), set()),
    (timedelta(hours=-2), {SOON}, {SOON}),
    (timedelta(0), {AN, BINH}, {SOON, AN, BINH}),
    (timedelta(days=3), {AN, BINH, CHAIR}, {SOON, AN, BINH, CHAIR}),
])  # fmt: skip
def test_of_the_steps_of_a_person_the_last_must_and_the_earlier_may_have_been_seen(after, needed, allowed):
    assert must([ONE], DUE + after) == needed
    assert may([ONE], DUE + after) == allowed


def test_a_step_before_the_receipt_and_a_dossier_that_has_ended_are_nobodys_business():
    assert may([replace(ONE, received=DUE - timedelta(hours=1))], DUE) == {AN, BINH}
    assert may([replace(ONE, ended=True)], DUE + timedelta(days=4)) == set()
