"""Every wrong configuration is found with its code and line and nothing else; right ones give no finding at all.

A case is a folder with the files that differ from `base/`. The faulty line carries `#! code`; where a comment cannot
stand, `expect.txt` says `code @ file:line`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from alertd.config.check import check
from alertd.config.checks import calendars
from alertd.config.wording import MESSAGES, WARNINGS

HERE = Path(__file__).parent
TODAY = date(2026, 11, 23)
WRONG = sorted(path for path in (HERE / "wrong").iterdir() if path.is_dir())
RIGHT = sorted(path for path in (HERE / "right").iterdir() if path.is_dir())


@pytest.fixture(autouse=True)
def no_adviser(monkeypatch):
    """The holidays library may or may not be installed; its own tests bring their own."""
    monkeypatch.setattr(calendars, "advice", lambda _year: None)


def expected(case):
    found = set()
    for file in case.iterdir():
        text = file.read_bytes().decode("utf-8", "replace")
        if file.name == "expect.txt":
            for line in text.splitlines():
                code, name, number = re.fullmatch(r"(\S+) @ (\S+):(\d+)", line).groups()
                found.add((name, int(number), code))
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if mark := re.search(r"#! (\S+)", line):
                found.add((file.name, number, mark[1]))
    return found


@pytest.mark.parametrize("case", WRONG, ids=lambda path: path.name)
def test_wrong_configuration(case, variant):
    wanted = expected(case)
    assert wanted, "a wrong case says what is expected"
    findings = check(variant(case), TODAY)
    assert {(Path(f.file).name, f.line, f.code) for f in findings} == wanted, "\n".join(map(str, findings))
    assert {f.is_fault for f in findings if f.code in WARNINGS} <= {False}
    assert {f.is_fault for f in findings if f.code not in WARNINGS} <= {True}


@pytest.mark.parametrize("case", RIGHT, ids=lambda path: path.name)
def test_right_configuration(case, variant):
    assert list(map(str, check(variant(case), TODAY))) == []


def test_the_base_is_right(base):
    assert list(map(str, check(base, TODAY))) == []


def test_the_corpus_has_every_kind():
    assert len(WRONG) >= 60
    assert len(RIGHT) >= 20
    # faults of a file of rule tests are looked for in test_rehearsals.py
    codes = {code for code in MESSAGES if not code.startswith("test.")}
    untested = codes - {code for case in WRONG for _, _, code in expected(case)}
    # these need no folder, a permission, a library, a daemon or an endless file, which no variant of the base can be
    assert untested <= {
        "folder.missing",
        "file.unreadable",
        "reload.restart",
        "template.broken",
        "type.list",
        "yaml.deep",
        "calendar.holiday",
    }, untested
