"""The second implementation against cases worked out by hand; what it is worth rests on these and on reading it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.permits import write_permits
from tests.oracle.replay import Calendar, replay

ROOT = Path(__file__).resolve().parents[2]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

FILES = {
    "alertd": """
timezone: Asia/Ho_Chi_Minh
feeds: [{name: f, type: sheet, path: drop/*.csv, columns: {code: code, received_at: in, due_at: due, finished_at: out,
         unit: unit, officer: officer}}]
""",
    "calendar": """
default: {sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}, working_days: [2024-05-04], days_off: [2024-05-01]}
""",
    "escalation": """
roles: {chairman: head@root}
policies:
  - {name: civil, match: {unit: "=TP"},
     steps: [{name: half, at: 50%, to: officer}, {name: due, at: 0d, to: [officer, head]}]}
  - {name: standard, match: {}, steps: [{name: late, at: +1d, to: [head, chairman], every: 1d, times: 2}]}
""",
    "organisation": """
fallback: person:office
units: [{code: UBND, name: UBND huyện}, {code: TP, name: Phòng Tư pháp, reports_to: [UBND]},
        {code: NV, name: Phòng Nội vụ, reports_to: [UBND]}]
people:
  - {id: office, name: Văn phòng}
  - {id: chairman, name: Chủ tịch, posts: [{unit: UBND, post: head}]}
  - {id: tp, name: Trưởng phòng, portal_ids: [tp.1], posts: [{unit: TP, post: head}]}
""",
}


@pytest.fixture
def config(tmp_path):
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "drop").mkdir()
    return tmp_path


def run(folder, *rows, start="2024-01-01", end="2025-01-01"):
    text = "\n".join(["code,in,due,out,unit,officer", *rows, ""])
    (folder / "drop" / "a.csv").write_text(text, encoding="utf-8")
    return [
        (a["at"], a["dossier"], a["policy"], a["step"], a["occurrence"], a["to"], a["person"], a["unit"])
        for a in replay(folder, "f", start, end)
    ]


def test_a_due_date_is_the_end_of_its_last_session_and_one_person_is_told_once(config):
    assert run(config, "a,2024-06-03T07:30+07:00,2024-06-04,,phong tu phap,tp.1") == [
        ("2024-06-03T17:00:00+07:00", "a", "civil", "half", 0, "officer", "tp", "TP"),
        ("2024-06-04T17:00:00+07:00", "a", "civil", "due", 0, "officer", "tp", "TP"),
    ]


def test_midnight_with_an_offset_is_exact_and_microseconds_show_only_when_not_zero(config):
    found = run(
        config,
        "a,2024-06-03T08:00:00.000001+07:00,2024-06-05T00:00:00.000+07:00,,TP,",
        "b,,2024-06-05T16:00:00.250+07:00,,TP,",
    )
    assert [(at, code, step) for at, code, _, step, *_ in found] == [
        ("2024-06-04T07:45:00.000001+07:00", "a", "half"),
        ("2024-06-05T00:00:00+07:00", "a", "due"),
        ("2024-06-05T16:00:00.250000+07:00", "b", "due"),
    ]


def test_a_vacant_head_is_the_head_above_and_an_unmatched_unit_is_fallback(config):
    assert run(config, "a,,2024-06-07T16:00+07:00,,NV,", "b,,2024-06-07T16:00+07:00,,Sở,") == [
        ("2024-06-10T16:00:00+07:00", "a", "standard", "late", 0, "head", "chairman", "NV"),
        ("2024-06-10T16:00:00+07:00", "b", "standard", "late", 0, "head", "office", None),
        ("2024-06-11T16:00:00+07:00", "a", "standard", "late", 1, "head", "chairman", "NV"),
        ("2024-06-11T16:00:00+07:00", "b", "standard", "late", 1, "head", "office", None),
    ]


def test_a_dossier_runs_from_its_receipt_to_before_its_finish_and_the_stretch_is_half_open(config):
    due = "2024-06-07T16:00+07:00"
    late, later = "2024-06-10T16:00+07:00", "2024-06-11T16:00+07:00"
    assert len(run(config, f"a,{late},{due},{later},NV,")) == 1
    assert len(run(config, f"a,{late},{due},2024-06-11T16:00:00.000001+07:00,NV,")) == 2
    assert len(run(config, f"a,2024-06-10T16:00:00.000001+07:00,{due},,NV,")) == 1
    assert len(run(config, f"a,,{due},,NV,", start=late, end=later)) == 1


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2024-06-03T08:00", 1, "2024-06-04T08:00"),
        ("2024-06-03T07:30", 1, "2024-06-03T17:00"),
        ("2024-06-03T06:45", 1, "2024-06-03T17:00"),
        ("2024-06-03T12:10", 1, "2024-06-04T11:30"),
        ("2024-06-03T17:01", 1, "2024-06-04T17:00"),
        ("2024-06-07T17:30", 2, "2024-06-11T17:00"),
    ],
)
def test_the_table_of_design_section_4(received, days, due):
    calendar = Calendar(HANOI, {"sessions": {"mon-fri": ["07:30-11:30", "13:00-17:00"]}})
    first, last = (datetime.fromisoformat(text).replace(tzinfo=HANOI) for text in (received, due))
    assert calendar.forward(first, days * timedelta(hours=8)) == last
    assert calendar.between(first, last) == days * timedelta(hours=8)


def test_back_is_the_latest_instant():
    calendar = Calendar(HANOI, {"sessions": {"mon-fri": ["07:30-11:30", "13:00-17:00"]}})
    tuesday = datetime(2024, 6, 4, 7, 30, tzinfo=HANOI)
    assert calendar.back(tuesday, timedelta(hours=8)) == tuesday - timedelta(days=1)
    assert calendar.end_of(date(2024, 6, 8)) == datetime(2024, 6, 9, tzinfo=HANOI)


def test_it_is_a_command_too(tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "tests" / "oracle" / "config", folder)
    (folder / "drop").mkdir()
    write_permits(folder / "drop" / "generated.csv", 3, 20)
    stretch = ["--feed", "generated", "--from", "2010-10-01", "--to", "2012-02-01"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.oracle.replay", str(folder), *stretch], cwd=ROOT, capture_output=True, check=True
    )
    expected = replay(folder, "generated", "2010-10-01", "2012-02-01")
    assert expected
    assert [json.loads(line) for line in done.stdout.decode().splitlines()] == expected
