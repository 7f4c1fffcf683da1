"""Who filed a dossier stands in its row alone: in no history, no message; a stricter setting takes it back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from alertd.config.load import load
from alertd.core.applicant import Applicant, Keep
from alertd.jobs.accept import accept
from alertd.store import applicants, migrate, privacy, tables
from alertd.store.database import Database
from tests.config.editing import edit
from tests.store.ground import World, at, dossier, finished

SAMPLE = Path(__file__).resolve().parents[2] / "config"
FULL = Applicant("Công dân mẫu 12", "0900000012")
MASKED = Applicant("C*** d*** m*** ***", "***012")


def filed(code="HS-1", who=FULL, **fields):
    return dossier(code, due="04/06 16:00", applicant=who, **fields)


def stored(world, code="HS-1"):
    row = world.stored(code)
    return Applicant(row.applicant, row.applicant_phone)


def elsewhere(world):
    """Everything that is stored but the dossiers' own rows."""
    with world.database.read() as connection:
        return "\n".join(
            json.dumps([str(value) for value in row], ensure_ascii=False)
            for table in tables.metadata.sorted_tables
            if table is not tables.dossiers
            for row in connection.execute(select(table))
        )


async def test_it_stands_in_the_dossiers_row_and_nowhere_else(database):
    world = World(database)
    world.run("03/06 08:00", filed())
    world.run("05/06 09:00", filed(status="5", who=Applicant("Công dân mẫu 13", "0900000013")))
    await world.send("05/06 09:00")
    assert stored(world) == Applicant("Công dân mẫu 13", "0900000013")
    assert world.sent
    assert all("Công dân" not in part.text and "09000000" not in part.text for part in world.sent)
    assert "Công dân" not in elsewhere(world)
    assert "09000000" not in elsewhere(world)


def test_another_applicant_alone_is_no_news(database):
    world = World(database)
    world.poll("03/06 08:00", filed())
    counts = world.poll("03/06 09:00", filed(who=MASKED))
    assert (counts.changed, counts.unchanged) == (0, 1)


def test_an_erasure_takes_it_and_an_export_gives_it_out(database):
    world = World(database)
    world.poll("03/06 08:00", filed())
    world.poll("06/06 09:00", finished(filed(), "06/06 08:30"))
    with database.write() as connection:
        assert privacy.export(connection, world.stored())["dossier"]["applicant"] == FULL.name
        privacy.erase(connection, world.stored(), "yêu cầu", at("07/06 08:00"))
    (row,) = world.rows("dossiers")
    assert (row.applicant, row.applicant_phone) == ("", "")


@pytest.mark.parametrize(
    ("keep", "left", "touched"), [(Keep.FULL, FULL, 0), (Keep.MASKED, MASKED, 1), (Keep.NONE, Applicant(), 2)]
)
def test_a_stricter_setting_brings_down_what_was_stored(database, keep, left, touched):
    world = World(database)
    world.poll("03/06 08:00", filed(), filed("HS-2", MASKED), filed("HS-3", Applicant()))
    with database.write() as connection:
        assert applicants.bring_down(connection, keep) == touched
    assert stored(world) == left
    assert stored(world, "HS-3") == Applicant()
    assert stored(world, "HS-2") == (Applicant() if keep is Keep.NONE else MASKED)


def test_it_is_brought_down_when_the_configuration_with_the_setting_begins_to_run(database, tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("samples"))
    edit(folder, "alertd.yaml", ("\ndelivery:", "\nprivacy: {keep_applicant: full}\ndelivery:"))
    world = World(database, load(folder).rules)
    accept(database, load(folder), at("03/06 07:00"))
    world.poll("03/06 08:00", filed())
    edit(folder, "alertd.yaml", ("keep_applicant: full", "keep_applicant: masked"))
    accept(database, load(folder), at("03/06 09:00"))
    assert stored(world) == MASKED
    edit(folder, "alertd.yaml", ("keep_applicant: masked", "keep_applicant: none"))
    accept(database, load(folder), at("03/06 10:00"))
    assert stored(world) == Applicant()


def test_a_dossier_of_the_twenty_first_schema_has_nobody_until_it_changes(url):
    old = Database(url)
    with old.write() as connection:
        from alembic import command

        command.upgrade(migrate._config(connection), "0021")
        connection.execute(text("INSERT INTO marks (name, at) VALUES ('x', '2024-06-03T01:00:00.000000+00:00')"))
    migrate.upgrade(old)
    world = World(old)
    world.poll("03/06 08:00", filed(who=Applicant()))
    assert stored(world) == Applicant()
    world.poll("03/06 09:00", filed(who=MASKED))
    assert stored(world) == Applicant(), "nothing else has changed"
    world.poll("03/06 10:00", replace(filed(who=MASKED), status="5"))
    assert stored(world) == MASKED
    old.close()
