"""A configuration begins to run (DESIGN section 5): the first is no change, every later one is, from its instant on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alertd.config.load import load
from alertd.daemon import accept_configuration
from tests.store.ground import World, at, dossier

SAMPLE = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "config"
    shutil.copytree(SAMPLE, made, ignore=shutil.ignore_patterns("samples"))
    return made


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def begin(world, folder, when):
    loaded = load(folder)
    accept_configuration(world.database, loaded, at(when))
    world.rules = loaded.rules
    return loaded


def test_the_first_configuration_is_kept_whole_and_is_no_change(database, folder):
    world = World(database, load(folder).rules)
    world.poll("05/06 17:00", dossier())
    loaded = begin(world, folder, "05/06 17:05")
    (kept,) = world.rows("configurations")
    assert (kept.digest, kept.files, kept.accepted_at) == (loaded.digest, loaded.text, at("05/06 17:05"))
    assert world.rows("alerts") == []
    world.tick("05/06 17:05")
    assert [row.state for row in world.rows("alerts")] == ["pending"]


def test_the_same_configuration_again_is_neither_kept_nor_a_change(database, folder):
    world = World(database)
    begin(world, folder, "05/06 08:00")
    world.poll("05/06 08:00", dossier())
    before = world.rows("dossiers")
    begin(world, folder, "05/06 09:00")
    assert len(world.rows("configurations")) == 1
    assert world.rows("dossiers") == before


def test_a_changed_one_applies_to_instants_after_it_only(database, folder):
    world = World(database)
    begin(world, folder, "03/06 08:00")
    world.poll("03/06 08:00", dossier())
    edit(folder, "escalation.yaml", "{name: soon,      at: -3d, to: officer}", "{name: early, at: -4d, to: officer}")
    begin(world, folder, "05/06 08:00")
    assert world.alerts() == [("early", "", "not_applied")]
    assert world.stored().next_step_at == at("06/06 16:00"), "soon is gone, early was before the change"
    assert len(world.rows("configurations")) == 2


def test_an_earlier_configuration_that_cannot_be_read_any_more_does_not_stop_the_new_one(database, folder):
    from alertd.store import configurations

    world = World(database)
    with database.write() as connection:
        configurations.accept(connection, "old", {"alertd.yaml": "what: [is this"}, at("01/06 08:00"))
    begin(world, folder, "03/06 08:00")
    assert len(world.rows("configurations")) == 2
