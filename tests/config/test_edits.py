"""What an edit changed: the diff, and the line of it that a list shows."""

from __future__ import annotations

from alertd.config.edits import Change, difference, files, first

OLD = {"a.yaml": "one: 1\ntwo: 2\nthree: 3\nfour: 4\nfive: 5\n", "b.yaml": "same: yes\n"}


def edited(old, new):
    return OLD | {"a.yaml": OLD["a.yaml"].replace(old, new)}


def test_equal_configurations_have_no_diff():
    assert difference(OLD, dict(OLD)) == ""
    assert (files(""), first("")) == ([], None)


def test_a_changed_line_stands_with_what_is_around_it():
    diff = difference(OLD, edited("three: 3", "three: drei"))
    assert diff.splitlines() == [
        "--- a.yaml", "+++ a.yaml", "@@ -1,5 +1,5 @@", " one: 1", " two: 2", "-three: 3", "+three: drei", " four: 4",
        " five: 5",
    ]  # fmt: skip
    assert files(diff) == ["a.yaml"]
    assert first(diff) == Change("a.yaml", 3, "three: 3", "three: drei")


def test_a_line_added_and_a_line_taken_away():
    assert first(difference(OLD, edited("two: 2\n", "two: 2\nmore: 0\n"))) == Change("a.yaml", 3, "", "more: 0")
    assert first(difference(OLD, edited("two: 2\n", ""))) == Change("a.yaml", 2, "two: 2", "")
    assert first(difference(OLD, edited("five: 5\n", ""))) == Change("a.yaml", 5, "five: 5", "")


def test_a_file_that_is_new_and_one_that_is_gone():
    grown = OLD | {"targets.yaml": "goal: 1\n"}
    assert (files(difference(OLD, grown)), first(difference(OLD, grown))) == (
        ["targets.yaml"], Change("targets.yaml", 1, "", "goal: 1"),
    )  # fmt: skip
    assert files(difference(grown, OLD)) == ["targets.yaml"]
    assert first(difference(grown, OLD)).old == "goal: 1"


def test_several_files_in_the_order_of_their_names():
    diff = difference(OLD, {"a.yaml": "one: 1\n", "b.yaml": "same: no\n"})
    assert files(diff) == ["a.yaml", "b.yaml"]
    assert first(diff) == Change("a.yaml", 2, "two: 2", "")


def test_lines_that_look_like_the_heads_of_a_diff_are_none():
    old, new = {"a.yaml": "-- x\n++ y\n"}, {"a.yaml": "++ y\n"}
    assert files(difference(old, new)) == ["a.yaml"]
    assert first(difference(old, new)) == Change("a.yaml", 1, "-- x", "")


def test_a_file_of_which_only_the_last_line_break_changed_has_no_first_change():
    diff = difference({"a.yaml": "one: 1\n"}, {"a.yaml": "one: 1"})
    assert first(diff) is None
