"""What follows from each answer (delivery reference 7.2 and 7.4, with DESIGN section 7 over them), row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.delivery import Action, PartState, Tries, drill_action, next_action
from alertd.core.outcome import Outcome, Scope, SendResult
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


def test_a_text_that_a_channel_refuses_is_told_though_the_next_contact_follows():
    assert act(Outcome.PERM_PAYLOAD).tell_admin == "perm_payload x:1"
    assert act(Outcome.PERM_RECIPIENT).tell_admin == ""


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


@pytest.mark.parametrize(("outcome", "wait"), [(Outcome.RATE_LIMITED, 1), (Outcome.DEFER, 1), (Outcome.QUOTA, 3600)])
def test_too_fast_waits_on_the_same_contact_and_uses_up_no_attempt(outcome, wait):
    before = Tries(1, 2, transients=4)
    action = act(outcome, before)
    assert (action.state, action.not_before, action.tries) == (PartState.RETRY, seconds(wait), before)


@pytest.mark.parametrize(
    "outcome", [Outcome.RATE_LIMITED, Outcome.DEFER, Outcome.QUOTA, Outcome.TRANSIENT, Outcome.AUTH]
)
def test_an_instant_named_by_the_provider_is_kept(outcome):
    assert act(outcome, retry_at=NAMED).not_before == NAMED


@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.QUOTA])
@pytest.mark.parametrize(("urgency", "minutes"), [(Urgency.NORMAL, 15), (Urgency.HIGH, 5), (Urgency.CRITICAL, 2)])
def test_what_would_wait_longer_than_its_patience_goes_by_the_next_contact(outcome, urgency, minutes):
    limit = NOW + timedelta(minutes=minutes)
    assert act(outcome, urgency=urgency, retry_at=limit).tries == FIRST
    action = act(outcome, urgency=urgency, retry_at=limit + timedelta(seconds=1))
    assert (action.state, action.not_before, action.tries) == (PartState.RETRY, NOW, LAST)
    alone = act(outcome, LAST, urgency, retry_at=limit + timedelta(days=1))
    assert (alone.state, alone.not_before) == (PartState.RETRY, limit + timedelta(days=1)), "with none it waits"


def test_what_may_not_be_sent_at_night_waits_for_the_morning_unless_it_is_critical():
    morning = NOW + timedelta(hours=7)
    assert act(Outcome.DEFER, urgency=Urgency.HIGH, retry_at=morning).not_before == morning
    assert act(Outcome.DEFER, urgency=Urgency.CRITICAL, retry_at=morning).tries == LAST


def test_an_exhausted_quota_is_told():
    assert act(Outcome.QUOTA).tell_admin == "quota x:1"


@pytest.mark.parametrize("outcome", [Outcome.AUTH, Outcome.CHANNEL_DOWN])
@pytest.mark.parametrize("tries", [FIRST, LAST])
def test_a_channel_out_of_order_leaves_the_part_due_as_its_circuit_holds_it_back(outcome, tries):
    action = act(outcome, tries)
    assert (action.state, action.not_before, action.tries) == (PartState.RETRY, NOW, tries)
    assert action.tell_admin == f"{outcome.value} x:1"


@pytest.mark.parametrize("scope", [Scope.GROUP, Scope.RECIPIENT])
def test_one_group_out_of_order_is_a_refusal(scope):
    result = SendResult(Outcome.CHANNEL_DOWN, code="x:1", scope=scope)
    assert next_action(result, FIRST, Urgency.HIGH, NOW, RESEND).tries == LAST
    assert next_action(result, LAST, Urgency.HIGH, NOW, RESEND).state is PartState.FAILED


def test_a_chat_that_has_moved_is_tried_again_at_once_but_not_for_ever():
    result = SendResult(Outcome.TRANSIENT, code="x:1", new_address="-100")
    action = next_action(result, FIRST, Urgency.HIGH, NOW, RESEND)
    assert (action.state, action.not_before, action.tries) == (PartState.RETRY, NOW, Tries(0, 2, transients=1))
    assert next_action(result, Tries(0, 2, transients=5), Urgency.HIGH, NOW, RESEND).tries == LAST


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ACCEPTED, PartState.ACCEPTED), (Outcome.TRANSIENT, PartState.RETRY), (Outcome.DEFER, PartState.RETRY),
        (Outcome.RATE_LIMITED, PartState.RETRY), (Outcome.UNKNOWN, PartState.UNKNOWN),
        (Outcome.PERM_RECIPIENT, PartState.FAILED), (Outcome.PERM_PAYLOAD, PartState.FAILED),
        (Outcome.AUTH, PartState.FAILED), (Outcome.CHANNEL_DOWN, PartState.FAILED), (Outcome.QUOTA, PartState.FAILED),
    ],
)  # fmt: skip
def test_a_drill_stays_on_its_channel_and_alarms_nobody(outcome, state):
    action = drill_action(SendResult(outcome, code="x:1"), FIRST, NOW, NOW, RESEND)
    assert (action.state, action.tries.contact, action.tell_admin) == (state, 0, "")
    assert action.address_dead is (outcome is Outcome.PERM_RECIPIENT)


def test_a_drill_ends_after_ten_minutes_and_after_a_second_unknown_outcome():
    transient = SendResult(Outcome.TRANSIENT, code="x:1")
    assert drill_action(transient, FIRST, NOW, NOW + timedelta(minutes=9), RESEND).state is PartState.RETRY
    assert drill_action(transient, FIRST, NOW, NOW + timedelta(minutes=10), RESEND).state is PartState.FAILED
    again = Tries(0, 1, unknowns=1, repeat=True)
    assert drill_action(SendResult(Outcome.UNKNOWN), again, NOW, NOW, RESEND).state is PartState.FAILED


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


def test_a_drill_to_a_chat_that_has_moved_is_tried_there_at_once_but_not_for_ever():
    moved = SendResult(Outcome.TRANSIENT, new_address="-100", code="x:1")
    first = drill_action(moved, FIRST, NOW, NOW, RESEND)
    assert (first.state, first.not_before, first.tries.transients) == (PartState.RETRY, NOW, 1)
    last = drill_action(moved, Tries(0, 2, transients=5), NOW, NOW, RESEND)
    assert last.not_before != NOW


@pytest.mark.parametrize(
    ("result", "tries", "expected"),
    [
        (SendResult(Outcome.UNKNOWN), FIRST, Action(PartState.UNKNOWN, Tries(0, 2, 0, 1, repeat=True), NOW + RESEND)),
        (SendResult(Outcome.TRANSIENT), FIRST, Action(PartState.RETRY, Tries(0, 2, 1), seconds(5))),
        (SendResult(Outcome.DEFER, retry_at=NAMED), FIRST, Action(PartState.RETRY, Tries(0, 2, 1), NAMED)),
        (SendResult(Outcome.DEFER, retry_at=seconds(600)), FIRST, Action(PartState.RETRY, Tries(0, 2, 1), seconds(600))),
        (SendResult(Outcome.DEFER, retry_at=seconds(601)), FIRST, Action(PartState.FAILED, FIRST)),
        (SendResult(Outcome.TRANSIENT, new_address="2"), Tries(0, 2, 4), Action(PartState.RETRY, Tries(0, 2, 5), NOW)),
        (SendResult(Outcome.TRANSIENT, new_address="2"), Tries(0, 2, 5), Action(PartState.FAILED, Tries(0, 2, 5))),
    ],
)  # fmt: skip
def test_what_follows_for_a_drill_to_the_letter(result, tries, expected):
    assert drill_action(result, tries, NOW, NOW, RESEND) == expected


def test_what_the_admin_is_told_and_what_not():
    assert act(Outcome.RATE_LIMITED).tell_admin == act(Outcome.DEFER).tell_admin == ""
    assert act(Outcome.QUOTA, retry_at=NOW + timedelta(days=1)).tell_admin == "quota x:1"
    moved_on = act(Outcome.RATE_LIMITED, urgency=Urgency.HIGH, retry_at=NOW + timedelta(days=1))
    assert (moved_on.tries, moved_on.tell_admin) == (LAST, "")
    assert act(Outcome.UNKNOWN, Tries(1, 2, unknowns=1, repeat=True)).tell_admin == "unknown"


@pytest.mark.parametrize(("before", "told"), [(0, ""), (3, ""), (4, "transient x:1"), (5, "transient x:1")])
def test_an_error_that_lasts_is_told_from_the_fifth_time_on(before, told):
    assert act(Outcome.TRANSIENT, Tries(0, 1, transients=before)).tell_admin == told


def test_after_the_fifth_the_next_contact_takes_over_at_once_and_nobody_is_told():
    assert act(Outcome.TRANSIENT, Tries(0, 2, transients=5)) == Action(PartState.RETRY, LAST, NOW)


@pytest.mark.parametrize("tries", [FIRST, LAST])
def test_a_group_out_of_order_is_told(tries):
    result = SendResult(Outcome.CHANNEL_DOWN, code="x:1", scope=Scope.GROUP)
    action = next_action(result, tries, Urgency.HIGH, NOW, RESEND)
    assert action.tell_admin == "channel_down x:1"
    assert action.not_before == (NOW if tries is FIRST else None)
