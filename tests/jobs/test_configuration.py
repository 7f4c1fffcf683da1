"""A configuration begins to run (DESIGN section 5): the first is no change, every later one is, from its instant on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alertd.config.load import load
from alertd.jobs.accept import accept
from alertd.store import configurations
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
    accept(world.database, loaded, at(when))
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
    world = World(database)
    with database.write() as connection:
        configurations.accept(
            connection, configurations.Version("old", {"alertd.yaml": "what: [is this"}, "", ""), at("01/06 08:00")
        )
    begin(world, folder, "03/06 08:00")
    assert len(world.rows("configurations")) == 2


def test_who_wrote_it_and_what_changed_are_kept_with_it(database, folder):
    world = World(database)
    begin(world, folder, "03/06 08:00")
    edit(folder, "escalation.yaml", "at: +3d", "at: +2d")
    accept(database, load(folder), at("05/06 08:00"), "van-thu")
    first, second = world.rows("configurations")
    assert (first.author, first.diff) == ("", "")
    assert second.author == "van-thu"
    assert second.diff.splitlines()[:2] == ["--- escalation.yaml", "+++ escalation.yaml"]


def test_who_announced_an_edit_is_its_author_and_no_later_ones(database, folder):
    world = World(database)
    begin(world, folder, "03/06 08:00")
    before = load(folder)
    edit(folder, "escalation.yaml", "at: +3d", "at: +2d")
    with database.write() as connection:
        configurations.announce(connection, load(folder).digest, "lan", "rollback 1", at("05/06 07:59"))
    accept(database, load(folder), at("05/06 08:00"), "root")
    edit(folder, "escalation.yaml", "at: +2d", "at: +3d")
    assert load(folder).digest == before.digest
    accept(database, load(folder), at("06/06 08:00"), "root")
    edit(folder, "escalation.yaml", "at: +3d", "at: +2d")
    accept(database, load(folder), at("07/06 08:00"), "root")
    assert [(row.author, row.note) for row in world.rows("configurations")] == [
        ("", ""), ("lan", "rollback 1"), ("root", ""), ("root", ""),
    ]  # fmt: skip


def test_a_crash_while_dossiers_are_planned_anew_is_made_good_by_the_next_start(database, folder, monkeypatch):
    """Some dossiers have the new plan, some the old one, and the folder is put back as it was."""
    world = World(database)
    old = begin(world, folder, "03/06 08:00")
    world.poll("03/06 08:00", dossier())
    planned = world.stored().next_step_at
    text = (folder / "escalation.yaml").read_text("utf-8")
    (folder / "escalation.yaml").write_text(text.replace("at: -3d, to: officer}", "at: -1d, to: officer}"), "utf-8")

    def crash(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(configurations, "accept", crash)
        with pytest.raises(KeyboardInterrupt):
            accept(database, load(folder), at("03/06 09:00"))
    assert world.stored().next_step_at != planned
    (folder / "escalation.yaml").write_text(text, "utf-8")
    assert accept(database, load(folder), at("03/06 09:01"))
    assert world.stored().next_step_at == planned
    assert [row.digest for row in world.rows("configurations")] == [old.digest]
    assert not accept(database, load(folder), at("03/06 09:02")), "once is enough"
