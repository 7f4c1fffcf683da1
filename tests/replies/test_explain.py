"""Giải trình: who may, how the text is kept, where it is found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Edge, Unit
from alertd.replies.explain import explain, written
from alertd.replies.refusal import Refused
from alertd.store import answers
from tests.store.ground import World, at, dossier, organisation, person, rules

WORDS = "Chờ ý kiến của cơ quan phối hợp."
UNITS = (
    Unit("UBND", "UBND huyện", "district"),
    Unit("TP", "Phòng Tư pháp", "department", edges=(Edge("UBND"),)),
    Unit("NV", "Phòng Nội vụ", "department", edges=(Edge("UBND"),)),
)


@pytest.fixture
def world(database):
    org = organisation(person("deputy", "deputy@UBND"), units=UNITS)
    world = World(database, rules(org=org), max_age=MaxAge(timedelta(days=60)))
    world.poll("03/06 08:00", dossier())
    return world


def say(world, who, text=WORDS, when="05/06 16:05"):
    with world.database.write() as connection:
        return explain(connection, world.rules, world.stored().id, who, text, at(when), "page")


@pytest.mark.parametrize("who", ["an", "head", "chair", "deputy"])
def test_the_handler_and_the_heads_and_deputies_above_may(world, who):
    assert say(world, who) == WORDS
    (row,) = world.rows("explanations")
    assert (row.dossier_id, row.person, row.text, row.at, row.via) == (
        world.stored().id, who, WORDS, at("05/06 16:05"), "page",
    )  # fmt: skip


@pytest.mark.parametrize("who", ["binh", "head-nv", "office", "nobody", ""])
def test_others_may_not(world, who):
    with pytest.raises(Refused):
        say(world, who)
    assert world.rows("explanations") == []


def test_whoever_was_told_may_and_goes_on_to(world):
    world.run("05/06 16:00", dossier(officers=("tp.binh",)))
    world.compose("05/06 16:00")
    world.poll("05/06 16:03", dossier())  # binh no longer handles it
    say(world, "binh")
    assert [row.person for row in world.rows("explanations")] == ["binh"]


def test_a_dossier_that_is_not_there(world):
    with world.database.write() as connection, pytest.raises(Refused):
        explain(connection, world.rules, 999, "an", WORDS, at("05/06 16:05"), "page")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  mười ký tự \n", "mười ký tự"),
        ("gia\u0309i tri\u0300nh lần 1", "giải trình lần 1"),
        ("dòng một\r\ndòng hai\rdòng ba", "dòng một\ndòng hai\ndòng ba"),
        ("đoạn một\n\n\n\n  đoạn hai\t.", "đoạn một\n\nđoạn hai ."),
        ("a\x00b\x1b[31mc\x7f\u202ed\u2066e\ufeff\u200bf\ud83d", "ab[31mcdef"),
        ("😀 👩‍💻 giữ nguyên", "😀 👩‍💻 giữ nguyên"),
    ],
)
def test_the_text_is_kept_clean(text, kept):
    assert written(text) == kept


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 9, False), ("x" * 10, True), ("x" * 2000, True), ("x" * 2001, False), (" \u200b\x00" * 9, False),
     ("e\u0302\u0309" * 2000, True), ("x" * 2000 + "  \n" * 50, True)],
)  # fmt: skip
def test_ten_to_two_thousand_characters_once_it_is_clean(world, text, fits):
    if fits:
        assert 10 <= len(say(world, "an", text)) <= 2000
    else:
        with pytest.raises(Refused):
            say(world, "an", text)
    assert len(world.rows("explanations")) == fits


def test_the_same_words_twice_within_a_minute_are_kept_once(world):
    for when in ("05/06 16:05", "05/06 16:05", "05/06 16:06"):
        say(world, "an", when=when)
    say(world, "an", WORDS + " Thêm.", when="05/06 16:06")
    assert [row.at for row in world.rows("explanations")] == [at("05/06 16:05"), at("05/06 16:06"), at("05/06 16:06")]


def test_they_are_found_by_dossier_by_person_and_by_week(world):
    world.poll("03/06 09:00", dossier(), dossier("HS-2", unit="NV", officers=()))
    say(world, "an", when="05/06 16:05")
    say(world, "head", "Đã yêu cầu cán bộ bổ sung.", when="10/06 00:00")
    ident = world.stored("HS-1").id
    with world.database.read() as connection:
        assert [(row.person, row.text) for row in answers.explanations_of(connection, ident)] == [
            ("an", WORDS), ("head", "Đã yêu cầu cán bộ bổ sung."),
        ]  # fmt: skip
        assert [row.person for row in answers.explanations_by(connection, ident, "head")] == ["head"]
        week = answers.explanations_between(connection, at("03/06 00:00"), at("10/06 00:00"))
        assert [(row.code, row.unit, row.person, row.text) for row in week] == [("HS-1", "TP", "an", WORDS)]
        following = answers.explanations_between(connection, at("10/06 00:00"), at("17/06 00:00"))
        assert [row.person for row in following] == ["head"]
