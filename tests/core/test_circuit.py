"""The circuit of a channel (delivery reference 7.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.circuit import Circuit
from alertd.core.outcome import Outcome, Scope, SendResult

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
FAILED = SendResult(Outcome.TRANSIENT, code="x:1")
WELL = SendResult(Outcome.ACCEPTED)


def hear(circuit, *results, people=3, now=NOW):
    return [circuit.heard(result, f"p{n % people}", now) for n, result in enumerate(results)]


@pytest.mark.parametrize("outcome", [Outcome.AUTH, Outcome.CHANNEL_DOWN])
def test_it_opens_at_once_when_the_channel_says_that_it_is_out_of_order(outcome):
    circuit = Circuit()
    assert hear(circuit, SendResult(outcome, code="x:1")) == [True]
    assert (circuit.is_open, circuit.opened_at, circuit.reason) == (True, NOW, f"{outcome.value} x:1")


@pytest.mark.parametrize("scope", [Scope.GROUP, Scope.RECIPIENT])
def test_one_group_out_of_order_is_not_the_channel(scope):
    circuit = Circuit()
    assert hear(circuit, SendResult(Outcome.CHANNEL_DOWN, scope=scope)) == [False]
    assert not circuit.is_open


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.UNKNOWN])
def test_it_opens_after_ten_failures_in_a_row_of_three_people(outcome):
    circuit = Circuit()
    assert hear(circuit, *[SendResult(outcome)] * 9) == [False] * 9
    assert hear(circuit, SendResult(outcome)) == [True]


def test_failures_of_two_people_never_open_it():
    circuit = Circuit()
    assert not any(hear(circuit, *[FAILED] * 50, people=2))
    assert circuit.heard(FAILED, "another", NOW)


@pytest.mark.parametrize(
    "outcome", [Outcome.ACCEPTED, Outcome.PERM_RECIPIENT, Outcome.PERM_PAYLOAD, Outcome.RATE_LIMITED, Outcome.DEFER]
)
def test_any_answer_of_a_channel_that_works_begins_the_count_anew(outcome):
    circuit = Circuit()
    hear(circuit, *[FAILED] * 9, SendResult(outcome), *[FAILED] * 9)
    assert not circuit.is_open


def test_it_closes_with_the_first_answer_that_shows_the_channel_working():
    circuit = Circuit()
    hear(circuit, SendResult(Outcome.AUTH))
    assert hear(circuit, SendResult(Outcome.PERM_RECIPIENT)) == [True]
    assert not circuit.is_open
    assert hear(circuit, WELL) == [False]


def test_an_open_one_keeps_its_first_instant_and_reason():
    circuit = Circuit()
    hear(circuit, SendResult(Outcome.AUTH, code="x:1"))
    assert hear(circuit, SendResult(Outcome.CHANNEL_DOWN, code="x:2"), now=NOW + timedelta(minutes=9)) == [False]
    assert (circuit.opened_at, circuit.reason) == (NOW, "auth x:1")


def test_a_probe_is_due_every_minute():
    circuit = Circuit()
    assert not circuit.may_probe(NOW)
    hear(circuit, SendResult(Outcome.AUTH))
    assert not circuit.may_probe(NOW + timedelta(seconds=59))
    assert circuit.may_probe(NOW + timedelta(seconds=60))
    circuit.probed_at = NOW + timedelta(seconds=60)
    assert not circuit.may_probe(NOW + timedelta(seconds=119))


@pytest.mark.parametrize(("minutes", "ranks"), [(1.9, set()), (2, {3}), (5, {2, 3}), (14, {2, 3}), (15, {1, 2, 3})])
def test_what_is_more_urgent_loses_patience_earlier(minutes, ranks):
    circuit = Circuit()
    hear(circuit, SendResult(Outcome.AUTH))
    assert set(circuit.ranks_out_of_patience(NOW + timedelta(minutes=minutes))) == ranks


def test_a_channel_that_is_well_has_no_patience_to_lose():
    assert Circuit().ranks_out_of_patience(NOW) == []


def test_one_that_has_closed_has_no_reason_any_more():
    circuit = Circuit()
    hear(circuit, SendResult(Outcome.AUTH, code="x:1"), SendResult(Outcome.ACCEPTED))
    assert (circuit.opened_at, circuit.reason, circuit.probed_at) == (None, "", None)
