"""A foreign spreadsheet goes from `feed guess` to alerts as an admin would take it there: no code, only what is printed."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.commands.ground import CALENDAR, ESCALATION
from tests.commands.spoil import spoilt_workbook
from tests.faults.harness import processes, until

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Europe/Amsterdam")
HEADERS = "case,received_at,deadline,planned_end,finished_at,department,group,responsible,channel".split(",")
ORGANISATION = """\
fallback: person:office
units:
  - {code: TOWN, name: Town, kind: district}
  - {code: GEN, name: General, kind: department, reports_to: TOWN}
  - {code: PER, name: Permits, kind: department, reports_to: TOWN, aliases: [Experts, Customer contact]}
people:
  - {id: office, name: Office, contacts: [{channel: console}]}
  - {id: chair, name: Chair, posts: [{unit: TOWN, post: head}], contacts: [{channel: console}]}
  - {id: head-gen, name: Head of General, posts: [{unit: GEN, post: head}], contacts: [{channel: console}]}
  - {id: head-per, name: Head of Permits, posts: [{unit: PER, post: head}], contacts: [{channel: console}]}
  - {id: staff, name: Resource21, portal_ids: [Resource21], posts: [{unit: GEN, post: staff}],
     contacts: [{channel: console}]}
"""
SETTINGS = """\
timezone: Europe/Amsterdam
storage: {{url: "sqlite:///{folder}/alertd.db"}}
feeds:
{block}
channels:
  console: {{}}
delivery: {{slots: at-once, quiet: none, storm_brake: off}}
web: off
"""


@pytest.fixture
def running(tmp_path):
    with processes(tmp_path / "processes") as made:
        yield made


def alertd(*arguments, code=0):
    """A command as an admin runs it; gives (stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "alertd", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=120,
    )  # fmt: skip
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, out + err
    assert "Traceback" not in err
    return out, err


def foreign_log(path, seed, count):
    """A log of permits as that municipality writes it, around today; gives what is in it."""
    rng = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    facts = {"rows": count, "open": 0, "overdue": 0, "online": 0, "late": 0}

    def iso(at):
        return at.astimezone(ZONE).isoformat(timespec="milliseconds")

    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        for number in range(count):
            received = now - timedelta(days=rng.randrange(20, 120), seconds=rng.randrange(80_000))
            due = received + timedelta(days=56, seconds=rng.choice([0, 3600]))
            finished = due + timedelta(days=rng.choice([-30, -3, 5])) if rng.random() < 0.7 else None
            if finished is not None and finished > now:
                finished = None
            channel = rng.choice(["Internet", "Internet", "Internet", "Desk", "Post", "e-mail"])
            facts["online"] += channel == "Internet"
            facts["open"] += finished is None
            facts["overdue"] += finished is None and due < now
            facts["late"] += finished is not None and finished > due
            rows.writerow([
                f"case-{10000 + number * 7}", iso(received), iso(due), iso(due + timedelta(milliseconds=10)),
                iso(finished) if finished else "", rng.choice(["General", "Permits", "Experts"]),
                rng.choice(["Group 1", "Group 2", ""]), rng.choice(["Resource21", "Resource04", "Resource11"]), channel,
            ])  # fmt: skip
    return facts


