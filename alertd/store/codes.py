"""The codes of a dossier: its own and every other one it was known by. A code finds, it never merges.

Two dossiers stay two whatever codes they share (reference 5, problem 14): a shared code is a list that a person sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, union, union_all

from alertd.core.text import normal_code
from alertd.store.paging import OPEN
from alertd.store.tables import aliases, dossiers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def find(connection: Connection, code: str) -> list[Row[Any]]:
    """Dossiers known by this code, however it is written: those whose own it is first, then by feed."""
    norm = normal_code(code)
    ids = union(
        select(dossiers.c.id).where(dossiers.c.code_norm == norm),
        select(aliases.c.dossier_id).where(aliases.c.code_norm == norm),
    )
    query = select(dossiers).where(dossiers.c.id.in_(ids))
    return list(connection.execute(query.order_by(dossiers.c.code_norm != norm, dossiers.c.feed, dossiers.c.id)))


def shared(connection: Connection) -> list[dict[str, Any]]:
    """Codes by which open dossiers claim to be known and others of the same feed are too, with these others.

    `own` says whether it is the own code of one of them. A claim that the feed has taken back is no matter any more,
    though it still finds the dossier.
    """
    other = dossiers.alias("other")
    claimed = select(aliases.c.dossier_id, aliases.c.code, aliases.c.code_norm, aliases.c.feed).subquery()
    also = aliases.alias("also")
    on = (claimed.c.feed, claimed.c.code_norm, claimed.c.dossier_id)
    as_own = (
        select(*on, claimed.c.code, other.c.code.label("other"), literal(1).label("own"))
        .join(other, (other.c.feed == claimed.c.feed) & (other.c.code_norm == claimed.c.code_norm))
        .where(other.c.id != claimed.c.dossier_id)
    )
    as_alias = (
        select(*on, claimed.c.code, other.c.code, literal(0))
        .join(also, (also.c.feed == claimed.c.feed) & (also.c.code_norm == claimed.c.code_norm))
        .join(other, other.c.id == also.c.dossier_id)
        .where(also.c.dossier_id != claimed.c.dossier_id)
    )
    both = union_all(as_own, as_alias).subquery()
    query = (
        select(both, dossiers.c.code.label("dossier"), dossiers.c.unit, dossiers.c.aliases)
        .join(dossiers, dossiers.c.id == both.c.dossier_id)
        .where(OPEN)
        .order_by(both.c.feed, both.c.code_norm, both.c.dossier_id, both.c.other)
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in connection.execute(query):
        if row.code_norm not in map(normal_code, row.aliases):
            continue
        entry = found.setdefault(
            (row.dossier_id, row.code_norm),
            {"feed": row.feed, "code": row.code, "dossier": row.dossier, "unit": row.unit, "own": False, "others": []},
        )
        entry["own"] = entry["own"] or bool(row.own)
        if row.other not in entry["others"]:
            entry["others"].append(row.other)
    return [*_same(connection), *found.values()]


def _same(connection: Connection) -> list[dict[str, Any]]:
    """Codes that several open dossiers of one feed have for their own."""
    d = dossiers.c
    query = (
        select(
            d.feed, d.code_norm, func.min(d.code).label("code"), func.min(d.unit).label("unit"), func.count().label("n")
        )
        .where(OPEN)
        .group_by(d.feed, d.code_norm)
        .having(func.count() > 1)
        .order_by(d.feed, d.code_norm)
    )
    return [
        {"feed": row.feed, "code": row.code, "dossier": row.code, "unit": row.unit, "own": True,
         "others": [row.code] * (row.n - 1)}
        for row in connection.execute(query)
    ]  # fmt: skip
