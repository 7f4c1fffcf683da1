"""How SQLite goes about what is asked of it, which does not depend on how much there is."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def plans(database):
    """The plan of each SELECT that is made meanwhile, in a list that grows."""
    made = []

    def planned(connection, cursor, statement, parameters, context, many):
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            made.append(" ".join(row[3] for row in cursor.fetchall()))

    event.listen(database.engine, "before_cursor_execute", planned)
    try:
        yield made
    finally:
        event.remove(database.engine, "before_cursor_execute", planned)
