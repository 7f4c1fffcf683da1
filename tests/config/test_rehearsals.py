"""Files of rule tests: what is wrong in them is told with its line, and what is right becomes dossiers and instants."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alertd.config.findings import ConfigError
from alertd.config.load import load
from alertd.config.rehearsals import load_tests
from alertd.config.wording import MESSAGES
from alertd.core.dossier import Filing, Phase

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config"

GOOD = """\
tests:
  - name: một hồ sơ
    dossiers:
      - code: HS-1
        unit: Phòng Tư pháp
        officer: [tp.chuyenvien]
        received_at: 2026-06-01T08:00
        due_at: 2026-06-08
    acknowledged:
      - {person: chuyen-vien-tu-phap, at: 2026-06-04T08:00+07:00}
    clock: {to: 2026-06-09}
    expect:
      - {step: soon, at: 2026-06-03T17:00, to: chuyen-vien-tu-phap}
"""


@pytest.fixture(scope="module")
def rules():
    return load(SAMPLE).rules


@pytest.fixture
def reading(tmp_path, rules):
    """Reads a text as a file of tests."""

    def read(text):
        path = tmp_path / "rules.yaml"
        path.write_text(text, "utf-8")
        return load_tests(path, rules)

    return read


def findings(reading, text):
    with pytest.raises(ConfigError) as caught:
        reading(text)
    return caught.value.findings


def test_a_test_is_read_with_its_place(reading):
    (test,) = reading(GOOD)
    (given,) = test.dossiers
    seven = datetime(2026, 6, 1, 1, tzinfo=UTC)
    assert (test.name, test.place.line) == ("một hồ sơ", 2)
    assert (test.since, test.until) == (seven, datetime(2026, 6, 8, 17, tzinfo=UTC))
    assert (given.seen.code, given.seen.unit, given.seen.officers) == ("HS-1", "Phòng Tư pháp", ("tp.chuyenvien",))
    assert (given.seen.received_at, given.seen.due_on, given.seen.due_at) == (seven, date(2026, 6, 8), None)
    assert (given.seen.phase, given.seen.channel, given.since) == (Phase.RUNNING, Filing.UNKNOWN, seven)
    assert [(ack.person, ack.at) for ack in given.acks] == [
        ("chuyen-vien-tu-phap", datetime(2026, 6, 4, 1, tzinfo=UTC))
    ]
    (expected,) = test.expected
    assert (expected.dossier, expected.step, expected.person) == ("HS-1", "soon", "chuyen-vien-tu-phap")
    assert (expected.at, expected.place.line) == (datetime(2026, 6, 3, 10, tzinfo=UTC), 13)


def test_a_due_value_with_a_time_is_an_instant(reading):
    (test,) = reading(GOOD.replace("due_at: 2026-06-08", "due_at: 2026-06-08T16:00"))
    assert (test.dossiers[0].seen.due_on, test.dossiers[0].seen.due_at) == (None, datetime(2026, 6, 8, 9, tzinfo=UTC))


def test_several_people_of_one_step_are_expected_one_by_one(reading):
    (test,) = reading(GOOD.replace("to: chuyen-vien-tu-phap}", "to: [chuyen-vien-tu-phap, van-phong]}"))
    assert [each.person for each in test.expected] == ["chuyen-vien-tu-phap", "van-phong"]


def test_nobody_is_a_word_for_no_alert_at_all(reading):
    head = GOOD.partition("    expect:")[0]
    assert reading(head + "    expect: nobody\n")[0].expected == ()
    assert reading(head + "    expect: []\n")[0].expected == ()


def test_the_people_of_a_test_take_the_place_of_those_of_the_same_id(reading, rules):
    own = "    people: {id: truong-phong-tu-phap, name: Người thử, posts: {unit: TP, post: head}}\n    dossiers:"
    (test,) = reading(GOOD.replace("    dossiers:", own))
    assert test.rules.organisation.people["truong-phong-tu-phap"].name == "Người thử"
    assert len(test.rules.organisation.people) == len(rules.organisation.people)
    assert rules.organisation.people["truong-phong-tu-phap"].name != "Người thử"


WRONG = {
    "test.step": (("step: soon", "step: sooon"), 13, "có phải là 'soon'?"),
    "person.unknown": (("to: chuyen-vien-tu-phap}", "to: chuyen-vien-tuphap}"), 13, "'chuyen-vien-tu-phap'?"),
    "test.outside": (("at: 2026-06-03T17:00", "at: 2026-06-09T17:00"), 13, "clock"),
    "test.backwards": (("clock: {to: 2026-06-09}", "clock: {to: 2026-05-09}"), 11, "to phải sau"),
    "test.no-begin": (("        received_at: 2026-06-01T08:00\n", ""), 10, "received_at"),
    "test.dossier": (("{step: soon,", "{dossier: HS-2, step: soon,"), 13, "có phải là 'HS-1'?"),
    "test.which": (("    acknowledged:", "      - {code: HS-2}\n    acknowledged:"), 11, "dossier: MÃ"),
    "test.dossier-twice": (("    acknowledged:", "      - {code: hs-1}\n    acknowledged:"), 9, "mỗi hồ sơ một mã"),
    "key.unknown": (("officer:", "oficer:"), 6, "có phải là 'officer'?"),
    "key.missing": (("    clock: {to: 2026-06-09}\n", ""), 2, "'clock'"),
    "value.choice": (("        due_at:", "        phase: runing\n        due_at:"), 8, "có phải là 'running'?"),
    "instant.bad": (("2026-06-01T08:00", "01/06/2026 08:00"), 7, "2026-11-23T07:30"),
    "type.list": (("    expect:\n      - {step: soon, at: 2026-06-03T17:00, to: chuyen-vien-tu-phap}", "    expect: x"), 12, ""),
    "unit.unknown": (("    dossiers:", "    people: {id: a, name: A, posts: {unit: TPP, post: head}}\n    dossiers:"), 3, "'TP'?"),
    "yaml.duplicate": (("        unit:", "        unit: X\n        unit:"), 6, ""),
    "file.empty": ((GOOD, ""), 1, ""),
    "list.empty": ((GOOD, "tests: []\n"), 1, ""),
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_told_with_its_line_and_what_would_be_right(code, reading, monkeypatch):
    monkeypatch.delenv("ALERTD_LANG", raising=False)
    (old, new), line, instead = WRONG[code]
    assert old in GOOD
    found = findings(reading, GOOD.replace(old, new, 1))
    assert instead in f"{found[0].what}; {found[0].instead}"
    assert re.fullmatch(rf".*rules\.yaml:{line}:\d+: \[{code}\] .+; .+", str(found[0]))


def test_every_fault_of_a_test_file_is_looked_for():
    assert {code for code in MESSAGES if code.startswith("test.")} <= set(WRONG)


def test_all_faults_are_told_at_once(reading):
    text = GOOD.replace("step: soon", "step: sooon").replace("to: chuyen-vien-tu-phap}", "to: ai-do}")
    assert [f.code for f in findings(reading, text)] == ["test.step", "person.unknown"]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path, rules):
    with pytest.raises(ConfigError) as caught:
        load_tests(tmp_path / "nowhere.yaml", rules)
    assert [f.code for f in caught.value.findings] == ["file.missing"]
    (tmp_path / "bytes.yaml").write_bytes(b"tests: \xff")
    with pytest.raises(ConfigError) as caught:
        load_tests(tmp_path / "bytes.yaml", rules)
    assert [(f.code, f.column) for f in caught.value.findings] == [("file.encoding", 8)]
