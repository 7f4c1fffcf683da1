"""Open dossiers one page after another, in the order in which they were first seen, however many have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, literal, tuple_

from alertd.core.dossier import Clock
from alertd.store.tables import dossiers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

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
        """Behind a dossier, in the order of `open_page`."""
        return cls(row.first_seen_at, row.id)


def open_page(query: Select[Any], after: Place | None, count: int) -> Select[Any]:
    """The next open dossiers of a query that has `first_seen_at` and `id` among its columns."""
    query = query.where(OPEN).order_by(_D.first_seen_at, _D.id).limit(count)
    if after is None:
        return query
    return query.where(tuple_(_D.first_seen_at, _D.id) > tuple_(literal(after.at, _D.first_seen_at.type), after.id))
