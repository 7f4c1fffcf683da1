"""Whether alertd does its work, and whether a heartbeat may say so: each sign by itself, at its bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.vitality import NONE, Jobs, LastAudit, Problem, Sign, Signs, not_working, unsound

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
JOBS = Jobs({"portal": 5 * MINUTE}, ("webhook", "console"))
WELL = Signs(
    escalated_at=NOW, waiting={}, composed_at=NOW, polled={"portal": NOW}, delivered={"webhook": NOW, "console": NOW},
    audited=LastAudit(NOW - MINUTE, NOW, 0),
)  # fmt: skip


def found(**changes):
    return [(each.sign, each.subject) for each in unsound(replace(WELL, **changes), JOBS, NOW)]


def audited(age, took=timedelta(), findings=0):
    return LastAudit(NOW - age - took, NOW - age, findings)


def test_where_everything_ran_a_moment_ago_nothing_is_wrong():
    assert (not_working(WELL, NOW), unsound(WELL, JOBS, NOW)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "sign", "subject"),
    [
        ({"escalated_at": NOW - 2 * MINUTE - timedelta(seconds=1)}, Sign.ESCALATE, ""),
        ({"escalated_at": None}, Sign.ESCALATE, ""),
        ({"waiting": {"high": (3, NOW - 6 * MINUTE)}}, Sign.OUTBOX, "high"),
        ({"waiting": {"critical": (1, NOW - 3 * MINUTE)}}, Sign.OUTBOX, "critical"),
        ({"composed_at": NOW - 3 * MINUTE}, Sign.COMPOSE, ""),
        ({"polled": {"portal": NOW - 46 * MINUTE}}, Sign.POLL, "portal"),
        ({"polled": {"portal": None}}, Sign.POLL, "portal"),
        ({"delivered": {"webhook": NOW - 3 * MINUTE, "console": NOW}}, Sign.DELIVER, "webhook"),
        ({"audited": None}, Sign.AUDIT, ""),
        ({"audited": audited(31 * MINUTE)}, Sign.AUDIT, ""),
        ({"audited": audited(MINUTE, findings=2)}, Sign.LEDGER, ""),
    ],
)
def test_each_thing_that_is_wrong_keeps_the_heartbeat_back_and_is_named(changes, sign, subject):
    assert found(**changes) == [(sign, subject)]


@pytest.mark.parametrize(
    "changes",
    [
        {"escalated_at": NOW - 2 * MINUTE},
        {"waiting": {"normal": (9, NOW - 9 * HOUR), "high": (1, NOW - 5 * MINUTE)}},
        {"polled": {"portal": NOW - 45 * MINUTE, "gone": None}},
        {"audited": audited(30 * MINUTE)},
        # written before the clock was set back
        {"escalated_at": NOW + HOUR, "composed_at": NOW + HOUR},
    ],
)
def test_what_is_within_its_time_is_no_reason(changes):
    assert found(**changes) == []


def test_an_audit_of_a_large_installation_may_be_older_as_the_next_one_takes_as_long():
    assert found(audited=audited(2 * HOUR, took=HOUR)) == []
    assert found(audited=audited(3 * HOUR, took=HOUR)) == [(Sign.AUDIT, "")]
    assert found(audited=audited(25 * HOUR, took=100 * HOUR)) == [(Sign.AUDIT, "")]
    # a clock that was set back meanwhile
    assert found(audited=audited(31 * MINUTE, took=-HOUR)) == [(Sign.AUDIT, "")]


def test_only_the_clock_of_escalation_and_urgent_messages_make_it_not_ready():
    bad = replace(WELL, composed_at=None, polled={}, delivered={}, audited=None, escalated_at=None)
    assert [each.sign for each in not_working(bad, NOW)] == [Sign.ESCALATE]
    assert [each.sign for each in unsound(bad, NONE, NOW)] == [Sign.ESCALATE, Sign.COMPOSE, Sign.AUDIT]


@pytest.mark.parametrize("sign", Sign)
def test_every_problem_has_a_sentence(sign):
    text = str(Problem(sign, NOW, "x", 3))
    assert text.startswith(sign.value)
    assert NOW.isoformat() in text
    assert "since the start" in str(Problem(sign, None))


def test_each_problem_says_since_when_and_how_many():
    old = {"escalated_at": NOW - 9 * MINUTE, "composed_at": NOW - 8 * MINUTE, "polled": {"portal": NOW - HOUR},
           "delivered": {"webhook": NOW - 7 * MINUTE, "console": NOW}, "waiting": {"high": (3, NOW - 6 * MINUTE)},
           "audited": audited(2 * MINUTE, findings=4)}  # fmt: skip
    assert unsound(replace(WELL, **old), JOBS, NOW) == [
        Problem(Sign.ESCALATE, NOW - 9 * MINUTE),
        Problem(Sign.OUTBOX, NOW - 6 * MINUTE, "high", 3),
        Problem(Sign.POLL, NOW - HOUR, "portal"),
        Problem(Sign.COMPOSE, NOW - 8 * MINUTE),
        Problem(Sign.DELIVER, NOW - 7 * MINUTE, "webhook"),
        Problem(Sign.LEDGER, NOW - 2 * MINUTE, count=4),
    ]
    late = replace(WELL, audited=audited(31 * MINUTE))
    assert unsound(late, JOBS, NOW) == [Problem(Sign.AUDIT, NOW - 31 * MINUTE)]
    assert str(Problem(Sign.COMPOSE, None)) == "compose: no tick since the start"
