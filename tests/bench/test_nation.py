"""The generated province and country: what they are made of, and that a stream of changes is the whole course."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from alertd.config.load import load
from bench.nation import files
from bench.nation.lives import Course, Lives, day, instant
from bench.nation.places import COUNTRY, PROVINCE, offices, people, rules

SMALL = PROVINCE.divided(100)


@pytest.fixture
def seed():
    chosen = random.SystemRandom().randrange(1 << 32)
    print(f"seed {chosen}")
    return chosen


def test_a_province_has_300_units_and_20_000_officers_beside_their_heads():
    posts = Counter(each.post for each in people(PROVINCE))
    assert (posts["head"], posts["staff"]) == (300, 20_000)


def test_the_country_has_34_provinces_about_3_300_communes_and_200_000_officers():
    kinds = Counter(each.kind for each in offices(COUNTRY))
    assert (kinds["province"], kinds["commune"]) == (34, 3_298)
    assert sum(each.post == "staff" for each in people(COUNTRY)) == 200_000


def test_names_say_that_they_are_generated():
    assert all("mẫu" in each.name for each in [*offices(SMALL), *people(SMALL)])


def test_the_files_say_what_the_core_is_given(tmp_path):
    files.write(tmp_path / "config", SMALL, storage="sqlite:///x.db", hook="http://127.0.0.1:9/")
    read, made = load(tmp_path / "config").rules, rules(SMALL)
    assert read.organisation.units == made.organisation.units
    assert read.organisation.people == made.organisation.people
    assert [(s.name, s.at, s.to, s.every) for s in read.policies[0].steps] == [
        (s.name, s.at, s.to, s.every) for s in made.policies[0].steps
    ]


def test_a_seed_makes_the_same_dossiers_again_and_another_one_others(seed):
    first, again, other = (list(Lives(SMALL, each).open_on(20)) for each in (seed, seed, seed + 1))
    assert first == again
    assert first != other


def test_on_each_day_about_as_many_are_open_as_the_size_says(seed):
    lives = Lives(SMALL, seed)
    for on in (lives.begin, lives.begin + 40):
        assert sum(1 for _ in lives.open_on(on)) == pytest.approx(SMALL.open, rel=0.1)


def test_what_is_open_and_all_changes_after_it_make_what_is_open_later(seed):
    lives, days = Lives(SMALL, seed), 15
    course = Course(lives, lives.begin, days)
    known = {seen.key: seen for seen in lives.open_on(lives.begin)}
    for on in range(lives.begin, lives.begin + days):
        for afternoon in (False, True):
            known |= {seen.key: seen for seen in course.changed(on, afternoon=afternoon)}
    later = {seen.key: seen for seen in lives.open_on(lives.begin + days)}
    assert {key: seen for key, seen in known.items() if seen.finished_at is None} == later


def test_in_half_a_day_a_dossier_is_shown_once_and_never_as_it_was_before(seed):
    lives = Lives(SMALL, seed)
    course = Course(lives, lives.begin, 10)
    known = {seen.key: seen for seen in lives.open_on(lives.begin)}
    for on in range(lives.begin, lives.begin + 10):
        for afternoon in (False, True):
            shown = list(course.changed(on, afternoon=afternoon))
            assert len({seen.key for seen in shown}) == len(shown)
            assert not any(known.get(seen.key) == seen for seen in shown)
            known |= {seen.key: seen for seen in shown}


def test_working_days_are_mondays_to_fridays_and_minutes_those_of_the_sessions():
    assert [day(n).weekday() for n in range(6)] == [0, 1, 2, 3, 4, 0]
    calendar = rules(SMALL).calendar
    assert calendar.between(instant(0, 0), instant(7, 100)).total_seconds() == (7 * 480 + 100) * 60
