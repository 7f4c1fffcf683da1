"""docs/check.md says what the program says: every code, none that there is not, each with an example that is tried."""

from __future__ import annotations

import re
from pathlib import Path

from alertd.config.wording import MESSAGES
from tests.config import check_page

PAGE = Path(__file__).parents[2] / "docs" / "check.md"


def test_every_code_has_its_place_on_the_page_and_no_other():
    assert sorted(re.findall(r"^### `([^`]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)) == sorted(MESSAGES)


def test_the_page_is_what_the_corpus_makes():
    """`python -m tests.config.check_page > docs/check.md` makes it again."""
    assert PAGE.read_text("utf-8") == check_page.page()


def test_no_example_is_made_up_where_the_corpus_has_one():
    assert not set(check_page.ELSEWHERE) & set(check_page.corpus())
