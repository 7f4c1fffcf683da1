"""Every example of the pages that say so is run, in order, and prints what the page says (see `page`)."""

from __future__ import annotations

import logging

import pytest

from tests.docs.page import Example, agrees, changed, clock_of, commands, examples
from tests.docs.room import ROOT, Room

PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if clock_of(path)]


@pytest.fixture(autouse=True)
def logging_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_page_is_as_it_says(page, tmp_path, monkeypatch):
    room = Room(tmp_path, clock_of(page), monkeypatch)
    for example in examples(page):
        room.follow(example)


@pytest.mark.parametrize("name", ["rules", "tour"])
def test_the_page_is_among_those_that_are_run(name):
    assert ROOT / "docs" / f"{name}.md" in PAGES


def test_a_session_knows_the_names_of_the_one_before(tmp_path, monkeypatch):
    room = Room(tmp_path, clock_of(ROOT / "docs" / "tour.md"), monkeypatch)
    room.follow(Example("pycon", "", ">>> one = 1\n", 3))
    room.follow(Example("pycon", "", ">>> one + one\n2\n", 7))


# --- what runs them ---------------------------------------------------------------------------------------------------


def test_blocks_are_found_with_their_kind_file_and_line(tmp_path):
    page = tmp_path / "p.md"
    page.write_text("a\n```yaml x/y.yaml\na: 1\n```\n\n```\nplain\n```\n```console\n$ ls\nx\n```\n", "utf-8")
    assert examples(page) == [
        Example("yaml", "x/y.yaml", "a: 1\n", 3), Example("", "", "plain\n", 7), Example("console", "", "$ ls\nx\n", 10),
    ]  # fmt: skip


def test_a_page_without_the_mark_is_not_run(tmp_path):
    page = tmp_path / "p.md"
    page.write_text("```console\n$ ls\n```\n", "utf-8")
    assert clock_of(page) is None


def test_a_change_finds_its_one_place():
    assert changed("a\nb\nc\n", " a\n-b\n+B\n") == "a\nB\nc\n"
    for text in ("a\nc\n", "a\nb\na\nb\n"):
        with pytest.raises(AssertionError, match="times in the file"):
            changed(text, " a\n-b\n+B\n")


@pytest.mark.parametrize(
    ("printed", "expected", "same"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        ([], [], True),
        (["a", "x", "y", "b"], ["a", "…", "b"], True),
        (["a", "b"], ["a", "…", "b"], True),
        (["a", "x"], ["a", "…", "b"], False),
        (["a."], ["ab"], False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(printed, expected, same):
    assert agrees(printed, expected) is same


def test_commands_carry_what_they_print():
    (first, second) = commands(Example("console", "", "$ ls\na\nb\n$ ls x\n", 5))
    assert (first.text, first.printed, first.line) == ("ls", ["a", "b"], 5)
    assert (second.text, second.printed, second.line) == ("ls x", [], 8)


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (Example("yaml", "", "a: 1\n", 3), "neither what is run nor which file"),
        (Example("console", "", "$ ls config/tests\nanother.yaml\n", 3), "line 3: "),
        (Example("console", "", "$ rm -r config\n", 3), "rm is none of"),
        (Example("console", "", "$ alertd check --config nowhere\n", 3), "folder.missing"),
        (Example("pycon", "", ">>> 1 + 1\n3\n", 3), "line 3:(?s:.)*Got:\n    2"),
        (Example("pycon", "", ">>> nobody\n", 3), "NameError"),
    ],
)
def test_what_is_not_as_the_page_says_fails_with_its_line(example, words, tmp_path, monkeypatch):
    room = Room(tmp_path, clock_of(ROOT / "docs" / "rules.md"), monkeypatch)
    with pytest.raises(AssertionError, match=words):
        room.follow(example)
