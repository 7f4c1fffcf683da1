"""Migrations: one history for SQLite and PostgreSQL, brought up to date by whoever opens the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from alertd.core.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.store.database import Database

#: A key of our own for the transaction lock around migrations on PostgreSQL; released at commit, safe behind a pooler.
_MIGRATION_LOCK = 7_261_384_455


def folder() -> Path:
    """Where the migrations are: inside an installed package, else at the top of the repository."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that this program knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise StoreError(f"{folder()}: no migrations found; the installation is not complete")
    return revision


def revision(connection: Connection) -> str | None:
    """The revision of the database; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> tuple[str | None, str]:
    """Create what is missing and bring an older schema up to date; gives the revisions before and after.

    Raises StoreError for a schema newer than this program.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        before = revision(connection)
        _refuse_newer(database, before)
        if before != head():
            command.upgrade(_config(connection), "head")
        return before, head()


def verify(database: Database) -> None:
    """Raise StoreError unless the schema is exactly the one this program was written for."""
    with database.read() as connection:
        found = revision(connection)
    _refuse_newer(database, found)
    if found != head():
        raise StoreError(f"{database.shown}: the schema is {found or 'empty'}, not {head()}; run `alertd db upgrade`")


def _refuse_newer(database: Database, found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"{database.shown}: the schema {found} is newer than this alertd knows ({head()}); "
            "install the newer alertd, nothing was changed"
        )
