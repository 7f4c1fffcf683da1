from __future__ import annotations

import os
import random

import pytest

from tests.faults.harness import District, processes


@pytest.fixture
def running(tmp_path):
    """Starts processes; none outlives the test."""
    with processes(tmp_path / "processes") as made:
        yield made


@pytest.fixture
def receiver(running):
    """A webhook receiver that takes half a second for each answer, so that many calls are under way at once."""
    return running.receiver(delay=0.5)


@pytest.fixture
def district(tmp_path, url, receiver):
    """24 officers in four units, on each engine in turn."""
    return District(tmp_path / "config", url, receiver.url)


@pytest.fixture
def sqlite(tmp_path):
    """The address of an empty SQLite database, where the engine does not matter."""
    return f"sqlite:///{tmp_path / 'alertd.db'}"


@pytest.fixture
def seed():
    """`ALERTD_SEED` makes a random test again."""
    value = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {value} (ALERTD_SEED={value} makes this run again)")
    return value
