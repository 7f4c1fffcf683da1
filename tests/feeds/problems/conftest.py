from __future__ import annotations

import pytest

from alertd.demo.portal import Portal
from tests.feeds.problems.ground import Office


@pytest.fixture
def office(tmp_path, url, database):
    """The sample district on each engine in turn; which feed it reads is said by the test."""
    folder = tmp_path / "config"
    folder.mkdir()
    return Office(folder, url, database)


@pytest.fixture
def rows():
    """What the portal shows; a test changes it as time goes by."""
    return []


@pytest.fixture
def portal(rows):
    """A portal over HTTP, which shows its dossiers as OpenCPS and as iGate."""
    with Portal(lambda: {"1": rows}, dossiers=lambda: rows) as running:
        yield running
