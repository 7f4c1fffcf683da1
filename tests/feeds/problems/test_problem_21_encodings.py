"""Problem 21: composed and decomposed marks, the tone on another letter, fonts from before Unicode, mojibake."""

from __future__ import annotations

import unicodedata

import pytest

from alertd.core.errors import FeedError
from tests.feeds.problems.ground import HEADERS, exported, people
from tests.feeds.test_legacy import TO_TCVN3, vni
from tests.feeds.test_opening import combined

UNIT = "UBND xã Hòa Lạc"
LINES = "\r\n".join([HEADERS, exported("HS-1", unit=UNIT, officer="hoa-lac.motcua")])
WHO = ["chu-tich-hoa-lac", "dau-moi-hoa-lac"]
FORMS = {
    "utf-8": LINES.encode(),
    "utf-8 with a mark": b"\xef\xbb\xbf" + LINES.encode(),
    "utf-16": LINES.encode("utf-16"),
    "decomposed": unicodedata.normalize("NFD", LINES).encode(),
    "windows-1258": combined(LINES).encode("cp1258"),
    "tcvn3": LINES.translate(TO_TCVN3).encode("latin-1"),
    "vni": vni(LINES).encode("latin-1"),
}  # fmt: skip


@pytest.mark.parametrize("form", list(FORMS))
def test_it_is_read_as_a_person_reads_it_and_the_right_people_are_told(office, form):
    office.drops("a.csv", FORMS[form], "11/06 08:00")
    office.reads_files()
    told = office.reading("11/06 09:00")
    assert people(told, "HS-1") == WHO
    row = office.stored("HS-1")
    assert (row.unit, row.status) == ("HOALAC", "Đang xử lý")
    assert unicodedata.is_normalized("NFC", row.unit_text)


@pytest.mark.parametrize("written", ["UBND xã Hoà Lạc", "ubnd xa hoa lac", "UBND XÃ HÒA LẠC"])
def test_the_place_of_the_tone_and_missing_marks_do_not_matter_for_a_match(office, written):
    office.drops("a.csv", [exported("HS-1", unit=written, officer="hoa-lac.motcua")], "11/06 08:00")
    office.reads_files()
    assert people(office.reading("11/06 09:00"), "HS-1") == WHO


def test_the_letter_d_with_a_stroke_is_a_d_for_a_match(office):
    office.drops("a.csv", [exported("HS-1", unit="UBND thi tran Duc Tho", officer="")], "11/06 08:00")
    office.reads_files()
    office.poll("11/06 09:00")
    assert office.stored("HS-1").unit == "TTDT"


def test_text_that_was_read_in_the_wrong_encoding_and_saved_again_is_refused(office):
    broken = LINES.encode().decode("cp1252", "replace").replace("\ufffd", " ").encode()
    office.drops("a.csv", broken, "11/06 08:00")
    office.reads_files()
    with pytest.raises(FeedError):
        office.poll("11/06 09:00")
    assert office.world.rows("dossiers") == []
