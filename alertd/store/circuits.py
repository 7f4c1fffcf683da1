"""Open circuits, so that a channel that is out of order is still known to be so after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from alertd.core.circuit import Circuit
from alertd.store.database import upsert
from alertd.store.tables import circuits

if TYPE_CHECKING:
    from sqlalchemy import Connection


def open_circuits(connection: Connection) -> dict[str, Circuit]:
    """The open circuits by channel."""
    return {
        row.channel: Circuit(row.opened_at, row.reason, row.probed_at) for row in connection.execute(select(circuits))
    }


def save(connection: Connection, channel: str, circuit: Circuit) -> None:
    """Keep a circuit as it is now; a closed one has no row."""
    if not circuit.is_open:
        connection.execute(delete(circuits).where(circuits.c.channel == channel))
        return
    upsert(connection, circuits, ["channel"], {
        "channel": channel, "opened_at": circuit.opened_at, "reason": circuit.reason, "probed_at": circuit.probed_at,
    })  # fmt: skip
