"""Whatever stands in a file of rule tests: ConfigError or tests that run, never a traceback."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertd.config.findings import ConfigError
from alertd.config.load import load
from alertd.config.rehearsals import read_tests
from alertd.core.errors import CalendarError
from alertd.core.rehearsal import rehearse
from tests.config.test_fuzz import FEW, MANY, VALUES

ROOT = Path(__file__).parents[2]
RULES = load(ROOT / "config").rules
TEXT = "\n".join((ROOT / "config" / "tests" / "standard.yaml").read_text("utf-8").splitlines()[8:62])
AWKWARD = [
    *VALUES,
    "0001-01-01",
    "1990-01-01T00:00",
    "2200-12-31T23:59",
    "2026-06-01T24:00",
    "nobody",
    "officer",
    "@",
    "HS-1",
]


def try_everything(text):
    tests, findings = [], None
    try:
        tests = read_tests(text, "rules.yaml", RULES)
    except ConfigError as error:
        findings = error.findings
    assert findings is None or findings, "who refuses says why"
    for finding in findings or ():
        assert finding.line >= 1, finding
        assert finding.column >= 1, finding
        assert "\n" not in str(finding)
    for test in tests:
        for each in test.dossiers:
            with suppress(CalendarError):
                deque(islice(rehearse(each.seen, each.acks, test.rules, each.since, test.until), 200), 0)


@FEW
@given(st.text(max_size=200))
@example("tests: 1")
@example("tests: [{}]")
@example("tests: [" * 5000)
def test_any_text(text):
    try_everything(text)


@MANY
@given(st.integers(0, 4000), st.integers(0, 12), st.sampled_from(AWKWARD) | st.text(max_size=8))
def test_a_place_overwritten(at, length, value):
    at %= len(TEXT) + 1
    try_everything(TEXT[:at] + value + TEXT[at + length :])


@pytest.mark.parametrize("value", AWKWARD)
def test_each_awkward_value_at_each_key(value):
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        head, colon, _ = line.partition(": ")
        if colon:
            try_everything("\n".join([*lines[:number], f"{head}: {value}", *lines[number + 1 :]]))
