"""How a unit and a handler were recognised, by which line an alert was made, and why nobody was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from alertd.config.load import loaded
from alertd.config.places import Places
from alertd.config.reading import read_texts
from alertd.core.freshness import MaxAge
from alertd.core.slots import Slots
from alertd.store import codes, history
from alertd.story import InForce, lines, tell
from tests.commands.ground import ALERTD, CALENDAR, ESCALATION, ORGANISATION
from tests.store.ground import World, at, dossier

ORGANISATION_ = ORGANISATION.replace(
    "name: Phòng Tư pháp, kind: department, reports_to: UBND}",
    "name: Phòng Tư pháp, kind: department, reports_to: UBND,\n     aliases: [Phòng TP, Tư pháp huyện]}\n"
    "  - {code: CU, name: Phòng cũ, until: 2020-01-01, successor: TP}",
)
TEXTS = {
    "alertd.yaml": ALERTD.format(url="sqlite:///a.db", scope="all", more="", channels=""),
    "escalation.yaml": ESCALATION, "calendar.yaml": CALENDAR, "organisation.yaml": ORGANISATION_,
}  # fmt: skip


@pytest.fixture
def world(database, tmp_path):
    reading = read_texts(TEXTS, tmp_path)
    world = World(database, loaded(reading).rules, max_age=MaxAge(timedelta(days=60)))
    world.places = Places(reading)
    return world


def told(world, when, *, in_force=None, past=False, slots=None):
    with world.database.read() as connection:
        (row,) = codes.find(connection, "HS-1")
        record = history.record(connection, row, at(when))
        return tell(record, world.rules, at(when), past=past, places=world.places, in_force=in_force, slots=slots)


def seen(world, **fields):
    world.poll("03/06 08:00", dossier(**({"officers": ("tp.cv",)} | fields)))
    return told(world, "03/06 08:01")


@pytest.mark.parametrize(
    ("shown", "code", "by", "line", "succeeds"),
    [
        ("TP", "TP", "code", 4, None),
        ("phong tu phap", "TP", "name", 4, None),
        ("Tư pháp huyện", "TP", "alias", 5, None),
        ("Phòng cũ", "TP", "name", 6, "CU"),
        ("Phòng lạ", None, None, None, None),
    ],
)
def test_a_unit_and_the_line_that_names_it(world, shown, code, by, line, succeeds):
    unit = seen(world, unit=shown)["unit"]
    assert (unit["code"], unit["matched_by"], unit["succeeds"]) == (code, by, succeeds)
    assert (unit["rule"] or "").rpartition("organisation.yaml:")[2] == (str(line) if line else "")


@pytest.mark.parametrize(
    ("shown", "person", "by"),
    [
        ("tp.cv", "staff", "portal_id"),
        ("chuyên viên 1", "staff", "name"),
        ("Chuyên viên", None, "placeholder"),
        ("người lạ", None, None),
    ],
)
def test_a_handler_and_what_it_was_matched_by(world, shown, person, by, monkeypatch):
    officers = world.rules.organisation.people
    if by == "name":
        monkeypatch.setitem(officers, "staff", replace(officers["staff"], name="Chuyên viên 1"))
    (found,) = seen(world, officers=(shown,))["officers"]["matched"]
    assert (found["as_shown"], found["person"], found["by"]) == (shown, person, by)
    assert (found["rule"] is not None) == (person is not None)


def test_an_alert_names_the_line_by_which_it_was_made_in_the_configuration_of_then(world):
    """A comment was added above the step since: the line of the present file is another one."""
    first = ESCALATION.replace("policies:", "# một\n# hai\npolicies:")
    files = {1: {"escalation.yaml": first}, 2: {"escalation.yaml": ESCALATION}}
    in_force = InForce([(1, at("01/06 08:00")), (2, at("08/06 08:00"))], files.__getitem__)
    world.run("07/06 16:01", dossier(due="10/06 16:00", officers=("tp.cv",)))
    found = told(world, "10/06 08:00", in_force=in_force)
    assert [alert["rule"] for alert in found["alerts"]] == [{"configuration": 1, "at": "escalation.yaml:7"}]
    assert found["plan"][0]["rule"].endswith("escalation.yaml:5")
    assert any(line.endswith("[escalation.yaml:7, bản 1]") for line in lines(found))
    assert InForce([], files.__getitem__).step("standard", "soon", at("10/06 08:00")) is None
    assert in_force.step("standard", "gone", at("10/06 08:00")) == {"configuration": 2, "at": None}


async def test_why_nobody_was_told_goes_from_the_last_mile_back(world):
    world.poll("07/06 16:01", dossier(due="10/06 16:00", officers=("tp.cv",)))
    assert told(world, "07/06 16:01")["silence"].startswith("bước đã đến hạn chờ lần quét")
    world.tick("07/06 16:02")
    assert told(world, "07/06 16:03")["silence"].startswith("cảnh báo chờ đợt gửi tới, hoặc")
    slots = Slots((time(7, 30), time(13)), working_only=True)
    assert told(world, "07/06 16:03", slots=slots)["silence"].startswith("cảnh báo chờ đợt gửi tới (07:30 10/06/2024),")
    world.compose("07/06 16:04")
    assert told(world, "07/06 16:05")["silence"] == "tin đang chờ gửi"
    await world.send("07/06 16:06")
    assert told(world, "07/06 16:07")["silence"] is None
    assert told(world, "07/06 16:05", past=True)["silence"] == "tin đang chờ gửi"


def test_a_dossier_out_of_sight_was_so_then_and_is_not_any_more(world):
    world.poll("03/06 08:00", dossier(officers=("tp.cv",)), dossier("HS-2"))
    world.poll("03/06 09:00", dossier("HS-2"))
    assert told(world, "03/06 09:01")["missing_since"] == at("03/06 09:00").astimezone(world.rules.zone).isoformat()
    world.poll("03/06 10:00", dossier(officers=("tp.cv",)), dossier("HS-2"))
    assert told(world, "03/06 10:01")["missing_since"] is None
    assert told(world, "03/06 09:30", past=True)["missing_since"] is not None
