"""Importing 100,000 new, changed and unchanged rows, beside a raw `executemany` upsert of the same rows."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from datetime import timedelta

import psycopg
from sqlalchemy import MetaData, UniqueConstraint

from alertd.store import polls
from alertd.store.intake import Intake
from alertd.store.tables import dossiers
from bench.ground import NOW, databases, far, observation, rules, table

ROWS = 20_000


def take(database, rulebook, rows, now):
    """One poll of these rows, as the daemon does it after reading; seconds."""
    begin = time.perf_counter()
    with database.write() as connection:
        poll_id = polls.begin(connection, "bench", "bench", "", now, now)
    intake = Intake("bench", poll_id, rulebook, now, now)
    for start in range(0, len(rows), polls.CHUNK):
        with database.write() as connection:
            intake.take(connection, rows[start : start + polls.CHUNK])
    with database.write() as connection:
        polls.end(connection, intake, scope="part", detail="", ended_at=now)
    return time.perf_counter() - begin, intake.counts


def raw(database):
    """Seconds that the driver alone takes to upsert the stored rows, one column changed, 5,000 a transaction.

    The table is a copy of `dossiers` with its columns and indexes; nothing is parsed, compared, planned or recorded.
    """
    copy = dossiers.to_metadata(MetaData(), name="raw_dossiers")
    for index in copy.indexes:
        index.name = f"raw_{index.name}"
    for constraint in copy.constraints:
        if isinstance(constraint, UniqueConstraint):
            constraint.name = f"raw_{constraint.name}"
    with database.write() as connection:
        copy.create(connection)
        connection.exec_driver_sql("INSERT INTO raw_dossiers SELECT * FROM dossiers")
        stored = connection.exec_driver_sql("SELECT * FROM dossiers").fetchall()
    names = [column.name for column in dossiers.columns]
    at, officers = names.index("hash"), names.index("officers")
    rows = []
    for row in stored:
        row = [json.dumps(value) if isinstance(value, list) else value for value in row]
        row[at], row[officers] = f"{row[at][:-1]}x", '["u0.o0"]'
        rows.append(row)
    mark = "?" if database.is_sqlite else "%s"
    columns = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in ("id", "feed", "key"))
    upsert = (
        f"INSERT INTO raw_dossiers ({columns}) VALUES ({', '.join([mark] * len(names))}) "
        f"ON CONFLICT (feed, key) DO UPDATE SET {sets}"
    )
    connection = driver(database)
    begin = time.perf_counter()
    cursor = connection.cursor()
    for start in range(0, len(rows), polls.CHUNK):
        cursor.executemany(upsert, rows[start : start + polls.CHUNK])
        connection.commit()
    seconds = time.perf_counter() - begin
    connection.close()
    return seconds


def driver(database):
    """A connection of the driver itself, as durable as ours."""
    if database.is_sqlite:
        connection = sqlite3.connect(database.url.database)
        connection.execute("PRAGMA synchronous=FULL")
        return connection
    return psycopg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False))


def main() -> None:
    """Print the table."""
    rulebook = rules()
    received = NOW - timedelta(days=5)
    first = [observation(n, far(n), received) for n in range(ROWS)]
    changed = [observation(n, far(n), received, officer_shift=1) for n in range(ROWS)]
    moved = [observation(n, far(n) + timedelta(days=7), received, officer_shift=1) for n in range(ROWS)]
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            database = make()
            results = []
            for label, data, minutes in [
                ("new", first, 0), ("unchanged", first, 1), ("changed (officer)", changed, 2),
                ("changed (due date)", moved, 3),
            ]:  # fmt: skip
                seconds, counts = take(database, rulebook, data, NOW + timedelta(minutes=minutes))
                assert counts.rows == ROWS, counts
                results.append((label, seconds))
                if label == "unchanged":
                    base = raw(database)
                    results.append(("raw upsert, changed", base))
            for label, seconds in results:
                rows.append([name, label, f"{seconds:.2f}", f"{ROWS / seconds:,.0f}", f"{seconds / base:.2f}"])
            database.close()
    table(f"Importing {ROWS:,} rows", ["engine", "rows are", "seconds", "rows/s", "to raw upsert"], rows)
    sys.stdout.flush()
