"""Importing 100,000 new, changed and unchanged rows, beside a raw `executemany` upsert of the same rows."""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
import time
from datetime import datetime, timedelta

import psycopg
from sqlalchemy import MetaData, UniqueConstraint

from alertd.store import polls
from alertd.store.intake import Intake
from alertd.store.tables import dossiers
from bench.ground import NOW, databases, far, observation, rules, table

ROWS = 100_000


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


def raw_copy():
    """A table like `dossiers`, with its columns and indexes."""
    copy = dossiers.to_metadata(MetaData(), name="raw_dossiers")
    for index in copy.indexes:
        index.name = f"raw_{index.name}"
    for constraint in copy.constraints:
        if isinstance(constraint, UniqueConstraint):
            constraint.name = f"raw_{constraint.name}"
    return copy


def raw(database):
    """Seconds that the driver alone takes to upsert the stored rows, 5,000 a transaction: changed in one plain column,
    and changed in the indexed instants too, as a moved due date is.

    The table is a copy of `dossiers` with its columns and indexes; nothing is parsed, compared, planned or recorded.
    """
    copy = raw_copy()
    names = [column.name for column in dossiers.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    with database.write() as connection:
        copy.create(connection)
        connection.exec_driver_sql(f"INSERT INTO raw_dossiers ({columns}) SELECT {columns} FROM dossiers")
        stored = connection.exec_driver_sql(f"SELECT {columns} FROM dossiers").fetchall()
    at, officers = names.index("hash"), names.index("officers")
    due, following = names.index("due_at"), names.index("next_step_at")
    plain, moved = [], []
    for found in stored:
        row = [json.dumps(value) if isinstance(value, list) else value for value in found]
        row[at], row[officers] = f"{row[at][:-1]}x", '["u0.o0"]'
        plain.append(tuple(row))
        row[at], row[due], row[following] = f"{row[at][:-1]}y", _later(row[due]), _later(row[following])
        moved.append(tuple(row))
    mark = "?" if database.is_sqlite else "%s"
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in ("id", "feed", "key"))
    upsert = (
        f"INSERT INTO raw_dossiers ({columns}) VALUES ({', '.join([mark] * len(names))}) "
        f"ON CONFLICT (feed, key) DO UPDATE SET {sets}"
    )
    connection = driver(database)
    cursor = connection.cursor()
    seconds = []
    for rows in (plain, moved):
        begin = time.perf_counter()
        for start in range(0, len(rows), polls.CHUNK):
            cursor.executemany(upsert, rows[start : start + polls.CHUNK])
            connection.commit()
        seconds.append(time.perf_counter() - begin)
    connection.close()
    return seconds


def _later(at):
    """A week later, as the driver holds it."""
    if isinstance(at, str):
        return (datetime.fromisoformat(at) + timedelta(days=7)).isoformat(timespec="microseconds")
    return at + timedelta(days=7)


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
    gc.collect()
    gc.freeze()  # the daemon streams its rows; ours stand in memory and are not what is measured
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
                results.append([name, label, seconds])
            plain, indexed = raw(database)
            for (_, label, seconds), base in zip(results, (plain, plain, plain, indexed), strict=True):
                rows.append([name, label, f"{seconds:.2f}", f"{ROWS / seconds:,.0f}", f"{base:.2f}",
                             f"{seconds / base:.2f}"])  # fmt: skip
            database.close()
    table(f"Importing {ROWS:,} rows", ["engine", "rows are", "seconds", "rows/s", "raw upsert, s", "ratio"], rows)
    sys.stdout.flush()
