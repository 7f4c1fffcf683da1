"""The audit of dependencies: a known vulnerability fails it, and what was not looked up is never taken for clean."""

from __future__ import annotations

import json

import pytest

from tests.house.advisories import judged

CLEAN = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-0000-1"}, {"id": "GHSA-x"}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


def verdict(*packages):
    return judged(json.dumps({"dependencies": packages, "fixes": []}))


def test_a_known_vulnerability_fails_and_is_named():
    found = verdict(CLEAN, BAD)
    assert (found.code, found.lines()[1]) == (1, "audit: VULNERABLE b 2: CVE-0000-1, GHSA-x")


def test_what_was_not_looked_up_is_named_beside_what_was():
    found = verdict(CLEAN, SKIPPED)
    assert (found.code, found.lines()[-1]) == (0, "audit: NOT LOOKED UP: c")


@pytest.mark.parametrize("answer", ["", "Traceback", "{}", "[]", json.dumps({"dependencies": [SKIPPED]})])
def test_without_a_way_to_the_advisories_it_says_loudly_that_nothing_was_looked_up(answer):
    found = judged(answer)
    assert (found.code, "SKIPPED, NOTHING WAS LOOKED UP" in found.lines()[0]) == (0, True)
