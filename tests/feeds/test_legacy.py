"""Texts from before Unicode (reference 5, problem 21)."""

from __future__ import annotations

import unicodedata

import pytest

from alertd.feeds.legacy import TCVN3, VNI, from_tcvn3, from_vni, repaired, suspected

SMALL = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
MARKED = [c for c in SMALL if not c.isascii()]
UNITS = ["Phòng Tư pháp", "Phòng Nội vụ", "Văn phòng HĐND và UBND", "Phòng Kinh tế - Hạ tầng", "Trạm Y tế"]

TO_TCVN3 = str.maketrans({value: chr(key) for key, value in reversed(TCVN3.items()) for value in [chr(value)]})
TO_VNI = {value: key for key, value in reversed(VNI.items())}


def vni(text):
    return "".join(TO_VNI.get(c, c) for c in text)


def test_the_tables_have_every_marked_letter():
    assert set(MARKED) <= {chr(value) for value in TCVN3.values()}
    assert {*MARKED, *"".join(MARKED).upper()} <= set(VNI.values())


@pytest.mark.parametrize(
    ("tcvn3", "text"),
    [
        ("M· hå s¬", "Mã hồ sơ"),
        ("Ngµy tiÕp nhËn", "Ngày tiếp nhận"),
        ("Ngµy hÑn tr¶", "Ngày hẹn trả"),
        ("§¬n vÞ gi¶i quyÕt", "Đơn vị giải quyết"),
        ("Phßng T\xad ph¸p", "Phòng Tư pháp"),
        ("ñy ban nh©n d©n", "ủy ban nhân dân"),
    ],
)
def test_tcvn3_becomes_what_its_font_shows(tcvn3, text):
    assert from_tcvn3(tcvn3) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Maõ hoà sô", "Mã hồ sơ"),
        ("Ngaøy tieáp nhaän", "Ngày tiếp nhận"),
        ("Ngaøy heïn traû", "Ngày hẹn trả"),
        ("Ñôn vò giaûi quyeát", "Đơn vị giải quyết"),
        ("Phoøng Tö phaùp", "Phòng Tư pháp"),
        ("UÛY BAN NHAÂN DAÂN", "ỦY BAN NHÂN DÂN"),
        ("Ngöôøi xöû lyù", "Người xử lý"),
    ],
)
def test_vni_becomes_what_its_font_shows(written, text):
    assert from_vni(written) == text


def test_every_letter_comes_back():
    words = " ".join(f"b{c}" for c in MARKED)
    assert from_tcvn3(words.translate(TO_TCVN3)) == words
    assert from_vni(vni(words)) == words
    assert from_vni(vni(words.upper())) == words.upper()


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_utf8_read_as_something_else_is_told_and_what_it_was(codec):
    assert repaired("Mã hồ sơ".encode().decode("latin-1")) == "Mã hồ sơ"
    text = "Trả kết quả".encode()
    assert repaired(text.decode(codec, "ignore" if codec == "cp1252" else "strict")) in ("Trả kết quả", None)


@pytest.mark.parametrize(
    "text",
    [*UNITS, "", "QUẬN ÂU LẠC", "Ăn Â", "Æsir", "100 %", "«Á»", *(unicodedata.normalize("NFD", u) for u in UNITS)],
)
def test_good_texts_are_left_in_peace(text):
    assert repaired(text) is None


@pytest.mark.parametrize(
    "texts",
    [
        [],
        UNITS,
        [u.upper() for u in UNITS],
        [unicodedata.normalize("NFD", u) for u in UNITS],
        ["Müller", "Señor", *UNITS],
        ["50 m²", "§ 5", "a«b»c"],
    ],
)
def test_good_texts_are_suspected_of_nothing(texts):
    assert suspected(texts) == ""


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([u.translate(TO_TCVN3) for u in UNITS], "tcvn3"),
        ([vni(u) for u in UNITS], "vni"),
        ([u.encode().decode("latin-1") for u in UNITS], "utf-8"),
    ],
)
def test_texts_that_are_not_unicode_are_found(texts, found):
    assert suspected(texts) == found
