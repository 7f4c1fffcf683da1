"""What to do after each answer of a provider (delivery reference 7.2 and 7.4, with DESIGN section 7 over them)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from alertd.core.policy import Urgency

#: Pauses after answers that say "certainly not sent", in seconds; the last one repeats.
BACK_OFF = (5, 15, 60, 300, 900)
#: How long a channel that is out of order is waited for before the next one takes over, by urgency rank.
PATIENCE = {1: timedelta(minutes=15), 2: timedelta(minutes=5), 3: timedelta(minutes=2)}
CRITICAL = 3
LONGEST_RESEND = timedelta(hours=1)
#: Waited where a provider names no instant: too fast, out of quota or not at this hour.
RATE_LIMITED_FOR, QUOTA_FOR = timedelta(seconds=1), timedelta(hours=1)
#: A test message is tried for so long.
DRILL_FOR = timedelta(minutes=10)


class PartState(StrEnum):
    """Where one part of a message stands in the outbox."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    RETRY = "retry"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    #: By the storm brake, until an operator decides.
    HELD = "held"
    #: By an operator, with a reason.
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Tries:
    """What came before: which contact is in use of how many, and how often it failed or gave no answer."""

    contact: int
    contacts: int
    transients: int = 0
    unknowns: int = 0
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """The part's next state; `not_before` is set while there is something left to do. `tell_admin` says why."""

    state: PartState
    tries: Tries
    not_before: datetime | None = None
    address_dead: bool = False
    tell_admin: str = ""


def next_action(result: SendResult, tries: Tries, urgency: Urgency, now: datetime, resend_after: timedelta) -> Action:
    """Decide what follows an answer. The escalation clock never waits for any of this.

    `now` is the instant of the answer. Answers that speak of the pace or the whole channel use up no attempt: while a
    channel is out of order its circuit holds the part back, and moves it on when patience ends.
    """
    outcome = result.outcome
    if outcome is Outcome.ACCEPTED:
        return Action(PartState.ACCEPTED, tries)
    if result.new_address and tries.transients < len(BACK_OFF):
        return Action(PartState.RETRY, _count(tries, transients=1), now)
    if outcome is Outcome.PERM_RECIPIENT:
        return _next_contact(tries, now, result, address_dead=True)
    if outcome is Outcome.PERM_PAYLOAD:
        return replace(_next_contact(tries, now, result), tell_admin=_said(result))
    if outcome is Outcome.UNKNOWN:
        return _after_unknown(tries, now, resend_after)
    if outcome is Outcome.TRANSIENT:
        return _after_transient(tries, now, result)
    if outcome in (Outcome.RATE_LIMITED, Outcome.DEFER, Outcome.QUOTA):
        return _after_delay(tries, now, result, urgency.rank)
    return _after_outage(tries, now, result)


def drill_action(
    result: SendResult, tries: Tries, created_at: datetime, now: datetime, resend_after: timedelta
) -> Action:
    """What follows for a test message, which is bound to its channel: a refusal is an answer, nobody is alarmed."""
    outcome = result.outcome
    if outcome is Outcome.ACCEPTED:
        return Action(PartState.ACCEPTED, tries)
    counted = _count(tries, transients=1)
    if result.new_address and tries.transients < len(BACK_OFF):
        return Action(PartState.RETRY, counted, now)
    failed = Action(PartState.FAILED, tries, address_dead=outcome is Outcome.PERM_RECIPIENT)
    if outcome is Outcome.UNKNOWN and tries.unknowns == 0:
        return Action(PartState.UNKNOWN, _count(tries, unknowns=1), now + resend_after)
    if outcome not in (Outcome.TRANSIENT, Outcome.RATE_LIMITED, Outcome.DEFER):
        return failed
    again = result.retry_at or now + _back_off(tries)
    return Action(PartState.RETRY, counted, again) if again <= created_at + DRILL_FOR else failed


def _count(tries: Tries, *, transients: int = 0, unknowns: int = 0) -> Tries:
    return Tries(
        tries.contact,
        tries.contacts,
        tries.transients + transients,
        tries.unknowns + unknowns,
        tries.repeat or bool(unknowns),
    )


def _said(result: SendResult) -> str:
    return f"{result.outcome.value} {result.code}".strip()


def _next_contact(tries: Tries, now: datetime, result: SendResult, *, address_dead: bool = False) -> Action:
    if tries.contact + 1 < tries.contacts:
        moved = Tries(tries.contact + 1, tries.contacts, repeat=tries.repeat)
        return Action(PartState.RETRY, moved, now, address_dead=address_dead)
    return Action(PartState.FAILED, tries, address_dead=address_dead, tell_admin=_said(result))


def _back_off(tries: Tries) -> timedelta:
    return timedelta(seconds=BACK_OFF[min(tries.transients, len(BACK_OFF) - 1)])


def _after_transient(tries: Tries, now: datetime, result: SendResult) -> Action:
    if tries.transients + 1 > len(BACK_OFF) and tries.contact + 1 < tries.contacts:
        return _next_contact(tries, now, result)
    lasting = tries.transients + 1 >= len(BACK_OFF)
    return Action(
        PartState.RETRY,
        _count(tries, transients=1),
        result.retry_at or now + _back_off(tries),
        tell_admin=_said(result) if lasting else "",
    )


def _after_delay(tries: Tries, now: datetime, result: SendResult, rank: int) -> Action:
    """RATE_LIMITED, QUOTA and DEFER: wait for the instant named, or fail over where that is beyond all patience.

    What may not be sent at this hour (DEFER) waits for the morning, unless it is critical.
    """
    again = result.retry_at or now + (QUOTA_FOR if result.outcome is Outcome.QUOTA else RATE_LIMITED_FOR)
    can_wait = result.outcome is Outcome.DEFER and rank < CRITICAL
    told = _said(result) if result.outcome is Outcome.QUOTA else ""
    if again > now + PATIENCE[rank] and not can_wait and tries.contact + 1 < tries.contacts:
        return replace(_next_contact(tries, now, result), tell_admin=told)
    return Action(PartState.RETRY, tries, again, tell_admin=told)


def _after_outage(tries: Tries, now: datetime, result: SendResult) -> Action:
    """AUTH and CHANNEL_DOWN: the part stays due, and the open circuit holds it back; one group's is a refusal."""
    if result.scope in (Scope.GROUP, Scope.RECIPIENT):
        return replace(_next_contact(tries, now, result), tell_admin=_said(result))
    return Action(PartState.RETRY, tries, result.retry_at or now, tell_admin=_said(result))


def _after_unknown(tries: Tries, now: datetime, resend_after: timedelta) -> Action:
    """Once more after `resend_after`, marked; then the next channel; with none, the same at doubling intervals."""
    counted = _count(tries, unknowns=1)
    if tries.unknowns == 0:
        return Action(PartState.UNKNOWN, counted, now + resend_after)
    if tries.contact + 1 < tries.contacts:
        return Action(PartState.UNKNOWN, Tries(tries.contact + 1, tries.contacts, repeat=True), now)
    wait = min(resend_after * 2 ** min(tries.unknowns, 20), max(LONGEST_RESEND, resend_after))
    return Action(PartState.UNKNOWN, counted, now + wait, tell_admin="unknown")
