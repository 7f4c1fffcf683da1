from __future__ import annotations

import pytest

from alertd.config.paths import compiled
from alertd.feeds.found import FoundError, count, filled, first_filled, one, text, texts, values

ROW = {
    "ma": " H27\u00a0-1 ",
    "trong": "  ",
    "khong": None,
    "so": 12,
    "le": 3.0,
    "dung": True,
    "ds": ["a", "b", "a", "", None],
    "lan": [{"ngay": "1"}, {"ngay": "2"}],
    "het": [],
    "vat": {"ten": "x"},
    "ten": [{"ngonNgu": "vi", "noiDung": "Đất đai"}, {"ngonNgu": "en", "noiDung": "Land"}],
}


def found(path):
    return compiled(path)(ROW)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.ma", "H27 -1"),
        ("$.so", "12"),
        ("$.le", "3"),
        ("$.dung", "true"),
        ("$.vat.ten", "x"),
        ("$.ten[0].noiDung", "Đất đai"),
        ("$.ten[?@.ngonNgu == 'vi'].noiDung", "Đất đai"),
        ("$.ds[0]", "a"),
        ("$.ds[0, 2]", "a"),  # found twice and the same: there is no doubt
    ],
)
def test_one_value_is_a_text(path, expected):
    assert text(found(path)) == expected


@pytest.mark.parametrize(
    "path", ["$.khac", "$.khong", "$.trong", "$.het", "$.ma.ten", "$.ds[3]", "$.ds[3:]", "$.ds[9]"]
)
def test_nothing_null_and_blanks_are_nothing(path):
    assert one(found(path)) is None
    assert text(found(path)) == ""
    assert texts(found(path)) == ()


@pytest.mark.parametrize("path", ["$.ds", "$.ds[*]", "$.ten[*].noiDung", "$['ma', 'so']"])
def test_several_values_that_differ_where_one_belongs_are_a_fault_that_says_how_to_choose(path):
    with pytest.raises(FoundError, match=r"values that differ, where one belongs; let it choose one, as by \[0\]"):
        one(found(path))


@pytest.mark.parametrize("path", ["$.vat", "$.lan", "$.lan[0]", "$", "$.ten[*]"])
def test_an_object_is_no_value_and_nothing_of_it_is_repeated(path):
    with pytest.raises(FoundError) as raised:
        values(found(path))
    assert "the path leads to an object" in str(raised.value)
    assert "Land" not in str(raised.value)


def test_a_list_counts_as_its_entries_each_once_and_in_order():
    assert texts(found("$.ds")) == ("a", "b")
    assert texts(found("$.ds[*]")) == ("a", "b")
    assert filled(found("$.ds")) == ["a", "b", "a"]
    assert values(found("$.ds")) == ["a", "b", "a", "", None]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["$.ma", "$.so"], "H27 -1"),
        (["$.trong", "$.so"], "12"),
        (["$.khac", "$.khong", "$.so"], "12"),
        (["$.khac", "$.khong"], ""),
    ],
)
def test_of_several_paths_the_first_that_finds_something_counts(paths, expected):
    assert text(first_filled([compiled(path) for path in paths], ROW)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.lan", 2),
        ("$.lan[*]", 2),
        ("$.het", 0),
        ("$.het[*]", None),  # nothing was said
        ("$.so", 12),
        ("$.le", 3),
        ("$.khac", None),
        ("$.khong", None),
        ("$.ds", 5),
    ],
)
def test_a_count_is_a_number_or_the_length_of_a_list(path, expected):
    assert count(found(path)) == expected


@pytest.mark.parametrize(("value"), ["ba", -1, 2.5, True, "99999", 10**30, "9" * 5000, [0] * 10_001])
def test_what_is_no_count_is_a_fault(value):
    with pytest.raises(FoundError):
        count([value])


def test_a_text_is_never_taken_for_json():
    assert compiled("$.a")('{"a": 1}') == []
    assert compiled("$")('{"a": 1}') == ['{"a": 1}']


def test_json_too_deep_for_a_path_is_a_fault_of_the_value():
    deep = inner = {}
    for _ in range(500):
        inner["a"] = inner = {}
    with pytest.raises(ValueError, match=r"the path \$\.\.x cannot be followed in it"):
        compiled("$..x")(deep)
