"""Two accounts of who is told what, compared."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from alertd.core.comparing import Kind, changes


class Told(NamedTuple):
    at: datetime
    dossier: str
    step: str
    person: str


def told(hour, person="an", step="soon", dossier="HS-1"):
    return Told(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hour), dossier, step, person)


def found(before, after):
    """Kinds with the hours of both sides."""
    return [(c.kind, hour(c.before), hour(c.after)) for c in changes(before, after)]


def hour(each):
    return None if each is None else (each.at.day - 1) * 24 + each.at.hour


def test_what_is_alike_is_no_difference_in_whatever_order():
    one = [told(1), told(2, "binh"), told(2, step="today")]
    assert changes(one, list(reversed(one))) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [told(3)], [(Kind.MORE, None, 3)]),
        ([told(3)], [], [(Kind.LESS, 3, None)]),
        ([told(3)], [told(2)], [(Kind.EARLIER, 3, 2)]),
        ([told(3)], [told(4)], [(Kind.LATER, 3, 4)]),
        ([told(3)], [told(3, "binh")], [(Kind.OTHER, 3, 3)]),
        ([told(3)], [told(4, "binh")], [(Kind.LESS, 3, None), (Kind.MORE, None, 4)]),
        ([told(3)], [told(3, step="today")], [(Kind.LESS, 3, None), (Kind.MORE, None, 3)]),
        ([told(3)], [told(3, dossier="HS-2")], [(Kind.LESS, 3, None), (Kind.MORE, None, 3)]),
    ],
    ids=["more", "less", "earlier", "later", "other", "other-person-and-time", "other-step", "other-dossier"],
)
def test_each_kind_of_difference(before, after, expected):
    assert sorted(found(before, after)) == sorted(expected)


def test_a_repeating_step_that_begins_a_day_earlier_is_one_alert_more_and_nothing_moves():
    before, after = [told(day * 24) for day in (3, 4, 5)], [told(day * 24) for day in (2, 3, 4, 5)]
    assert found(before, after) == [(Kind.MORE, None, 48)]


def test_the_same_instant_for_somebody_else_comes_before_another_time_for_the_same_person():
    before = [told(1), told(2)]
    after = [told(1, "binh"), told(5)]
    assert found(before, after) == [(Kind.OTHER, 1, 1), (Kind.LATER, 2, 5)]


def test_several_that_move_are_paired_in_order_of_time():
    assert found([told(1), told(2)], [told(3), told(4)]) == [(Kind.LATER, 1, 3), (Kind.LATER, 2, 4)]


def test_one_of_two_alike_is_one_less():
    assert found([told(1), told(1)], [told(1)]) == [(Kind.LESS, 1, None)]


def test_whatever_the_two_accounts_nothing_is_counted_twice_and_nothing_is_lost():
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(300):
        sides = [
            [
                told(chance.randrange(4), chance.choice("ab"), chance.choice("st"), chance.choice("xy"))
                for _ in range(chance.randrange(12))
            ]
            for _ in range(2)
        ]
        made = changes(*sides)
        gone = Counter(c.before for c in made if c.before is not None)
        new = Counter(c.after for c in made if c.after is not None)
        assert Counter(sides[0]) - gone == Counter(sides[1]) - new, "what is left on both sides is the same"
        assert not gone - Counter(sides[0])
        assert not new - Counter(sides[1])
        assert [c.kind for c in changes(*reversed(sides))].count(Kind.MORE) == [c.kind for c in made].count(Kind.LESS)


def test_every_kind_of_difference_is_told_beside_the_others():
    before = [told(1), told(3, dossier="HS-2"), told(5, dossier="HS-3"), told(7, dossier="HS-4")]
    after = [told(1, "binh"), told(2, dossier="HS-2"), told(6, dossier="HS-3"), told(8, dossier="HS-5")]
    assert [kind for kind, _, _ in found(before, after)] == [Kind.OTHER, Kind.EARLIER, Kind.LATER, Kind.LESS, Kind.MORE]
