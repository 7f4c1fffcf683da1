"""Alembic's entry: runs the migrations on the connection that alertd hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from alertd import failpoints
from alertd.store.tables import metadata

connection = context.config.attributes["connection"]


def stepped(**_: object) -> None:
    failpoints.reached("migration-step")


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    on_version_apply=stepped,
)
context.run_migrations()
