"""Problem 18: the unit is a name that somebody typed; renamed, merged, closed, or the same as another's."""

from __future__ import annotations

import pytest

from tests.feeds.problems.ground import ADMIN, HEAD, OFFICER, exported, people

KNOWN = ("Phòng Tư pháp", "PHÒNG TƯ PHÁP", "phong tu phap", "Phòng  Tư pháp ", "Phòng Tư pháp huyện", "TP")
LATE = "11/06 09:00"


def late(unit, code="HS-1", officer=""):
    return exported(code, unit=unit, officer=officer)


@pytest.mark.parametrize("written", KNOWN)
def test_a_name_or_alias_is_known_however_it_is_written(office, written):
    office.drops("a.csv", [late(written)], "11/06 08:00")
    office.reads_files()
    assert people(office.reading(LATE), "HS-1") == [OFFICER, HEAD]


def test_a_unit_that_nobody_knows_goes_to_the_fallback_and_is_listed_with_what_to_add(office):
    office.drops("a.csv", [late("Trung tâm Phục vụ HCC"), late("Phòng Tư pháp", "HS-2")], "11/06 08:00")
    office.reads_files()
    told = office.reading(LATE)
    assert people(told, "HS-1") == [ADMIN], "never dropped"
    (entry,) = office.listed("unmatched_units", LATE)
    assert (entry["unit_text"], entry["dossiers"]) == ("Trung tâm Phục vụ HCC", 1)


def test_once_the_alias_is_written_the_next_poll_finds_the_unit(office):
    office.drops("a.csv", [late("Ban Tư pháp")], "11/06 08:00")
    office.reads_files()
    office.poll("11/06 08:30")
    assert office.stored("HS-1").unit is None
    office.edit("organisation.yaml", "aliases: [Phòng Tư pháp huyện]", "aliases: [Phòng Tư pháp huyện, Ban Tư pháp]")
    office.drops("b.csv", [late("Ban Tư pháp"), late("Ban Tư pháp", "HS-2")], "11/06 08:40")
    office.poll("11/06 08:41")
    assert office.stored("HS-2").unit == "TP"


def test_a_closed_unit_that_open_dossiers_still_name_is_followed_to_its_sole_successor(office):
    office.reads_files()
    office.edit(
        "organisation.yaml",
        "{code: TP, name: Phòng Tư pháp, kind: department, reports_to: UBND, aliases: [Phòng Tư pháp huyện]}",
        "{code: TP, name: Phòng Tư pháp, kind: department, reports_to: UBND, aliases: [Phòng Tư pháp huyện]}\n"
        "  - {code: PTPCU, name: Phòng Tư pháp Thị xã cũ, kind: department, reports_to: UBND, until: 2026-05-31,"
        " successor: TP}",
    )
    office.drops("a.csv", [late("Phòng Tư pháp thị xã cũ")], "11/06 08:00")
    assert people(office.reading(LATE), "HS-1") == [OFFICER, HEAD]


def test_a_name_that_two_units_have_is_not_guessed(office):
    office.reads_files()
    office.edit("organisation.yaml", "aliases: [Xã Hòa Lạc]", "aliases: [Xã Hòa Lạc, Xã Tân Lập]")
    office.edit("organisation.yaml", "aliases: [Xã Tân Dân]", "aliases: [Xã Tân Dân, Xã Tân Lập]")
    office.drops("a.csv", [late("Xã Tân Lập")], "11/06 08:00")
    assert people(office.reading(LATE), "HS-1") == [ADMIN]
