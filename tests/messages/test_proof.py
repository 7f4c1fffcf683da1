"""Templates that cannot render are found before anybody waits for their message."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.messages import proof
from alertd.messages.proof import broken

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OURS = Path(proof.__file__).parent / "templates" / "vi"


@pytest.fixture
def theirs(tmp_path):
    """A copy to change: the text of a template, and another one in its place."""
    shutil.copytree(OURS, tmp_path / "vi")

    def edit(name, old, new):
        path = tmp_path / "vi" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return [(found.file.name, found.line, found.problem) for found in broken(ZONE, 8, tmp_path / "vi")]

    return edit


def test_our_own_templates_render_whatever_the_dossier():
    assert broken(ZONE, 8) == []


def test_a_field_that_no_dossier_has(theirs):
    ((file, line, problem),) = theirs("dossier.txt", "{{ line.code | cut(80) }}", "\n{{ line.kode | cut(80) }}")
    assert (file, line) == ("dossier.txt", 2)
    assert "kode" in problem


def test_an_unknown_filter_and_a_tag_that_is_not_closed_have_their_line(theirs):
    assert [(file, line) for file, line, _ in theirs("tail.txt", "{{ others }}", "{{ others | viết_hoa }}")] == [
        ("tail.txt", 1)
    ]
    assert {file for file, _, _ in theirs("vanished.txt", "{% endif -%}", "")} == {"vanished.txt"}


def test_what_fails_on_awkward_dossiers_only(theirs):
    """A due date that is always there, in every example."""
    found = theirs("dossier.txt", "{% if line.due_at is none %}", "{% if false %}")
    assert [(file, problem.partition(":")[0]) for file, _, problem in found] == [("dossier.txt", "AttributeError")]


def test_a_message_that_leaves_the_dossier_out(theirs):
    ((file, _, problem),) = theirs("dossier.txt", "{{ line.code | cut(80) }}", "hồ sơ")
    assert (file, problem) == ("dossier.txt", "the dossier's code is not said")


@pytest.mark.parametrize("name", sorted(path.name for path in OURS.iterdir()))
def test_each_template_is_tried(theirs, name):
    """A template that nobody renders would not be found broken."""
    text = (OURS / name).read_text("utf-8")
    assert name in {file for file, _, _ in theirs(name, text, "{{ 1 // 0 }}" + text)}
