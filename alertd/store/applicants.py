"""What is stored of who filed dossiers, brought down to what the setting now lets be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from alertd.core.applicant import Applicant, Keep, masked
from alertd.store.bulk import update_rows
from alertd.store.tables import dossiers

if TYPE_CHECKING:
    from sqlalchemy import Connection


def bring_down(connection: Connection, keep: Keep) -> int:
    """Mask or drop what was stored in full; gives how many dossiers. What was dropped does not come back by itself."""
    d = dossiers.c
    stored = or_(d.applicant != "", d.applicant_phone != "")
    if keep is Keep.NONE:
        return connection.execute(update(dossiers).where(stored).values(applicant="", applicant_phone="")).rowcount
    if keep is Keep.FULL:
        return 0
    changed = []
    for row in connection.execute(select(d.id, d.applicant, d.applicant_phone).where(stored)):
        left = masked(Applicant(row.applicant, row.applicant_phone))
        if (left.name, left.phone) != (row.applicant, row.applicant_phone):
            changed.append([left.name, left.phone, row.id])
    count = len(changed)
    update_rows(connection, dossiers, ("applicant", "applicant_phone"), changed)
    return count
