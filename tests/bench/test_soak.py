"""The soak in short: days of a small province, and a judgement that sees a loss and a repeat."""

from __future__ import annotations

import random

import pytest

from alertd.store.database import Database
from bench.nation.lives import Lives
from bench.nation.places import PROVINCE
from bench.soak import judging
from bench.soak.__main__ import soaked

PART, DAYS = 100, 6
SIZE = PROVINCE.divided(PART)


@pytest.fixture(scope="module")
def seed():
    return random.SystemRandom().randrange(1 << 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("soak")


@pytest.fixture(scope="module")
def soak(folder, seed):
    return soaked(SIZE, seed, PART, DAYS, folder)


@pytest.fixture
def judged(soak, folder, tmp_path, seed):
    """The judgement after the receiver's record was altered."""
    print(f"seed {seed}")

    def judge(alter):
        log = tmp_path / "seen"
        log.write_text("".join(alter((folder / "seen").read_text("utf-8").splitlines(keepends=True))), "utf-8")
        database = Database(f"sqlite:///{folder}/alertd.db")
        try:
            seen = judging.Seen(log)
            return judging.against_ledger(database, seen), judging.against_lives(Lives(SIZE, seed), seen, DAYS)
        finally:
            database.close()

    return judge


def test_nothing_is_lost_doubled_or_left_and_the_audit_finds_nothing(soak, seed):
    print(f"seed {seed}")
    days, audit, verdict, _ = soak
    assert len(days) == DAYS
    assert verdict["alerts"] > 0
    assert (verdict["lost"], verdict["doubled"], verdict["unsettled"], verdict["untold"]) == (0, 0, 0, 0)
    assert audit["findings"] == []
    assert audit["audited"] == pytest.approx(SIZE.open, rel=0.1)


def test_each_day_brings_new_and_changed_rows_and_messages(soak):
    days, *_ = soak
    assert all(min(day["counts"][name] for name in ("new", "changed", "calls")) > 0 for day in days)
    assert not any(day["counts"]["rejected"] for day in days)


def test_every_role_is_in_the_table_of_messages_per_person(soak):
    *_, spread = soak
    assert [row[0] for row in spread] == ["chairman", "head", "officer"]


def test_a_message_that_nobody_saw_is_lost(judged):
    verdict, _ = judged(lambda lines: lines[1:])
    assert verdict["lost"] > 0
    assert verdict["doubled"] == 0


def test_a_message_that_came_twice_is_doubled(judged):
    verdict, _ = judged(lambda lines: [*lines, lines[-1]])
    assert verdict["doubled"] > 0
    assert verdict["lost"] == 0


def test_late_dossiers_of_which_nobody_heard_are_found_without_the_ledger(judged):
    _, (late, untold) = judged(
        lambda lines: [line for line in lines if "/overdue" not in line and "/unit-" not in line]
    )
    assert 0 < untold <= late


def test_growth_is_told_from_rest():
    assert judging.slope([10.0, 12.0, 14.0]) == pytest.approx(2.0)
    assert judging.slope([5.0, 5.0, 5.0]) == 0.0
