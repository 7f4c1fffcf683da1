"""One dossier through the rules on a virtual clock, as the daemon would take it: with answers, tick by tick.

`replay` says when each step falls due; a rehearsal says who is really told, because it asks `firing` at each instant
and keeps the ledger that the store would keep. Data are always fresh, and a message is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from alertd.core.dossier import Phase
from alertd.core.firing import AlertState, Case, Ledger, fire
from alertd.core.planning import resolve, stretches, subject_of
from alertd.core.transition import PlanReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alertd.core.acknowledging import Ack
    from alertd.core.dossier import Observation
    from alertd.core.firing import Alert
    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Heard:
    """One alert of a rehearsal; `at` is when it is recorded, in UTC or the zone of the clock that was given.

    `state` is `pending` for what the person is told; anything else says why they are not.
    """

    at: datetime
    dossier: str
    step: str
    person: str
    policy: str
    state: AlertState


def rehearse(seen: Observation, acks: Sequence[Ack], rules: Rules, since: datetime, until: datetime) -> Iterator[Heard]:
    """What is recorded for one dossier with since <= at < until, first shown by its feed at `since`.

    `acks` are its acknowledgements, oldest first.
    """
    fired: dict[str, int] = {}
    reached: dict[str, datetime] = {}
    ladder, begun = None, since
    turning = iter(_turning(seen, rules, since))
    turn = next(turning, until)
    now: datetime | None = since
    while now is not None and now < until:
        case = _case(seen, rules, now, begun)
        following = None
        if case is not None:
            if ladder not in (None, case.clock):  # accepted: steps of the due date begin anew
                fired, reached, begun = {}, {}, now
            ladder = case.clock
            given = tuple(ack for ack in acks if begun <= ack.at <= now)
            firing = fire(case, Ledger(fired, {}, given, reached), rules, now)
            for alert in firing.alerts:
                yield Heard(now, seen.code, alert.step, alert.person, alert.policy, alert.state)
                _note(alert, fired, reached)
            following = firing.next_step_at
        while turn <= now:
            turn = next(turning, until)
        now = turn if following is None else min(following, turn)


def _case(seen: Observation, rules: Rules, now: datetime, since: datetime) -> Case | None:
    """The dossier on the local date of `now`; None when no step of it can fire."""
    resolved = resolve(seen, rules, rules.organisation.on(rules.local_date(now)))
    running = [each for each in stretches(seen, resolved) if each[1].end is None or now < each[1].end]
    if seen.untimed or seen.phase is Phase.PAUSED or not running:
        return None
    clock, stretch = running[0]  # a submission is accepted before it runs
    return Case(
        0, clock, 1, subject_of(seen, resolved.unit), seen.officers, stretch.begin, stretch.deadline, stretch.end,
        since, PlanReason.FIRST_SEEN, fresh=True,
    )  # fmt: skip


def _note(alert: Alert, fired: dict[str, int], reached: dict[str, datetime]) -> None:
    fired[alert.step] = max(fired.get(alert.step, -1), alert.occurrence)
    if alert.state in (AlertState.PENDING, AlertState.COALESCED):
        reached[alert.person] = max(reached.get(alert.person, alert.at), alert.at)


def _turning(seen: Observation, rules: Rules, since: datetime) -> list[datetime]:
    """When a plan is made anew after `since`: units or lines of reporting change, or the submission is accepted."""
    days = [datetime.combine(day, time(), rules.zone) for day in rules.organisation.turning_days()]
    accepted = [seen.received_at] if seen.received_at is not None else []
    return sorted(at for at in [*days, *accepted] if at > since)
