"""Open dossiers one page after another, in the order in which they were first seen, however many have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, tuple_

from alertd.core.dossier import Clock
from alertd.store.tables import dossiers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

_D = dossiers.c
#: In the words of the indexes on what is open, which SQLite takes only then.
OPEN = _D.clock != literal(Clock.ENDED.value, literal_execute=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after this instant and id."""

    at: datetime
    id: int

    @classmethod
    def of(cls, row: Row[Any]) -> Place:
        """Behind a dossier, in the order of `open_rows`."""
        return cls(row.first_seen_at, row.id)


def open_rows(connection: Connection, query: Select[Any], after: Place | None, count: int) -> list[Any]:
    """The next open dossiers of a query that has `first_seen_at` and `id` among its columns.

    On SQLite first what was seen at the same instant, a million of one import perhaps, then what was seen later: of a
    pair it looks for the first alone in its index, and would go through all of that instant for each page.
    """
    query = query.where(OPEN).order_by(_D.first_seen_at, _D.id)
    if after is None:
        return list(connection.execute(query.limit(count)))
    if connection.dialect.name != "sqlite":
        behind = tuple_(_D.first_seen_at, _D.id) > tuple_(literal(after.at, _D.first_seen_at.type), after.id)
        return list(connection.execute(query.where(behind).limit(count)))
    seen_then = query.where(_D.first_seen_at == after.at, _D.id > after.id)
    # and not by id, through all that has ended
    seen_then = seen_then.with_hint(dossiers, "INDEXED BY dossiers_first_seen")
    found = list(connection.execute(seen_then.limit(count)))
    if len(found) == count:
        return found
    return found + list(connection.execute(query.where(_D.first_seen_at > after.at).limit(count - len(found))))
