from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from alertd.core.errors import StoreError
from alertd.store import migrate
from alertd.store.tables import metadata


def test_migrations_make_exactly_the_tables_that_the_code_uses(database):
    with database.write() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata, "compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database):
    assert migrate.upgrade(database) == (migrate.head(), migrate.head())


def test_a_newer_schema_is_refused_and_left_alone(database):
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer than this alertd"):
        migrate.upgrade(database)
    with pytest.raises(StoreError, match="newer than this alertd"):
        migrate.verify(database)
