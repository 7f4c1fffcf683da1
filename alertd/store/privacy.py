"""What is stored of one citizen's dossier: given out, or taken away so that only what counts need is left.

What leads to a citizen is what is kept of the applicant (`core.applicant`), the dossier's code, its link, what it was
linked with, and what people wrote about it. Identity numbers are never stored.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Text, cast, delete, or_, select, update

from alertd.core.dossier import Clock
from alertd.core.errors import InputError
from alertd.core.text import normal_code
from alertd.store import tables
from alertd.store.erasing import erase_histories, shown_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Table

#: What nobody can change: history goes by `store.erasing`, weeks are frozen, the log names dossiers by number.
KEPT = frozenset({
    *tables.APPEND_ONLY, tables.erasures, tables.audit, tables.snapshots, tables.snapshot_units,
    tables.snapshot_configurations, tables.configurations, tables.floors,
})  # fmt: skip
#: Tables with rows of one dossier, beside its own and the history.
LINKED = (tables.alerts, tables.acknowledgements, tables.explanations, tables.handovers, tables.audit)
GONE = "(đã xóa)"


def export(connection: Connection, dossier: Row[Any]) -> dict[str, Any]:
    """Everything on record of a dossier, by table. Of a message only what it said of this one: it names others too."""
    found: dict[str, Any] = {"dossier": dict(dossier._mapping)}
    for table in (*tables.APPEND_ONLY, *LINKED):
        query = select(table).where(table.c.dossier_id == dossier.id).order_by(table.c.id)
        found[table.name] = [dict(row._mapping) for row in connection.execute(query)]
    messages = {row["message"] for row in found["alerts"] if row["message"]}
    o = tables.outbox.c
    query = select(o.message, o.person, o.kind, o.slot_at, o.channel, o.state, o.dossiers).where(
        o.message.in_(messages)
    )
    found["messages"] = [
        {**row._mapping, "dossiers": [each for each in row.dossiers if each.get("code") == dossier.code]}
        for row in connection.execute(query.order_by(o.slot_at, o.id))
    ]
    q = tables.quarantine
    rows = connection.execute(select(q).where(q.c.feed == dossier.feed).order_by(q.c.id))
    found["quarantine"] = [dict(row._mapping) for row in rows if normal_code(row.code) == dossier.code_norm]
    return found


def erase(connection: Connection, dossier: Row[Any], reason: str, now: datetime) -> dict[str, int]:
    """Take away what leads to the citizen, in the caller's transaction; gives the number of rows touched, by table.

    What remains is a dossier without history under a name that means nothing: its dates, unit, procedure and outcome,
    and its alerts, so that every count stays what it was. A feed that goes on showing it as ended brings nothing back.
    Raises InputError while it is under way: the people who have to decide it need it.
    """
    if dossier.clock != Clock.ENDED.value:
        raise InputError(f"{dossier.code}: this dossier is under way; it can be erased once it has ended")
    known = select(tables.aliases.c.code).where(tables.aliases.c.dossier_id == dossier.id)
    names = {dossier.code, dossier.code_norm, dossier.key, *dossier.aliases, *connection.scalars(known)} - {""}
    names -= _of_others(connection, dossier, names)
    anonymous = f"DA-XOA-{dossier.id}"
    shown = {dossier.id: shown_as(dossier.feed, dossier.key)}
    touched = {"history": erase_histories(connection, shown, reason, now)}
    connection.execute(
        update(tables.dossiers)
        .where(tables.dossiers.c.id == dossier.id)
        .values(
            key=anonymous, code=anonymous, code_norm=normal_code(anonymous), aliases=[], parent="", url="", hash="",
            applicant="", applicant_phone="",
        )
    )  # fmt: skip
    e = tables.explanations
    touched["explanations"] = connection.execute(
        update(e).where(e.c.dossier_id == dossier.id).values(text=GONE)
    ).rowcount
    touched["quarantine"] = _out_of_quarantine(connection, names)
    for table in tables.metadata.sorted_tables:
        if table not in KEPT:
            touched[table.name] = touched.get(table.name, 0) + _replace(connection, table, names, anonymous)
    return {name: count for name, count in touched.items() if count}


def _of_others(connection: Connection, dossier: Row[Any], names: Iterable[str]) -> set[str]:
    """Names that are the own code of another dossier: what bears one speaks of that one."""
    d = tables.dossiers.c
    norms = {normal_code(name) for name in names} - {dossier.code_norm}
    others = set(connection.scalars(select(d.code_norm).where(d.code_norm.in_(norms), d.id != dossier.id)))
    return {name for name in names if normal_code(name) in others}


def _out_of_quarantine(connection: Connection, names: Iterable[str]) -> int:
    norms = {normal_code(name) for name in names}
    q = tables.quarantine.c
    gone = [row.id for row in connection.execute(select(q.id, q.code)) if normal_code(row.code) in norms]
    return connection.execute(delete(tables.quarantine).where(q.id.in_(gone))).rowcount if gone else 0


def _replace(connection: Connection, table: Table, names: Iterable[str], anonymous: str) -> int:
    """Write another name wherever one stands in a text of the table, as a whole word; the longest first."""
    columns = [each for each in table.columns if isinstance(each.type, Text | JSON) and not each.primary_key]
    keys = list(table.primary_key.columns)
    if not columns or not keys:
        return 0
    written = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    found = [cast(column, Text).contains(form, autoescape=True) for column in columns for form in written]
    whole = whole_words(names)
    changed = 0
    for row in connection.execute(select(table).where(or_(*found))).all():
        before = {column.name: getattr(row, column.name) for column in columns}
        after = {name: renamed(value, whole, anonymous) for name, value in before.items()}
        if after != before:
            connection.execute(update(table).where(*(key == getattr(row, key.name) for key in keys)).values(after))
            changed += 1
    return changed


def whole_words(names: Iterable[str]) -> re.Pattern[str]:
    """Any of these names where it stands as a whole word; the longest first."""
    return re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(names, key=len, reverse=True)))


def renamed(value: Any, whole: re.Pattern[str], anonymous: str) -> Any:
    """A text, or whatever JSON holds, with another name for each of these."""
    if isinstance(value, str):
        return whole.sub(anonymous, value)
    if isinstance(value, list):
        return [renamed(each, whole, anonymous) for each in value]
    if isinstance(value, dict):
        return {whole.sub(anonymous, key): renamed(each, whole, anonymous) for key, each in value.items()}
    return value
