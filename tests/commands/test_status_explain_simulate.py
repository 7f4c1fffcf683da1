"""What the commands that only look say: `status`, `explain`, `simulate`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from alertd.config.load import load
from alertd.jobs.accept import accept
from alertd.store import migrate
from alertd.store.database import Database
from tests.commands.ground import day, rows, write_csv
from tests.config.editing import edit
from tests.store.ground import World, dossier


@pytest.fixture
def taken(alertd, config, tmp_path):
    """Three dossiers long past due, two due in a month, one of an unknown unit, one without a due date."""
    odd = [
        ["LA-1", "Chứng thực", "Phòng Lạ", "tp.cv", day(-7), day(30), ""],
        ["KH-1", "Chứng thực", "Phòng Tư pháp", "người lạ", day(-7), "", ""],
        ["XONG-1", "Chứng thực", "Phòng Tư pháp", "tp.cv", day(-7), day(-3), day(-4)],
    ]
    export = write_csv(tmp_path / "e.csv", [*rows(3, due=-5), *rows(2, first=4), *odd])
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0
    return config


def test_status_and_explain_say_when_what_waits_leaves(alertd, taken):
    at = ("--at", "2026-06-08T10:00", "--config", taken)
    assert json.loads(alertd("status", "--format", "json", *at).out)["next_slot"] is None
    settings = taken / "alertd.yaml"
    settings.write_text(settings.read_text("utf-8").replace("slots: at-once", 'slots: ["07:30", "13:00"]'), "utf-8")
    assert json.loads(alertd("status", "--format", "json", *at).out)["next_slot"] == "2026-06-08T13:00:00+07:00"
    assert "cảnh báo chờ gửi: 0 (đợt gửi tới: 13:00 08/06/2026)\n" in alertd("status", *at).out


def test_status_counts_each_unit_in_json(alertd, taken):
    done = alertd("status", "--format", "json", "--config", taken)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert set(found) == {"at", "units", "total", "feeds", "outbox", "alerts_waiting", "next_slot", "lists", "channels", "audit",
                          "heartbeat", "credentials", "retention"}  # fmt: skip
    assert datetime.fromisoformat(found["at"]).utcoffset() == timedelta(hours=7)
    counts = {unit["unit"]: unit for unit in found["units"]}
    assert (counts["TP"]["open"], counts["TP"]["overdue"], counts["TP"]["no_due"]) == (6, 3, 1)
    assert counts["TP"]["name"] == "Phòng Tư pháp"
    assert counts[None]["open"] == 1
    assert found["total"] == {
        "open": 7, "due_soon": 0, "due_today": 0, "overdue": 3, "late_accept": 0, "paused": 0, "no_due": 1, "missing": 0,
    }  # fmt: skip
    assert found["retention"] is None
    (feed,) = found["feeds"]
    assert set(feed) == {"feed", "state", "fresh", "as_of", "age_seconds", "rows", "quarantined", "detail",
                         "failures", "skew_seconds", "troubles"}  # fmt: skip
    assert (feed["feed"], feed["state"], feed["fresh"], feed["rows"]) == ("exports", "ok", True, 8)
    assert (found["outbox"], found["alerts_waiting"]) == ({}, 0)
    lists = found["lists"]
    assert set(lists) == {
        "unmatched_units", "unmatched_officers", "without_officer", "without_policy", "without_due_date", "missing",
        "paused", "flags", "shared_codes", "unknown_statuses", "quarantine", "dead_addresses",
    }  # fmt: skip
    assert len(lists["without_due_date"]) == 1
    assert sum(entry["dossiers"] for entry in lists["without_officer"]) == 1
    assert (lists["without_policy"], lists["missing"]) == ([], [])
    assert [(unit["unit_text"], unit["dossiers"]) for unit in lists["unmatched_units"]] == [("Phòng Lạ", 1)]
    assert [(entry["officer"], entry["dossiers"]) for entry in lists["unmatched_officers"]] == [("người lạ", 1)]


def test_status_as_of_an_instant_counts_what_was_overdue_then(alertd, taken):
    before = (datetime.now(UTC) - timedelta(days=6)).isoformat()
    after = (datetime.now(UTC) + timedelta(days=60)).isoformat()
    totals = [json.loads(alertd("status", "--at", at, "--format", "json", "--config", taken).out)["total"]
              for at in (before, after)]  # fmt: skip
    assert [total["overdue"] for total in totals] == [0, 6]


def test_status_prints_a_table_for_people(alertd, taken):
    done = alertd("status", "--config", taken)
    assert (done.code, done.err) == (0, "")
    assert re.search(r"^Phòng Tư pháp +6 +0 +0 +3 +0 +0 +1 +0$", done.out, re.MULTILINE), done.out
    assert re.search(r"^TỔNG +7 ", done.out, re.MULTILINE)
    assert "nguồn exports: ok" in done.out
    assert "đơn vị chưa khớp: «Phòng Lạ»" in done.out
    assert "cán bộ chưa khớp: «người lạ»" in done.out


def test_explain_tells_a_dossiers_whole_story_in_json(alertd, taken):
    done = alertd("explain", "HS-0001", "--format", "json", "--config", taken)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert (found["code"], found["feed"], found["phase"], found["clock"]) == ("HS-0001", "exports", "running", "due")
    organisation = f"{taken / 'organisation.yaml'}"
    assert found["unit"] == {
        "code": "TP", "as_shown": "Phòng Tư pháp", "matched_by": "name", "succeeds": None, "rule": f"{organisation}:4",
    }  # fmt: skip
    assert found["officers"] == {
        "people": ["staff"], "unmatched": [],
        "matched": [{"as_shown": "tp.cv", "person": "staff", "by": "portal_id", "rule": f"{organisation}:9"}],
    }  # fmt: skip
    assert found["policy_rule"] == f"{taken / 'escalation.yaml'}:2"
    assert found["plan"][1]["rule"] == f"{taken / 'escalation.yaml'}:6"
    assert found["calendar"] == f"{taken / 'calendar.yaml'}:1"
    assert found["history"][0]["source"].endswith("e.csv")
    assert (found["policy"], found["overdue"]) == ("standard", True)
    assert found["working_hours_left"] < 0
    assert [(step["step"], step["to"], step["people"]) for step in found["plan"]] == [
        ("soon", ["officer"], ["staff"]), ("overdue", ["officer", "head"], ["head", "staff"]),
        ("chairman", ["head@root"], ["chair"]),
    ]  # fmt: skip
    assert found["due_at"].endswith("T10:00:00+07:00")
    assert [event["event"] for event in found["history"]][:1] == ["seen"]
    assert (found["alerts"], found["messages"]) == ([], [])
    assert found["silence"]


def test_a_code_is_found_however_it_is_written(alertd, taken):
    for code in ("hs-0001", " HS-0001 "):
        assert json.loads(alertd("explain", code, "--format", "json", "--config", taken).out)["code"] == "HS-0001"


@pytest.fixture
def world(url):
    """Jobs on the database of `config`, with a feed that shows what it is told to."""
    database = Database(url)
    migrate.upgrade(database)
    yield World(database)
    database.close()


def test_explain_names_the_other_codes_of_a_dossier_and_status_those_that_two_share(alertd, config, world):
    world.poll("03/06 08:00", dossier("HS-1", aliases=("BN-7", "HS-2")), dossier("HS-2", aliases=("BN-7",)))
    first, second = json.loads(alertd("explain", "bn-7", "--format", "json", "--config", config).out)
    assert (first["code"], second["code"]) == ("HS-1", "HS-2")
    assert first["other_codes"] == [
        {"code": "BN-7", "since": "2024-06-03T08:00:00+07:00"}, {"code": "HS-2", "since": "2024-06-03T08:00:00+07:00"},
    ]  # fmt: skip
    assert "\n  mã khác: BN-7, HS-2\n" in alertd("explain", "HS-1", "--config", config).out
    assert json.loads(alertd("status", "--format", "json", "--config", config).out)["lists"]["shared_codes"] == [
        {"feed": "portal", "code": "BN-7", "dossier": "HS-1", "unit": "TP", "own": False, "others": ["HS-2"]},
        {"feed": "portal", "code": "BN-7", "dossier": "HS-2", "unit": "TP", "own": False, "others": ["HS-1"]},
        {"feed": "portal", "code": "HS-2", "dossier": "HS-1", "unit": "TP", "own": True, "others": ["HS-2"]},
    ]
    assert "mã chung: «HS-2» của HS-1 cũng là mã của HS-2 (nguồn portal)" in alertd("status", "--config", config).out


def test_explain_prints_lines_for_people(alertd, taken):
    done = alertd("explain", "HS-0001", "--config", taken)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("HS-0001 · Chứng thực · nguồn exports\n")
    assert "QUÁ HẠN" in done.out
    assert "chairman: " in done.out


@pytest.mark.parametrize(
    ("code", "words"), [("XONG-1", "kết thúc"), ("KH-1", "ngày hẹn"), ("HS-0004", "chưa bước nào")]
)
def test_explain_says_why_nobody_was_told(alertd, taken, code, words):
    assert words in json.loads(alertd("explain", code, "--format", "json", "--config", taken).out)["silence"]


def test_explain_as_of_an_instant_tells_what_was_known_then(alertd, config, tmp_path):
    first = write_csv(tmp_path / "a.csv", rows(1))
    alertd("import", first, "--feed", "exports", "--config", config)
    between = datetime.now(UTC).isoformat()
    moved = rows(1, due=60)
    alertd("import", write_csv(tmp_path / "b.csv", moved), "--feed", "exports", "--config", config)

    def due(*at):
        return json.loads(alertd("explain", "HS-0001", *at, "--format", "json", "--config", config).out)["due_at"][:10]

    dates = [(datetime.now(UTC) + timedelta(days=offset)).date().isoformat() for offset in (30, 60)]
    assert [due("--at", between), due()] == dates
    later = json.loads(alertd("explain", "HS-0001", "--format", "json", "--config", config).out)
    assert "due" in [event["event"] for event in later["history"]]


def test_a_code_that_is_not_on_record_or_was_not_yet_is_one_clear_line(alertd, taken):
    for arguments in (["HS-9999"], ["HS-0001", "--at", "2020-01-01"]):
        done = alertd("explain", *arguments, "--config", taken)
        assert done.code == 1
        assert "no dossier of this code" in done.line


# --- simulate ---------------------------------------------------------------------------------------------------------

STRETCH = ("--from", "2026-01-01", "--to", "2027-06-01")
KEYS = ["at", "dossier", "policy", "step", "occurrence", "to", "person", "unit"]


@pytest.fixture
def dropped(local):
    write_csv(local / "drop" / "e.csv", [
        ["HS-1", "Chứng thực", "Phòng Tư pháp", "tp.cv", "01/06/2026 08:00", "05/06/2026 16:00", "09/06/2026 09:00"],
        ["HS-2", "Chứng thực", "Phòng Lạ", "", "01/06/2026 08:00", "04/06/2026 16:00", "04/06/2026 15:59"],
    ])  # fmt: skip
    return local


def test_simulate_gives_one_object_a_line(alertd, dropped):
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "jsonl", "--config", dropped)
    assert (done.code, done.err) == (0, "")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert all(list(alert) == KEYS for alert in found)
    assert [(a["at"], a["dossier"], a["step"], a["person"]) for a in found] == [
        ("2026-06-03T16:00:00+07:00", "HS-2", "soon", "office"),
        ("2026-06-04T16:00:00+07:00", "HS-1", "soon", "staff"),
        ("2026-06-05T16:00:00+07:00", "HS-1", "overdue", "head"),
        ("2026-06-05T16:00:00+07:00", "HS-1", "overdue", "staff"),
    ]


def test_explain_tells_what_people_answered(alertd, config, tmp_path):
    assert alertd("import", write_csv(tmp_path / "e.csv", rows(1)), "--feed", "exports", "--config", config).code == 0
    (url,) = [line.split('"')[1] for line in (config / "alertd.yaml").read_text().splitlines() if "storage" in line]
    database, now = Database(url), datetime.now(UTC)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE dossiers SET handed_to = 'head'")
        values = f"(1, 1, 'staff', '{now.isoformat(timespec='microseconds')}', 'telegram')"
        connection.exec_driver_sql(
            f"INSERT INTO acknowledgements (dossier_id, episode, person, at, via) VALUES {values}"
        )
        values = f"(1, 'staff', '{now.isoformat(timespec='microseconds')}', 'Một lý do chính đáng', 'page')"
        connection.exec_driver_sql(f"INSERT INTO explanations (dossier_id, person, at, text, via) VALUES {values}")
        values = f"(1, 'staff', 'head', '{now.isoformat(timespec='microseconds')}', 'page')"
        connection.exec_driver_sql(f"INSERT INTO handovers (dossier_id, giver, taker, at, via) VALUES {values}")
    database.close()
    done = alertd("explain", "HS-0001", "--config", config)
    assert (done.code, done.err) == (0, "")
    assert "staff đã xác nhận (qua telegram)" in done.out
    assert "staff chuyển cho head (qua page)" in done.out
    assert "staff giải trình (qua page):\n    Một lý do chính đáng" in done.out
    assert "  cán bộ: head, nhận chuyển giao\n" in done.out
    assert json.loads(alertd("explain", "HS-0001", "--format", "json", "--config", config).out)["handed_to"] == "head"


def test_explain_as_of_an_instant_goes_by_the_rules_that_ran_then(alertd, taken, url):
    database, now = Database(url), datetime.now(UTC)
    accept(database, load(taken), now - timedelta(days=2))
    edit(taken, "escalation.yaml", ("at: +3d", "at: +2d"))
    accept(database, load(taken), now)
    database.close()
    before = alertd("explain", "HS-0001", "--at", now.isoformat(), "--format", "json", "--config", taken)
    assert before.code == 0
    assert before.err == ""
    then = (now - timedelta(microseconds=1)).isoformat()
    then = alertd("explain", "HS-0001", "--at", then, "--format", "json", "--config", taken)
    assert "bản cấu hình 1" in then.err
    first, second = (json.loads(done.out)["plan"][2]["at"] for done in (then, before))
    assert datetime.fromisoformat(first) - datetime.fromisoformat(second) >= timedelta(hours=8)


def test_simulate_prints_a_table_of_days_and_people(alertd, dropped):
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--config", dropped)
    assert done.code == 0
    head, *lines = done.out.splitlines()
    assert head.split("  ")[0] == "ngày"
    assert len(lines) == 4
    assert done.err == "4 alerts for 3 people, 2 dossiers\n"


def test_simulate_makes_a_page_of_its_own(alertd, dropped):
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", dropped)
    assert (done.code, done.err) == (0, "")
    assert done.out.lstrip().lower().startswith("<!doctype html>")
    assert done.out.rstrip().endswith("</html>")
    assert "Trưởng phòng" in done.out
    assert not re.search(r"(src|href)=[\"']?https?://", done.out), "the page stands alone"


def test_simulate_replays_what_is_stored_as_it_replays_the_feed(alertd, dropped):
    options = [*STRETCH, "--format", "jsonl", "--config", dropped]
    from_feed = alertd("simulate", "--feed", "exports", *options)
    alertd("import", dropped / "drop" / "e.csv", "--feed", "exports", "--config", dropped)
    assert alertd("simulate", *options).out == from_feed.out
    assert json.loads(alertd("status", "--format", "json", "--config", dropped).out)["alerts_waiting"] == 0