def pasted(folder, block):
    """The configuration of an admin who pasted a proposal."""
    folder.mkdir()
    files = {"alertd": SETTINGS.format(folder=folder, block=block), "escalation": ESCALATION, "calendar": CALENDAR,
             "organisation": ORGANISATION}  # fmt: skip
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_a_foreign_log_goes_from_a_guess_to_alerts_on_the_console(tmp_path, running):
    seed = random.randrange(10**9)
    print("seed", seed)
    log = tmp_path / "permits 2024.csv"
    facts = foreign_log(log, seed, 120)
    block, told = alertd("feed", "guess", log, "--config", tmp_path / "nowhere")
    assert "planned_end" in told
    assert "group" in told
    assert "case-10" not in block + told
    assert "Resource" not in block + told

    config = pasted(tmp_path / "config", block)
    assert alertd("check", "--config", config) == ("", "")
    out, _ = alertd("import", log, "--feed", "permits-2024", "--config", config)
    assert f"{facts['rows']} rows: {facts['rows']} new, 0 changed, 0 unchanged, 0 set aside" in out
    status = json.loads(alertd("status", "--format", "json", "--config", config)[0])
    assert status["total"]["open"] == facts["open"]
    assert status["total"]["overdue"] == facts["overdue"]
    since, until_then = (datetime.now(UTC).date() + timedelta(days=days) for days in (-400, 400))
    lines, _ = alertd("simulate", "--feed", "permits-2024", "--from", since, "--to", until_then, "--format", "jsonl",
                      "--config", config)  # fmt: skip
    alerts = [json.loads(line) for line in lines.splitlines()]
    late = {
        alert["dossier"]
        for alert in alerts
        if alert["step"] == "overdue" and alert["at"] <= datetime.now(ZONE).isoformat()
    }
    assert len(late) == facts["overdue"] + facts["late"]
    assert {alert["unit"] for alert in alerts} == {"GEN", "PER"}

    daemon = running.daemon(config)
    until(lambda: daemon.stdout.count("QUÁ HẠN") >= 3, 60, lambda: daemon.stdout + daemon.stderr)
    assert daemon.terminate() == 0
    assert "case-10" in daemon.stdout


def permit_log():
    """The real log, where it is at hand."""
    named = os.environ.get("ALERTD_PERMIT_LOG")
    log = Path(named) if named else ROOT.parent / "shared" / "data" / "permit_dossiers.csv"
    if not named and not log.exists():
        pytest.skip("NOT RUN: the real permit log is not here; ALERTD_PERMIT_LOG=FILE names it")
    return log


@pytest.mark.parametrize("spoilt", [False, True], ids=["as it is", "as a damaged workbook"])
def test_the_real_log_gives_the_counts_of_its_readme(tmp_path, spoilt):
    log = permit_log()
    if spoilt:
        log = spoilt_workbook(log, tmp_path / "permits.xlsx")
    block, _ = alertd("feed", "guess", log, "--config", tmp_path / "nowhere")
    assert ("# due_midnight: exact" in block) == spoilt  # a cell has lost the offset by which midnight was exact
    config = pasted(tmp_path / "config", block.replace("# due_midnight", "due_midnight"))
    assert alertd("check", "--config", config) == ("", "")
    name = log.stem.replace("_", "-")
    out, err = alertd("import", log, "--feed", name, "--config", config)
    assert "1434 rows: 1434 new, 0 changed, 0 unchanged, 0 set aside" in out
    assert ("rows are hidden" in err) == spoilt
    status = alertd("status", "--at", "2012-01-23T15:42:54+01:00", "--format", "json", "--config", config)[0]
    total = json.loads(status)["total"]
    assert (total["open"], total["overdue"]) == (105, 39)
    from tests.commands.test_import import scalar

    url = f"sqlite:///{config}/alertd.db"
    assert scalar(url, "SELECT count(*) FROM dossiers WHERE channel = 'online'") == 1250
    assert scalar(url, "SELECT count(*) FROM dossiers WHERE finished_at > due_at") == 377


# --- what guess says of other files -----------------------------------------------------------------------------------


def guess(path, tmp_path):
    return alertd("feed", "guess", path, "--config", tmp_path / "nowhere")


def test_a_generated_workbook_with_everything_odd_is_read_as_the_plain_file(tmp_path):
    seed = random.randrange(10**9)
    print("seed", seed)
    facts = foreign_log(tmp_path / "log.csv", seed, 80)
    odd = spoilt_workbook(tmp_path / "log.csv", tmp_path / "odd.xlsx")
    block, told = guess(odd, tmp_path)
    assert f"{facts['rows']} hồ sơ, {facts['open']} chưa kết thúc, 0 dòng" in told
    assert "hidden in the file" in told
    assert 'due_at: "deadline"' in block
