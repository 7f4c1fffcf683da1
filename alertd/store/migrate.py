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
from alertd.store import running

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


def upgrade(database: Database, *, asked: bool = False) -> tuple[str | None, str | None]:
    """Create what is missing and bring an older schema up to date; gives the revisions before and after.

    While a cluster runs only whoever was `asked` to does it, and steps that take something away from the program
    before (a migration with `contracts = True`) wait until none runs: daemons of both programs work side by side.
    Raises StoreError for a schema newer than this program, and where it must be asked for.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        before = revision(connection)
        _refuse_newer(database, before)
        target: str | None = head()
        if before != target and running.has_cluster(connection):
            target = _before_contracting(before)
            if before != target and not asked:
                raise StoreError(
                    f"{database.shown}: a cluster runs on schema {before}; `alertd db upgrade` brings it to {target}"
                )
        if target is not None and before != target:
            command.upgrade(_config(connection), target)
        return before, target


def verify(database: Database) -> None:
    """Raise StoreError unless this program can work on the schema: it is its own, but for steps that contract."""
    with database.read() as connection:
        found = revision(connection)
    _refuse_newer(database, found)
    if found is None or _before_contracting(found) != found:
        raise StoreError(f"{database.shown}: the schema is {found or 'empty'}, not {head()}; run `alertd db upgrade`")


def _before_contracting(found: str | None) -> str | None:
    """How far the schema may go from here while daemons of the program before run on it."""
    scripts = ScriptDirectory.from_config(_config())
    for script in reversed(list(scripts.iterate_revisions("head", found or "base"))):
        if getattr(script.module, "contracts", False):
            break
        found = script.revision
    return found


def _refuse_newer(database: Database, found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"{database.shown}: the schema {found} is newer than this alertd knows ({head()}); "
            "install the newer alertd, nothing was changed"
        )
