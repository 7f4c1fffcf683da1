"""Aftermath: what answers mean for the parts, for the addresses, and for the admin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alertd.core.delivery import Action, PartState, Tries, drill_action, next_action
from alertd.core.policy import Urgency
from alertd.log import get
from alertd.store import addresses, reserved, settling
from alertd.store.settling import Settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from alertd.core.outcome import SendResult
    from alertd.core.rules import Rules
    from alertd.jobs.reach import Reach
    from alertd.store.claims import Claimed

log = get("deliver")


@dataclass(frozen=True)
class Aftermath:
    """Records answers, in the caller's transaction. `resend_after` is what an unknown outcome waits.

    A channel whose provider tells later what has arrived may name a longer wait for an address (`receipt_wait`).
    """

    rules: Rules
    reach: Reach
    resend_after: timedelta

    def record(
        self,
        connection: Connection,
        answers: Sequence[tuple[Claimed, SendResult]],
        now: datetime,
        *,
        holder: str | None,
        receipt_wait: Callable[[str], timedelta | None] | None = None,
    ) -> None:
        """Settle the parts of these answers; `holder` None: of claims that were lost."""
        settled = []
        for claimed, result in answers:
            wait = (receipt_wait(claimed.address) if receipt_wait else None) or self.resend_after
            action = self._action(connection, claimed, result, now, wait)
            self._note(connection, claimed, result, action, now)
            contact, channel = self._route(connection, claimed, action, now)
            settled.append(Settled(claimed, result, action, contact, channel))
        settling.settle(connection, settled, now, holder=holder)

    def _action(
        self, connection: Connection, claimed: Claimed, result: SendResult, now: datetime, resend_after: timedelta
    ) -> Action:
        row = claimed.row
        tries = claimed.tries(self.reach.ways(connection, row.person, now))
        if row.pinned:
            return drill_action(result, tries, row.created_at, now, resend_after)
        action = next_action(result, tries, Urgency(row.urgency), now, resend_after)
        if action.state is PartState.FAILED and action.address_dead:
            return self._back(connection, claimed, action, now)
        return action

    def _back(self, connection: Connection, claimed: Claimed, action: Action, now: datetime) -> Action:
        """No later way is left, but an earlier one lives: that channel was out of order when the part moved on."""
        ways = self.reach.ways(connection, claimed.row.person, now)[: claimed.contact]
        refused = (claimed.channel, claimed.address)
        living = [i for i, way in enumerate(ways) if not way.dead and (way.channel, way.address) != refused]
        if not living:
            return action
        back = Tries(living[0], action.tries.contacts, repeat=action.tries.repeat)
        return replace(action, state=PartState.RETRY, tries=back, not_before=now, tell_admin="")

    def _route(self, connection: Connection, claimed: Claimed, action: Action, now: datetime) -> tuple[int, str]:
        """The contact and the channel of the next try; '' where there is none any more."""
        row, to = claimed.row, action.tries.contact
        if action.not_before is None or row.pinned or to == claimed.contact:
            return to, claimed.channel
        ways = self.reach.ways(connection, row.person, now)
        at = next((i for i in range(to, len(ways)) if not ways[i].dead), None)
        return (to, "") if at is None else (at, ways[at].channel)

    def _note(
        self, connection: Connection, claimed: Claimed, result: SendResult, action: Action, now: datetime
    ) -> None:
        """Remember an address that is dead or has moved, and let the admin hear of what cannot be delivered."""
        row = claimed.row
        if result.new_address and result.new_address != claimed.address:
            addresses.move(connection, row.person, claimed.channel, claimed.address, result.new_address, now)
            self.reach.refresh(connection)
        elif action.address_dead:
            addresses.mark_dead(connection, row.person, claimed.channel, claimed.address, result.code, now)
            self.reach.refresh(connection)
            if action.state is PartState.RETRY:
                reserved.address_alarm(connection, self.rules, row.person, claimed.channel, now)
        if action.state is not PartState.ACCEPTED:
            log.warning("not accepted", part=row.id, channel=claimed.channel, outcome=result.outcome.value,
                        code=result.code, detail=result.detail, next=action.state.value)  # fmt: skip
        if not action.tell_admin:
            return
        if action.state is PartState.RETRY:
            reserved.channel_alarm(connection, self.rules, claimed.channel, action.tell_admin, now)
            return
        note = "unreachable" if action.state is PartState.FAILED else "unknown"
        reserved.delivery_alarm(connection, self.rules, row.person, note, now)
