"""Rolling upgrade: what only adds is made while the old program runs, what takes away when it has left."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import text

from alertd.core.errors import StoreError
from alertd.store import migrate, running
from alertd.store.database import Database

pytestmark = pytest.mark.postgres
STEP = 'revision = "{}"\ndown_revision = "{}"\n{}\n\ndef upgrade() -> None:\n    from alembic import op\n    op.execute("{}")\n'


@pytest.fixture
def database(postgres_url):
    made = Database(postgres_url)
    migrate.upgrade(made)
    yield made
    made.close()


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """A program that has two steps more: one adds a column, one takes another away."""
    old = migrate.head()
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.folder(), folder)
    adds, takes = "ALTER TABLE marks ADD COLUMN remark text", "ALTER TABLE marks DROP COLUMN remark"
    (folder / "versions" / "9001_adds.py").write_text(STEP.format("9001", old, "", adds), "utf-8")
    (folder / "versions" / "9002_takes.py").write_text(STEP.format("9002", "9001", "contracts = True", takes), "utf-8")
    monkeypatch.setattr(migrate, "folder", lambda: folder)
    return old


def cluster(database, seconds=0):
    """A cluster that showed life so many seconds ago."""
    with database.write() as connection:
        connection.execute(text("DELETE FROM daemons"))
        connection.execute(
            text(f"INSERT INTO daemons VALUES ('daemon', :holder, clock_timestamp() - interval '{seconds} seconds')"),
            {"holder": running.CLUSTER},
        )


def test_beside_a_running_cluster_only_what_adds_is_made_and_only_when_asked(database, newer):
    cluster(database)
    with pytest.raises(StoreError, match=f"a cluster runs on schema {newer}; `alertd db upgrade` brings it to 9001"):
        migrate.upgrade(database)
    assert migrate.upgrade(database, asked=True) == (newer, "9001")
    migrate.verify(database)  # the new program works on it
    assert migrate.upgrade(database) == ("9001", "9001")


def test_the_rest_is_made_when_nobody_runs_any_more(database, newer):
    cluster(database)
    migrate.upgrade(database, asked=True)
    cluster(database, seconds=7)
    assert migrate.upgrade(database, asked=True) == ("9001", "9002")
    migrate.verify(database)


def test_the_new_program_does_not_begin_before_what_it_needs_is_there(database, newer):
    with pytest.raises(StoreError, match="run `alertd db upgrade`"):
        migrate.verify(database)


def test_the_old_program_refuses_to_begin_on_the_newer_schema(database, newer, monkeypatch):
    cluster(database)
    migrate.upgrade(database, asked=True)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer than this alertd knows"):
        migrate.verify(database)
