"""Parts that have waited too long for a channel go by another one (delivery reference 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.circuit import NOTICE
from alertd.core.delivery import PATIENCE
from alertd.log import get
from alertd.store import circuits, routes

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.circuit import Circuit
    from alertd.core.pace import Pace
    from alertd.jobs.reach import Reach

log = get("deliver")


def blocked_ranks(circuit: Circuit, pace: Pace, now: datetime) -> list[int]:
    """The ranks of urgency for which a channel takes too long: out of order, or paused for longer than that."""
    if circuit.is_open:
        return [*circuit.ranks_out_of_patience(now), max(PATIENCE) + 1]  # beyond all: notices alone
    paused = pace.paused_until
    return [rank for rank, patience in PATIENCE.items() if paused is not None and paused > now + patience]


def move_on(connection: Connection, channel: str, circuit: Circuit, reach: Reach, lowest: int, now: datetime) -> None:
    """Give the parts of `lowest` urgency and above that wait for a channel to each person's next living way."""
    out_of_order = circuits.open_circuits(connection).keys() | {channel}
    moves = []
    for person, contact in routes.waiting_for(connection, channel, now, lowest=lowest, kind=NOTICE):
        ways = reach.ways(connection, person, now)
        # back to an earlier one only from a channel that is out of order: of two that rest, neither is better
        order = [*range(contact + 1, len(ways)), *(range(contact) if circuit.is_open else ())]
        living = [i for i in order if i < len(ways) and not ways[i].dead]
        at = next((i for i in living if ways[i].channel not in out_of_order), None)
        if at is not None:
            moves.append({"person_": person, "from_": contact, "by": ways[at].channel, "at": at})
    if moves:
        moved = routes.move_on(connection, channel, now, lowest=lowest, kind=NOTICE, moves=moves)
        if moved:
            log.warning("goes by another channel", channel=channel, parts=moved)
