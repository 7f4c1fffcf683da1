"""Pages for contributors name modules, functions, tables and tests; each of them is there."""

from __future__ import annotations

import pytest

from tests.docs.names import exists, named
from tests.docs.room import ROOT

#: Pages that speak of the code. Those for admins name folders of theirs.
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("architecture", "measurements", "reliability", "tour")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_name_on_the_page_is_in_the_code(page):
    assert [name for name in named(page) if not exists(name)] == []


def test_the_tour_names_something_at_every_stop():
    text = (ROOT / "docs" / "tour.md").read_text("utf-8")
    stops = text.split("\n## ")[1:-1]
    assert len(stops) >= 8
    for stop in stops:
        assert "`" in stop, stop.partition("\n")[0]
        assert "```pycon" in stop or "```console" in stop, stop.partition("\n")[0]


def test_names_are_found_between_backquotes_and_not_in_blocks(tmp_path):
    page = tmp_path / "p.md"
    page.write_text(
        "`core/plan.instant` and `a word`, `clock.Clock`, `dossiers.due_at`, `x.y`\n```\n`store/a`\n```\n", "utf-8"
    )
    assert named(page) == ["core/plan.instant", "clock.Clock", "dossiers.due_at"]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("core/plan", True),
        ("core/plan.instant", True),
        ("core/dossier.Observation.digest", True),
        ("core/dossier.Observation.due_at", True),  # a field of a dataclass with slots
        ("store/tables.alerts", True),  # of a package
        ("feeds.Source", True),
        ("core/", True),
        ("tests/docs/names.py", True),
        ("dossiers.next_step_at", True),
        ("core/plans", False),
        ("core/plan.instants", False),
        ("core/dossier.Observation.digests", False),
        ("cores/", False),
        ("feeds.Sources", False),
        ("nowhere.Source", False),
        ("tests/docs/nowhere.py", False),
        ("dossiers.next_step", False),
    ],
)
def test_a_name_is_there_or_not(name, there):
    assert exists(name) is there
