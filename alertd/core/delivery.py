"""What to do after each answer of a provider (delivery reference 7.2 and 7.4, with DESIGN section 7 over them)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.outcome import Outcome, SendResult

if TYPE_CHECKING:
    from alertd.core.policy import Urgency

#: Pauses after answers that say "certainly not sent", in seconds; the last one repeats.
BACK_OFF = (5, 15, 60, 300, 900)
#: How long a channel that is down is waited for before the next one takes over, by urgency rank.
PATIENCE = {1: timedelta(minutes=15), 2: timedelta(minutes=5), 3: timedelta(minutes=2)}
LONGEST_RESEND = timedelta(hours=1)
RATE_LIMITED_FOR = timedelta(seconds=1)
LONGEST_RATE_LIMIT = timedelta(seconds=60)


class PartState(StrEnum):
    """Where one part of a message stands in the outbox."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    RETRY = "retry"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SUPERSEDED = "superseded"


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

    `now` is the instant of the answer.
    """
    outcome = result.outcome
    if outcome is Outcome.ACCEPTED:
        return Action(PartState.ACCEPTED, tries)
    if outcome in (Outcome.PERM_RECIPIENT, Outcome.PERM_PAYLOAD):
        return _next_contact(tries, now, result, address_dead=outcome is Outcome.PERM_RECIPIENT)
    if outcome is Outcome.UNKNOWN:
        return _after_unknown(tries, now, resend_after)
    if outcome in (Outcome.RATE_LIMITED, Outcome.DEFER):
        limited = _count(tries, transients=1)
        wait = min(RATE_LIMITED_FOR * 2 ** min(tries.transients, 6), LONGEST_RATE_LIMIT)
        return Action(PartState.RETRY, limited, result.retry_at or now + wait)
    if outcome is Outcome.QUOTA and tries.contact + 1 < tries.contacts:
        return _next_contact(tries, now, result)
    if outcome is Outcome.TRANSIENT:
        return _after_transient(tries, now, result)
    return _after_outage(tries, now, result, PATIENCE[urgency.rank])


def _count(tries: Tries, *, transients: int = 0, unknowns: int = 0) -> Tries:
    return Tries(
        tries.contact,
        tries.contacts,
        tries.transients + transients,
        tries.unknowns + unknowns,
        tries.repeat or bool(unknowns),
    )


def _next_contact(tries: Tries, now: datetime, result: SendResult, *, address_dead: bool = False) -> Action:
    if tries.contact + 1 < tries.contacts:
        moved = Tries(tries.contact + 1, tries.contacts, repeat=tries.repeat)
        return Action(PartState.RETRY, moved, now, address_dead=address_dead)
    return Action(
        PartState.FAILED, tries, address_dead=address_dead, tell_admin=f"{result.outcome.value} {result.code}".strip()
    )


def _after_transient(tries: Tries, now: datetime, result: SendResult) -> Action:
    wait = timedelta(seconds=BACK_OFF[min(tries.transients, len(BACK_OFF) - 1)])
    if tries.transients + 1 > len(BACK_OFF) and tries.contact + 1 < tries.contacts:
        return _next_contact(tries, now, result)
    lasting = tries.transients + 1 >= len(BACK_OFF)
    return Action(
        PartState.RETRY,
        _count(tries, transients=1),
        result.retry_at or now + wait,
        tell_admin=f"{result.outcome.value} {result.code}".strip() if lasting else "",
    )


def _after_outage(tries: Tries, now: datetime, result: SendResult, patience: timedelta) -> Action:
    """AUTH, CHANNEL_DOWN and QUOTA: wait for the channel once, then the next one; the last one is asked again."""
    if tries.transients and tries.contact + 1 < tries.contacts:
        return _next_contact(tries, now, result)
    return Action(
        PartState.RETRY,
        _count(tries, transients=1),
        result.retry_at or now + patience,
        tell_admin=f"{result.outcome.value} {result.code}".strip(),
    )


def _after_unknown(tries: Tries, now: datetime, resend_after: timedelta) -> Action:
    """Once more after `resend_after`, marked; then the next channel; with none, the same at doubling intervals."""
    counted = _count(tries, unknowns=1)
    if tries.unknowns == 0:
        return Action(PartState.UNKNOWN, counted, now + resend_after)
    if tries.contact + 1 < tries.contacts:
        return Action(PartState.UNKNOWN, Tries(tries.contact + 1, tries.contacts, repeat=True), now)
    wait = min(resend_after * 2 ** min(tries.unknowns, 20), max(LONGEST_RESEND, resend_after))
    return Action(PartState.UNKNOWN, counted, now + wait, tell_admin="unknown")
