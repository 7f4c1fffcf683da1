"""`alertd feed test`: what a feed is understood as, what fits nothing, what a poll would change; nothing is written."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.demo.portal import Portal, dossier
from tests.commands.ground import COLUMNS, day, rows, stored, write_config, write_csv

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime.now(ZONE).replace(microsecond=0)
STATUS = [*COLUMNS, "Trạng thái"]


def with_status(found, status="Đang xử lý"):
    return [[*row, status] for row in found]


@pytest.fixture
def tested(alertd):
    """The test of the feed `exports`, as JSON; its single source besides."""

    def run(folder, *more):
        done = alertd("feed", "test", "exports", "--config", folder, "--format", "json", *more)
        assert done.code == 0, done.err
        found = json.loads(done.out)
        return found, found["sources"][0]

    return run


def test_the_first_rows_are_shown_as_they_are_understood(tested, local):
    write_csv(local / "drop" / "a.csv", with_status(rows(12)), STATUS)
    found, source = tested(local, "--rows", "3")
    assert (found["feed"], found["type"], found["scope"], len(found["sources"])) == ("exports", "sheet", "all", 1)
    assert (source["rows"], source["set_aside"], source["complete"], source["skew_seconds"]) == (12, 0, True, None)
    assert source["phases"] == {"running": 12}
    assert [row["code"] for row in source["first"]] == ["HS-0001", "HS-0002", "HS-0003"]
    first = source["first"][0]
    assert (first["phase"], first["status"]) == ("running", "Đang xử lý")
    assert (first["unit_text"], first["unit"]) == ("Phòng Tư pháp", "TP")
    assert first["officers"] == [{"text": "tp.cv", "person": "staff"}]
    assert datetime.fromisoformat(first["due_at"]).utcoffset() == timedelta(hours=7)
    assert first["left_minutes"] > 0


def test_what_fits_nothing_is_counted_with_the_line_that_would_make_it_fit(tested, local):
    good = with_status(rows(2))
    strange = with_status(rows(3, first=3), "Chờ thẩm định")
    for row in strange:
        row[2], row[3] = "Phòng Tư pháp huyện", "tp.moi"
    placeholder = with_status(rows(1, first=6))
    placeholder[0][3] = "Cán bộ một cửa"
    finished = with_status(rows(1, first=7), "Đã trả kết quả")
    finished[0][2] = "Đơn vị cũ"
    write_csv(local / "drop" / "a.csv", [*good, *strange, *placeholder, *finished], STATUS)
    _, source = tested(local)
    assert source["unmatched_units"] == [
        {"unit_text": "Phòng Tư pháp huyện", "dossiers": 3, "add": '{code: TP, aliases: ["Phòng Tư pháp huyện"]}'}
    ]
    assert [(o["officer"], o["unit"], o["dossiers"]) for o in source["unmatched_officers"]] == [("tp.moi", None, 3)]
    assert source["unmatched_officers"][0]["add"] == '{id: MÃ, portal_ids: ["tp.moi"]}'
    assert source["unknown_statuses"] == [
        {"status": "Chờ thẩm định", "dossiers": 3, "add": 'statuses: {running: ["Chờ thẩm định"]}'}
    ]
    assert source["without_officer"] == 1


def test_the_lines_that_are_proposed_make_the_feed_fit(tested, local):
    strange = with_status(rows(3), "Chờ thẩm định")
    for row in strange:
        row[2] = "Phòng Tư pháp huyện"
    write_csv(local / "drop" / "a.csv", strange, STATUS)
    _, source = tested(local)
    settings, people = local / "alertd.yaml", local / "organisation.yaml"
    status = source["unknown_statuses"][0]["add"]
    settings.write_text(settings.read_text("utf-8").replace("scope: all", f"scope: all, {status}"), "utf-8")
    alias = source["unmatched_units"][0]["add"].removeprefix("{code: TP, ")
    people.write_text(
        people.read_text("utf-8").replace("kind: department, ", f"kind: department, {alias[:-1]}, "), "utf-8"
    )
    _, source = tested(local)
    assert (source["unknown_statuses"], source["unmatched_units"]) == ([], [])


def test_rows_set_aside_are_named_with_their_reasons(tested, local):
    broken = rows(2)
    broken[1][5] = "hôm kia"
    write_csv(local / "drop" / "a.csv", broken)
    _, source = tested(local)
    assert (source["rows"], source["set_aside"]) == (1, 1)
    (aside,) = source["set_aside_rows"]
    assert (aside["row"], aside["code"]) == (3, "HS-0002")
    assert "'hôm kia' is not a date" in aside["reason"]


def test_suspicious_dates_are_told(tested, local):
    odd = rows(1)
    odd[0][4], odd[0][5] = day(5), day(1)
    write_csv(local / "drop" / "a.csv", odd)
    _, source = tested(local)
    kinds = {entry["what"]: entry["codes"] for entry in source["suspicious_dates"]}
    assert kinds.keys() - {"due_on_day_off"} == {"due_before_receipt", "received_in_future"}
    assert kinds["due_before_receipt"] == ["HS-0001"]


# --- what would change ------------------------------------------------------------------------------------------------


def test_without_a_database_everything_is_new_and_no_database_is_made(tested, tmp_path):
    folder = write_config(tmp_path / "config", f"sqlite:///{tmp_path / 'var' / 'alertd.db'}")
    write_csv(folder / "drop" / "a.csv", [*rows(3, due=-2), *rows(2, first=4)])
    before = sorted(tmp_path.rglob("*"))
    _, source = tested(folder)
    changes = source["changes"]
    assert (changes["taken"], changes["new"], changes["changed"]) == (True, 5, 0)
    assert {entry["step"]: entry["dossiers"] for entry in changes["alerts"]}["overdue"] == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_against_what_is_stored_the_changes_are_told_and_nothing_is_written(alertd, tested, config, url):
    file = write_csv(config / "drop" / "a.csv", [*rows(20), *rows(2, first=21, due=-5)])
    assert alertd("import", file, "--feed", "exports", "--config", config).code == 0
    before = stored(url)
    shown = rows(19)
    shown[0][5] = day(40)  # moved
    shown[1][6] = day(-1)  # finished
    overdue = rows(2, first=21, due=-5)
    overdue[0][5] = day(9)  # overdue, and moved
    write_csv(config / "drop" / "b.csv", [*shown, *overdue, *rows(2, first=23, due=-3)])
    os.utime(config / "drop" / "b.csv", (file.stat().st_mtime + 60,) * 2)
    found, source = tested(config)
    assert [each["source"].rpartition("/")[2] for each in found["sources"]] == ["b.csv"], "a.csv was taken already"
    changes = source["changes"]
    assert (changes["new"], changes["changed"], changes["unchanged"]) == (2, 3, 18)
    assert [(moved["code"], moved["kind"]) for moved in changes["due_moved"]] == [
        ("HS-0001", "extended_before_due"), ("HS-0021", "extended_after_due"),
    ]  # fmt: skip
    assert changes["phases"] == [{"from": "running", "to": "done", "dossiers": 1}]
    assert [missing["code"] for missing in changes["missing"]] == ["HS-0020"]
    assert changes["overdue_ended"] == [{"kind": "due_moved", "dossiers": 1}]
    alerts = {entry["step"]: entry["dossiers"] for entry in changes["alerts"]}
    assert alerts["vanished"] == 1
    assert 2 in (alerts.get("overdue"), alerts.get("chairman"))
    assert stored(url) == before


def test_the_newest_file_is_looked_at_when_all_were_taken(alertd, tested, local):
    file = write_csv(local / "drop" / "a.csv", rows(3))
    assert alertd("import", file, "--feed", "exports", "--config", local).code == 0
    _, source = tested(local)
    assert (source["changes"]["new"], source["changes"]["unchanged"]) == (0, 3)


def test_a_source_that_would_be_refused_says_why(alertd, tested, config, url):
    file = write_csv(config / "drop" / "a.csv", rows(20))
    assert alertd("import", file, "--feed", "exports", "--config", config).code == 0
    before = stored(url)
    write_csv(file, rows(9))
    _, source = tested(config)
    assert source["changes"]["taken"] is False
    assert "9 rows, where exports had 20 before" in source["changes"]["refused_because"]
    assert stored(url) == before


# --- a portal ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def portal():
    shown = [dossier(n, zone=ZONE, received=NOW - timedelta(days=2), due=NOW + timedelta(days=20, hours=n), officer="tp.cv")
             for n in range(1, 8)]  # fmt: skip
    with Portal(lambda: {"1": shown}, username="alertd", password="mau") as running:
        yield running


@pytest.fixture
def behind(local, portal):
    """The configuration with the portal in place of the drop folder."""
    settings = local / "alertd.yaml"
    text = settings.read_text("utf-8")
    old = next(line for line in text.splitlines() if "name: exports" in line)
    feed = f'  - {{name: exports, type: opencps, url: "{portal.url}", groups: ["1"], username: alertd, password: "${{PW}}"}}'
    settings.write_text(text.replace(old, feed), "utf-8")
    return local


def test_a_portal_is_read_once_and_its_clock_and_completeness_are_told(tested, behind, portal, monkeypatch):
    monkeypatch.setenv("PW", "mau")
    portal.faults.skew, portal.faults.missing = 600, 3
    _, source = tested(behind)
    assert source["rows"] == 7
    assert 590 <= source["skew_seconds"] <= 600
    assert source["complete"] is False
    assert "were announced" in source["incomplete_because"]


def test_no_citizen_is_shown_by_a_portal_that_names_them(alertd, behind, monkeypatch):
    monkeypatch.setenv("PW", "mau")
    for shape in ("json", "table"):
        done = alertd("feed", "test", "exports", "--config", behind, "--format", shape)
        assert done.code == 0
        assert "Công dân mẫu" not in done.out + done.err
        assert "MAU0" not in done.out + done.err


@pytest.mark.parametrize("fault", ["html", "half", "locked_out"])
def test_a_portal_that_cannot_be_read_is_one_line_and_exit_1(alertd, behind, portal, monkeypatch, fault):
    monkeypatch.setenv("PW", "mau")
    setattr(portal.faults, fault, True)
    done = alertd("feed", "test", "exports", "--config", behind)
    assert done.code == 1
    assert done.line.startswith("feed exports: http://127.0.0.1")
    assert "mau" not in done.line


# --- for people -------------------------------------------------------------------------------------------------------


def test_a_person_reads_the_same_in_their_words(alertd, local):
    shown = with_status(rows(2, due=-1), "Chờ thẩm định")
    shown[1][2] = "Đơn vị lạ"
    write_csv(local / "drop" / "a.csv", shown, STATUS)
    done = alertd("feed", "test", "exports", "--config", local)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Nguồn exports (sheet, scope: all). Đọc thử, không ghi gì."
    assert "2 hồ sơ: unknown 2; 0 dòng để riêng" in lines
    assert "đầy đủ" in lines
    assert any(
        "unknown («Chờ thẩm định»)" in line and "Phòng Tư pháp → TP" in line and "tp.cv → staff" in line
        for line in lines
    )
    assert "đơn vị chưa khớp: «Đơn vị lạ» (1 hồ sơ)" in lines
    assert (
        '    thêm vào alertd.yaml, feeds: exports (running, paused, done, …): statuses: {running: ["Chờ thẩm định"]}'
        in lines
    )
    assert "Nếu đọc bây giờ: 2 mới, 0 thay đổi, 0 như cũ" in lines


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("test", "nowhere"), 2, "no feed is called 'nowhere'"),
        (("test", "exports"), 1, "there is no file"),
        (("test", "exports", "--rows", "-1"), 2, "--rows"),
    ],
)
def test_what_cannot_be_done_is_one_line(alertd, local, arguments, code, words):
    done = alertd("feed", *arguments, "--config", local)
    assert done.code == code
    assert words in done.line


def test_a_database_of_another_program_leaves_the_rest_of_the_test(alertd, local):
    write_csv(local / "drop" / "a.csv", rows(2))
    (local.parent / "alertd.db").write_bytes(b"not a database" * 100)
    done = alertd("feed", "test", "exports", "--config", local, "--format", "json")
    assert done.code == 0
    assert "what would change is not known" in done.err
    assert json.loads(done.out)["sources"][0]["changes"] is None
