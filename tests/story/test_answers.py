"""What `alertd explain` says of acknowledgements, explanations and handovers, and of what they changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.policy import Duration, Match, Policy
from alertd.replies.acknowledge import acknowledge
from alertd.replies.explain import explain
from alertd.replies.hand_over import hand_over
from alertd.store import codes, history
from alertd.story import lines, tell
from tests.store.ground import World, at, dossier, rules, step

POLICY = Policy(
    "standard",
    Match(),
    (step("soon", "-3d", "officer"), step("apology", "-2d", "officer"), step("chairman", "-1d", "head@root")),
    ack_mutes=Duration.parse("1d"),
    ack_holds=Duration.parse("4h"),
)


@pytest.fixture
def world(database):
    """Told at 16:00 on Wednesday, acknowledged, so that Thursday's is muted and Friday's is held until Monday."""
    world = World(database, rules(policies=[POLICY]), max_age=MaxAge(timedelta(days=60)))
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    with database.write() as connection:
        acknowledge(connection, world.rules, world.rows("outbox")[0].message, "an", at("05/06 16:30"), "telegram")
    world.tick("06/06 16:00")
    return world


def told(world, when, *, past=False):
    with world.database.read() as connection:
        (row,) = codes.find(connection, "HS-1")
        return tell(history.record(connection, row, at(when)), world.rules, at(when), past=past)


def local(text):
    return at(text).astimezone(rules().zone).isoformat()


def test_an_acknowledgement_and_what_it_muted(world):
    found = told(world, "06/06 16:05")
    assert found["acknowledgements"] == [{"at": local("05/06 16:30"), "person": "an", "episode": 1, "via": "telegram"}]
    assert [(a["step"], a["state"], a["acknowledged_at"]) for a in found["alerts"]] == [
        ("soon", "sent", None), ("apology", "muted", local("05/06 16:30")),
    ]  # fmt: skip
    assert (found["explanations"], found["handovers"], found["handed_to"]) == ([], [], None)


def test_what_is_held_stands_in_what_comes_next(world):
    for when, past in (("06/06 16:05", False), ("07/06 16:05", True)):
        found = told(world, when, past=past)
        (chairman,) = [each for each in found["plan"] if each["step"] == "chairman"]
        assert (chairman["next"], chairman["held_until"]) == (local("07/06 16:00"), local("10/06 10:30"))
        assert found["next_step_at"] == local("10/06 10:30")
    assert all(each["held_until"] is None for each in found["plan"] if each["step"] != "chairman")


def test_before_it_was_acknowledged_nothing_was_held(world):
    found = told(world, "05/06 16:10", past=True)
    assert found["acknowledgements"] == []
    assert {each["held_until"] for each in found["plan"]} == {None}


def test_explanations_and_handovers_with_their_ends(world):
    ident = world.stored().id
    with world.database.write() as connection:
        hand_over(connection, world.rules, ident, "an", "binh", at("06/06 16:10"), "page")
        explain(connection, world.rules, ident, "head", "Chờ cơ quan phối hợp\ntrả lời.", at("06/06 16:20"), "page")
    world.poll("06/06 16:30", dossier(officers=("tp.an", "tp.binh")))
    before, after = told(world, "06/06 16:25", past=True), told(world, "06/06 16:35")
    assert (before["handed_to"], before["officers"]["people"]) == ("binh", ["binh"])
    assert before["handovers"] == [
        {"at": local("06/06 16:10"), "from": "an", "to": "binh", "via": "page", "ended_at": None}
    ]
    assert (after["handed_to"], after["officers"]["people"]) == (None, ["an", "binh"])
    assert after["handovers"][0]["ended_at"] == local("06/06 16:30")
    assert after["explanations"] == [
        {"at": local("06/06 16:20"), "person": "head", "text": "Chờ cơ quan phối hợp\ntrả lời.", "via": "page"}
    ]


def test_people_read_why_an_alert_was_not_sent_and_what_waits(world):
    out = "\n".join(lines(told(world, "06/06 16:05")))
    assert "mốc 16:00:00 06/06/2024 → an (officer): không gửi, đã xác nhận lúc 16:30:00 05/06/2024\n" in out
    assert "mốc 16:00:00 07/06/2024 giữ đến 10:30:00 10/06/2024: cán bộ đã xác nhận đang xử lý\n" in out
    assert out.endswith("tiếp theo: 10:30:00 10/06/2024")
