"""`alertd db`: upgrade, backup, restore, check, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from alertd.store import backup
from alertd.store.database import Database
from alertd.store.tables import daemons, marks
from tests.commands.ground import rows, stored, write_config, write_csv

SOME_TIME = datetime(2026, 6, 1, tzinfo=UTC)
EXPLAIN = ("explain", "HS-0001", "--at", "2030-01-01", "--format", "json", "--config")


@pytest.fixture
def filled(alertd, config, tmp_path):
    assert alertd("import", write_csv(tmp_path / "e.csv", rows(30)), "--feed", "exports", "--config", config).code == 0
    return config


@pytest.fixture
def other(tmp_path):
    """A configuration on an empty SQLite database, to restore into."""
    return write_config(tmp_path / "other", f"sqlite:///{tmp_path / 'other.db'}")


def test_upgrade_makes_the_schema_and_says_from_what_to_what(alertd, config, url):
    first = alertd("db", "upgrade", "--config", config)
    again = alertd("db", "upgrade", "--config", config)
    cluster = "" if url.startswith("sqlite") else "the tables of the cluster were made\n"
    assert [first.code, again.code, first.err, again.err] == [0, 0, cluster, ""]
    assert re.search(r": empty -> \d{4}$", first.out.strip())
    assert re.search(r": \d{4}$", again.out.strip())


def test_check_counts_the_rows_of_each_table(alertd, filled):
    done = alertd("db", "check", "--config", filled)
    assert (done.code, done.err) == (0, "")
    counts = dict(line.split() for line in done.out.splitlines()[1:])
    assert (counts["dossiers"], counts["observations"], counts["alerts"]) == ("30", "30", "0")


def test_a_restored_database_is_the_same_and_explains_the_same(alertd, filled, other, tmp_path, url):
    copy, before = tmp_path / "copy.db", stored(url)
    made = alertd("db", "backup", copy, "--config", filled)
    assert (made.code, made.err) == (0, "")
    assert sorted(path.name for path in tmp_path.glob("copy.db*")) == ["copy.db"], "one file, and nothing beside it"
    done = alertd("db", "restore", copy, "--config", other)
    assert (done.code, done.err) == (0, "")
    assert stored(f"sqlite:///{tmp_path / 'other.db'}") == before
    # the lines of the configuration are named with its folder
    assert alertd(*EXPLAIN, other).out.replace(str(other), str(filled)) == alertd(*EXPLAIN, filled).out
    assert alertd("db", "check", "--config", other).code == 0


def test_a_restore_only_reads_the_backup(alertd, filled, other, tmp_path):
    copy = tmp_path / "copy.db"
    alertd("db", "backup", copy, "--config", filled)
    before = copy.read_bytes()
    assert alertd("db", "restore", copy, "--config", other).code == 0
    assert copy.read_bytes() == before
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]


@pytest.mark.postgres
def test_a_backup_moves_to_postgresql_and_goes_on_counting_there(alertd, local, tmp_path, postgres_url):
    folder = write_config(tmp_path / "target", postgres_url)
    alertd("import", write_csv(tmp_path / "e.csv", rows(30)), "--feed", "exports", "--config", local)
    alertd("db", "backup", tmp_path / "copy.db", "--config", local)
    assert alertd("db", "restore", tmp_path / "copy.db", "--config", folder).code == 0
    assert alertd(*EXPLAIN, folder).out.replace(str(folder), str(local)) == alertd(*EXPLAIN, local).out
    more = write_csv(tmp_path / "more.csv", rows(35))
    done = alertd("import", more, "--feed", "exports", "--config", folder)
    assert (done.code, "5 new, 0 changed, 30 unchanged" in done.out) == (0, True), done


def test_a_backup_never_overwrites(alertd, filled, tmp_path):
    copy = tmp_path / "copy.db"
    copy.write_text("wichtig", "utf-8")
    done = alertd("db", "backup", copy, "--config", filled)
    assert done.code == 2
    assert "never overwritten" in done.line
    assert copy.read_text("utf-8") == "wichtig"


def test_a_backup_that_fails_leaves_nothing_behind(alertd, filled, tmp_path, monkeypatch):
    def fail(*_):
        raise backup.StoreError("kein Platz")

    monkeypatch.setattr(backup, "_integrity", fail)
    assert alertd("db", "backup", tmp_path / "copy.db", "--config", filled).code == 1
    assert list(tmp_path.glob("copy.db*")) == []


def test_restore_fills_only_an_empty_database(alertd, filled, tmp_path, url):
    alertd("db", "backup", tmp_path / "copy.db", "--config", filled)
    before = stored(url)
    done = alertd("db", "restore", tmp_path / "copy.db", "--config", filled)
    assert done.code == 1
    assert "not empty" in done.line
    assert stored(url) == before


@pytest.mark.parametrize("content", [b"", b"no database" * 100, None])
def test_a_file_that_is_no_backup_is_one_clear_line(alertd, other, tmp_path, content):
    wrong = tmp_path / "wrong.db"
    if content is None:
        with closing(sqlite3.connect(wrong)) as raw:
            raw.execute("CREATE TABLE letters (text)")
    else:
        wrong.write_bytes(content)
    done = alertd("db", "restore", wrong, "--config", other)
    assert done.code == 2
    assert "not a backup" in done.line
    assert not (tmp_path / "other.db").exists()


def test_names_with_marks_blanks_and_question_marks_can_be_backed_up_to_and_restored_from(
    alertd, filled, other, tmp_path
):
    copy = tmp_path / "bản sao 100% #1?.db"
    assert alertd("db", "backup", copy, "--config", filled).code == 0
    assert copy.is_file()
    assert alertd("db", "restore", copy, "--config", other).code == 0


def test_a_restored_database_knows_of_no_running_daemon(alertd, filled, other, tmp_path, url):
    database = Database(url)
    with database.write() as connection:
        connection.execute(
            insert(daemons).values(name="daemon", holder="somewhere process 1 abc", renewed_at=SOME_TIME)
        )
    database.close()
    alertd("db", "backup", tmp_path / "copy.db", "--config", filled)
    alertd("db", "restore", tmp_path / "copy.db", "--config", other)
    assert stored(f"sqlite:///{tmp_path / 'other.db'}")["daemons"] == []


def test_a_backup_is_of_one_instant_while_somebody_writes(alertd, filled, other, tmp_path, url):
    # the writer moves two marks together: a backup that shows them apart has mixed two instants
    stop = threading.Event()
    database = Database(url)
    written = 0

    def write():
        nonlocal written
        while not stop.is_set():
            with database.write() as connection:
                for name in ("a", "z"):
                    connection.execute(marks.delete().where(marks.c.name == name))
                    connection.execute(insert(marks).values(name=name, at=SOME_TIME.replace(microsecond=written)))
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            before = written
            done = alertd("db", "backup", tmp_path / f"{number}.db", "--config", filled)
            assert done.code == 0, done.err
            assert written > before, "the writer was held up"
            found = stored(f"sqlite:///{tmp_path / f'{number}.db'}")
            assert len({row.at for row in found["marks"] if row.name in "az"}) <= 1
    finally:
        stop.set()
        writer.join()
        database.close()
    counts = json.loads(alertd("status", "--format", "json", "--config", filled).out)["total"]
    assert counts["open"] == 30
