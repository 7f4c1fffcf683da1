"""Many rows in one call of the driver, many values in one parameter.

SQLAlchemy prepares each row of an executemany in Python, which costs more than the database does: twice the time of an
import (`bench/intake`). These two statements are simple enough to be written out; the types still come from the tables.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, JSON, any_, bindparam, column, func, select

from alertd import courtesy
from alertd.store.tables import Instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Connection, Table, TableValuedAlias
    from sqlalchemy.types import TypeEngine

#: Rows of one call of the driver: a few milliseconds, after which whoever waits for a page has the interpreter.
SLICE = 200
#: Rows that PostgreSQL takes as lists in one statement, which it would otherwise have to be asked ten times as often.
LISTED = 2000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=4096)
def _text(at: datetime) -> str:
    """An instant in UTC as SQLite holds it, the same text as `Instant` writes; PostgreSQL reads it too."""
    return at.isoformat(timespec="microseconds")


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]], *, pass_over: bool = False
) -> None:
    """Insert rows whose values stand in the order of `columns`; instants must be in UTC. Changes `rows`.

    `pass_over` leaves rows alone that are there already by any unique key.
    """
    if not rows:
        return
    mark = _mark(connection)
    names = ", ".join(f'"{name}"' for name in columns)
    sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join([mark] * len(columns))})'  # noqa: S608 - our names
    if pass_over:
        sql += " ON CONFLICT DO NOTHING"
    _in_slices(connection, sql, table, columns, rows)


def update_rows(connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]]) -> None:
    """Set `columns` of rows by id: each row holds the values in their order, then the id; instants must be in UTC.

    May change `rows`. No id may come twice.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        _update_from_lists(connection, table, columns, rows)
        return
    sets = ", ".join(f'"{name}" = ?' for name in columns)
    sql = f'UPDATE "{table.name}" SET {sets} WHERE "id" = ?'  # noqa: S608 - our names
    _in_slices(connection, sql, table, columns, rows)


def _update_from_lists(connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]]) -> None:
    """One statement for each slice, a list for each column, which the server plans and answers once."""
    kinds = {name: table.c[name].type.compile(connection.dialect) for name in [*columns, "id"]}
    names = ", ".join(f'"{name}"' for name in kinds)
    lists = ", ".join(f"%s::{'TEXT' if kind == 'JSON' else kind}[]" for kind in kinds.values())
    sets = ", ".join(f'"{name}" = given."{name}"{"::JSON" * (kinds[name] == "JSON")}' for name in columns)
    sql = (
        f'UPDATE "{table.name}" SET {sets} FROM unnest({lists}) AS given ({names}) '  # noqa: S608 - our names
        f'WHERE "{table.name}"."id" = given."id"'
    )
    for start in range(0, len(rows), LISTED):
        given = zip(*rows[start : start + LISTED], strict=True)
        bound = [_list(table.c[name].type, values) for name, values in zip(kinds, given, strict=True)]
        connection.exec_driver_sql(sql, tuple(bound))
        courtesy.stand_aside()


def _list(kind: TypeEngine[Any], values: Sequence[Any]) -> Any:
    """A column's values as the driver takes them; instants written out, which it does slowly, one after another."""
    if isinstance(kind, Instant):
        return f"{{{','.join('NULL' if at is None else _text(at) for at in values)}}}"
    return [*map(_json, values)] if isinstance(kind, JSON) else [*values]


def among(connection: Connection, wanted: Column[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`wanted IN values` with a single parameter: a list of thousands costs more than the search for them."""
    if connection.dialect.name == "sqlite":
        return wanted.in_(select(listed(connection, values, wanted.type).c.value))
    return wanted == any_(bindparam(None, list(values), ARRAY(wanted.type)))


def listed(connection: Connection, values: Sequence[Any], kind: TypeEngine[Any]) -> TableValuedAlias:
    """The values as the rows of a table, with the column `value`, in a single parameter."""
    if connection.dialect.name == "sqlite":
        return func.json_each(_json(list(values))).table_valued(column("value", kind))
    given = func.unnest(bindparam(None, list(values), ARRAY(kind)))
    return given.table_valued(column("value", kind)).render_derived()


def _in_slices(connection: Connection, sql: str, table: Table, columns: Sequence[str], rows: list[list[Any]]) -> None:
    for start in range(0, len(rows), SLICE):
        connection.exec_driver_sql(sql, _bound(connection, table, columns, rows[start : start + SLICE]))
        courtesy.stand_aside()


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _bound(
    connection: Connection, table: Table, columns: Sequence[str], rows: list[list[Any]]
) -> list[tuple[Any, ...]]:
    """The values as the driver takes them."""
    text_instants = connection.dialect.name == "sqlite"
    for place, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, JSON):
            for row in rows:
                row[place] = _json(row[place])
        elif text_instants and isinstance(kind, Instant):
            for row in rows:
                if row[place] is not None:
                    row[place] = _text(row[place])
    return [tuple(row) for row in rows]
