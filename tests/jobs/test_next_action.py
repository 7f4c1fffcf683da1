"""What follows from each answer (delivery reference 7.2 and 7.4, with DESIGN section 7 over them), row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.delivery import PartState, Tries, next_action
from alertd.core.outcome import Outcome, SendResult
from alertd.core.policy import Urgency

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
NAMED = NOW + timedelta(seconds=99)
RESEND = timedelta(minutes=3)
FIRST, LAST = Tries(0, 2), Tries(1, 2)


def seconds(n):
    return NOW + timedelta(seconds=n)


def act(outcome, tries=FIRST, urgency=Urgency.NORMAL, retry_at=None):
    return next_action(SendResult(outcome, code="x:1", retry_at=retry_at), tries, urgency, NOW, RESEND)


def test_accepted_is_the_end():
    action = act(Outcome.ACCEPTED, Tries(1, 2, 3, 1, repeat=True))
    assert (action.state, action.not_before, action.tell_admin) == (PartState.ACCEPTED, None, "")


@pytest.mark.parametrize(("outcome", "dead"), [(Outcome.PERM_RECIPIENT, True), (Outcome.PERM_PAYLOAD, False)])
def test_a_refusal_for_good_goes_to_the_next_contact_at_once_and_counts_afresh(outcome, dead):
    action = act(outcome, Tries(0, 3, transients=4, unknowns=1, repeat=True))
    assert (action.state, action.not_before, action.address_dead) == (PartState.RETRY, NOW, dead)
    assert action.tries == Tries(1, 3, repeat=True), "once a repeat, always marked as one"


@pytest.mark.parametrize(("outcome", "dead"), [(Outcome.PERM_RECIPIENT, True), (Outcome.PERM_PAYLOAD, False)])
def test_a_refusal_for_good_by_the_last_contact_fails_and_is_told(outcome, dead):
    action = act(outcome, LAST)
    assert (action.state, action.not_before, action.address_dead) == (PartState.FAILED, None, dead)
    assert action.tell_admin == f"{outcome.value} x:1"


@pytest.mark.parametrize(("before", "wait"), [(0, 5), (1, 15), (2, 60), (3, 300), (4, 900)])
@pytest.mark.parametrize("contact", [FIRST, LAST])
def test_certainly_not_sent_backs_off(before, wait, contact):
    action = act(Outcome.TRANSIENT, Tries(contact.contact, 2, transients=before))
    assert (action.state, action.not_before) == (PartState.RETRY, seconds(wait))
    assert action.tries == Tries(contact.contact, 2, transients=before + 1)


def test_after_all_pauses_the_next_contact_follows_and_the_last_one_goes_on():
    assert act(Outcome.TRANSIENT, Tries(0, 2, transients=5)).tries == Tries(1, 2)
    action = act(Outcome.TRANSIENT, Tries(1, 2, transients=50))
    assert (action.state, action.not_before) == (PartState.RETRY, seconds(900))


@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.DEFER])
@pytest.mark.parametrize(("before", "wait"), [(0, 1), (1, 2), (5, 32), (6, 60), (40, 60)])
def test_too_fast_waits_on_the_same_contact_doubling_up_to_a_minute(outcome, before, wait):
    action = act(outcome, Tries(0, 2, transients=before))
    assert (action.state, action.not_before, action.tries.contact) == (PartState.RETRY, seconds(wait), 0)


@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.DEFER, Outcome.TRANSIENT, Outcome.AUTH])
def test_an_instant_named_by_the_provider_is_kept(outcome):
    assert act(outcome, retry_at=NAMED).not_before == NAMED


def test_an_exhausted_quota_goes_to_the_next_contact_at_once_and_waits_with_the_last():
    assert (act(Outcome.QUOTA).tries, act(Outcome.QUOTA).not_before) == (Tries(1, 2), NOW)
    action = act(Outcome.QUOTA, LAST)
    assert (action.state, action.not_before) == (PartState.RETRY, seconds(15 * 60))
    assert action.tell_admin == "quota x:1"


@pytest.mark.parametrize("outcome", [Outcome.AUTH, Outcome.CHANNEL_DOWN])
@pytest.mark.parametrize(("urgency", "minutes"), [(Urgency.NORMAL, 15), (Urgency.HIGH, 5), (Urgency.CRITICAL, 2)])
def test_a_channel_that_is_down_is_waited_for_by_urgency_then_the_next_contact_follows(outcome, urgency, minutes):
    first = act(outcome, urgency=urgency)
    assert (first.state, first.not_before, first.tries.contact) == (PartState.RETRY, seconds(60 * minutes), 0)
    assert first.tell_admin == f"{outcome.value} x:1"
    second = act(outcome, first.tries, urgency)
    assert (second.tries.contact, second.not_before) == (1, NOW)
    last = act(outcome, Tries(1, 2, transients=9), urgency)
    assert (last.state, last.not_before) == (PartState.RETRY, seconds(60 * minutes)), "never given up"


def test_an_unknown_outcome_is_repeated_once_on_the_same_contact():
    action = act(Outcome.UNKNOWN)
    assert (action.state, action.not_before) == (PartState.UNKNOWN, NOW + RESEND)
    assert action.tries == Tries(0, 2, unknowns=1, repeat=True)
    assert action.tell_admin == ""


def test_a_second_unknown_outcome_goes_to_the_next_contact_at_once_still_a_repeat():
    action = act(Outcome.UNKNOWN, Tries(0, 2, unknowns=1, repeat=True))
    assert (action.state, action.not_before, action.tries) == (PartState.UNKNOWN, NOW, Tries(1, 2, repeat=True))


@pytest.mark.parametrize(("unknowns", "minutes"), [(0, 3), (1, 6), (2, 12), (3, 24), (4, 48), (5, 60), (500, 60)])
def test_unknown_outcomes_of_the_last_contact_are_repeated_at_doubling_intervals_up_to_an_hour(unknowns, minutes):
    action = act(Outcome.UNKNOWN, Tries(1, 2, unknowns=unknowns, repeat=True))
    assert (action.state, action.not_before) == (PartState.UNKNOWN, seconds(60 * minutes))
    assert bool(action.tell_admin) is (unknowns > 0)


def test_a_resend_interval_longer_than_an_hour_is_kept():
    result = SendResult(Outcome.UNKNOWN)
    action = next_action(result, Tries(0, 1, unknowns=4, repeat=True), Urgency.HIGH, NOW, timedelta(hours=2))
    assert action.not_before == NOW + timedelta(hours=2)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(
    "tries", [FIRST, LAST, Tries(0, 1), Tries(0, 2, 3, 2, repeat=True), Tries(1, 2, 9, 9, repeat=True)]
)
def test_no_answer_leaves_a_part_in_between(outcome, tries):
    """Either it is at its end, or there is an instant at which something is done; a repeat stays one."""
    action = act(outcome, tries)
    assert (action.not_before is None) is (action.state in (PartState.ACCEPTED, PartState.FAILED))
    assert action.not_before is None or action.not_before >= NOW
    assert action.tries.repeat or not tries.repeat
    assert action.tries.contact in (tries.contact, tries.contact + 1)
    assert action.tries.contact < tries.contacts
