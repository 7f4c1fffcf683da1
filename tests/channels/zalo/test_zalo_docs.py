"""What is submitted to Zalo and what is sent must be the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alertd.channels.zalo import template
from alertd.config.channels import TEMPLATES

PAGE = (Path(__file__).parents[3] / "docs" / "zalo-templates.md").read_text(encoding="utf-8")
TEXTS = {
    found[1]: found[2]
    for found in re.finditer(r"^### `(\w+)`:[^\n]*\n(.*?)(?=^##|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
}


def rows(text):
    return dict(re.findall(r"^\| ([^|]+?) \| (.+?) \|$", text, flags=re.MULTILINE))


def test_every_purpose_has_its_text_its_parameters_and_its_setting():
    assert set(TEXTS) == set(template.PARAMETERS) == set(TEMPLATES)


@pytest.mark.parametrize("purpose", template.PARAMETERS)
def test_a_text_uses_the_parameters_that_are_sent_and_keeps_zalos_limits(purpose):
    parts = rows(TEXTS[purpose])

    assert set(re.findall(r"<(\w+)>", TEXTS[purpose])) == set(template.PARAMETERS[purpose])
    assert 9 <= len(parts["title"]) <= 65
    longest = re.sub(r"`<(\w+)>`", lambda found: "x" * template.LENGTHS[found[1]], parts["paragraph"])
    assert 9 <= len(longest) <= 400
    table = [name.removeprefix("table: ") for name in parts if name.startswith("table: ")]
    assert 2 <= len(table) <= 8
    assert all(3 <= len(name) <= 35 for name in table)
    assert len(template.PARAMETERS[purpose]) <= 10


def test_the_table_of_parameters_tells_the_lengths_that_are_kept():
    section = PAGE.partition("## Parameters")[2].partition("\n## ")[0]
    told = {
        found[1]: int(found[2])
        for found in re.finditer(r"^\| `(\w+)` \|[^|]+\|[^|]+\| (\d+) \|", section, re.MULTILINE)
    }

    assert told == template.LENGTHS


def test_every_state_stands_in_the_text():
    assert all(state in PAGE for state in template.STATUSES.values())
