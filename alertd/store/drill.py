"""What became of test messages; each is on record under the reserved step `drill` (`store.direct`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from alertd.store.tables import attempts, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

STEP = "drill"


def results(connection: Connection, messages: Sequence[str]) -> dict[str, Any]:
    """Where test messages stand: `state`, `detail`, `settled_at`, and the last call's `outcome` and `code`."""
    query = (
        select(outbox.c.message, outbox.c.state, outbox.c.detail, outbox.c.settled_at, attempts.c.outcome,
               attempts.c.code)
        .outerjoin(attempts, (attempts.c.outbox_id == outbox.c.id) & (attempts.c.number == outbox.c.attempts))
        .where(outbox.c.message.in_(messages))
    )  # fmt: skip
    return {row.message: row for row in connection.execute(query)}
