"""`alertd config`: the configurations that ran, one of them, and back to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from alertd.config.load import load
from alertd.jobs.accept import accept
from alertd.store import migrate
from alertd.store.database import Database
from alertd.store.tables import configurations
from tests.config.editing import edit

BEGAN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def ran(config, url):
    """Three configurations that ran: the first, an earlier chairman's step, a comment and another unit's name."""
    database = Database(url)
    migrate.upgrade(database)

    def run(hours, author):
        accept(database, load(config), BEGAN + timedelta(hours=hours), author)

    run(0, "root")
    edit(config, "escalation.yaml", ("at: +3d", "at: +2d"))
    run(1, "van-thu")
    edit(config, "organisation.yaml", ("fallback:", "# dự phòng\nfallback:"), ("Phòng Tư pháp", "Phòng TP"))
    run(2, "")
    database.close()
    return config


def test_history_in_json_newest_first(alertd, ran):
    done = alertd("config", "history", "--format", "json", "--config", ran)
    assert (done.code, done.err) == (0, "")
    third, second, first = json.loads(done.out)
    assert first == {
        "number": 1, "at": "2026-11-23T08:00:00+07:00", "author": "root", "note": "", "files": [], "first_change": None,
    }  # fmt: skip
    assert (second["number"], second["author"], second["files"]) == (2, "van-thu", ["escalation.yaml"])
    assert second["first_change"] == {
        "file": "escalation.yaml", "line": 7, "old": "- {name: chairman, at: +3d, to: head@root, every: 1d}",
        "new": "- {name: chairman, at: +2d, to: head@root, every: 1d}",
    }  # fmt: skip
    assert (third["number"], third["files"], third["first_change"]["new"]) == (3, ["organisation.yaml"], "# dự phòng")


def test_history_reads_aloud(alertd, ran):
    assert alertd("config", "history", "--config", ran).out.splitlines() == [
        "3  10:00:00 23/11/2026  (không rõ ai)  organisation.yaml",
        "   organisation.yaml:1",
        "   cũ:  (không có)",
        "   mới: # dự phòng",
        "2  09:00:00 23/11/2026  van-thu  escalation.yaml",
        "   escalation.yaml:7",
        "   cũ:  - {name: chairman, at: +3d, to: head@root, every: 1d}",
        "   mới: - {name: chairman, at: +2d, to: head@root, every: 1d}",
        "1  08:00:00 23/11/2026  root  bản đầu tiên",
    ]


def test_show_prints_a_configuration_whole_or_its_diff(alertd, ran):
    whole = alertd("config", "show", 1, "--config", ran)
    assert (whole.code, whole.err) == (0, "")
    assert "# --- escalation.yaml\npolicies:\n" in whole.out
    assert "at: +3d" in whole.out
    diff = alertd("config", "show", 2, "--diff", "--config", ran).out
    assert diff.startswith("--- escalation.yaml\n+++ escalation.yaml\n@@ ")
    assert "\n-      - {name: chairman, at: +3d" in diff
    assert alertd("config", "show", 1, "--diff", "--config", ran).out == ""


def test_a_diff_of_one_that_ran_before_diffs_were_kept_is_made(alertd, ran, url):
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE configurations SET diff = NULL")
    database.close()
    (_, second, _) = json.loads(alertd("config", "history", "--format", "json", "--config", ran).out)
    assert second["files"] == ["escalation.yaml"]


def test_a_number_that_never_ran_is_one_clear_line(alertd, ran):
    for command in ("show", "rollback"):
        done = alertd("config", command, 9, "--config", ran)
        assert done.code == 2
        assert done.line.startswith("9: no configuration of this number has run")


def test_rollback_writes_the_files_back_with_their_comments(alertd, ran):
    now = (ran / "organisation.yaml").read_text("utf-8")
    done = alertd("config", "rollback", 2, "--by", "lan", "--config", ran)
    assert done.code == 0
    assert done.out == f"{ran / 'organisation.yaml'}\n"
    assert "# dự phòng" not in (ran / "organisation.yaml").read_text("utf-8")
    assert (ran / "organisation.yaml~").read_text("utf-8") == now
    assert alertd("config", "rollback", 3, "--config", ran).code == 0
    assert (ran / "organisation.yaml").read_text("utf-8") == now, "with its comment"


def test_who_rolled_back_is_on_record_once_it_runs(alertd, ran, url):
    alertd("config", "rollback", 1, "--by", "lan", "--config", ran)
    database = Database(url)
    accept(database, load(ran), BEGAN + timedelta(hours=3), "root")
    database.close()
    newest = json.loads(alertd("config", "history", "--format", "json", "--config", ran).out)[0]
    assert (newest["number"], newest["author"], newest["note"]) == (4, "lan", "rollback 1")
    assert newest["files"] == ["escalation.yaml", "organisation.yaml"]


def test_rollback_to_what_is_there_does_nothing(alertd, ran):
    done = alertd("config", "rollback", 3, "--config", ran)
    assert (done.code, done.out) == (0, "")
    assert "đã đúng như bản 3" in done.err


def test_rollback_from_a_faulty_edit(alertd, ran):
    """That is when it is needed: the folder cannot even be read."""
    edit(ran, "escalation.yaml", ("policies:", "policies: ["))
    assert alertd("check", "--config", ran).code == 2
    assert alertd("config", "rollback", 3, "--config", ran).code == 0
    assert alertd("check", "--config", ran).code == 0


def test_rollback_works_beside_a_fault_in_alertd_yaml_that_leaves_the_storage(alertd, ran):
    edit(ran, "alertd.yaml", ("slots: at-once", "slots: 7 giờ"))
    assert alertd("config", "rollback", 3, "--config", ran).code == 0
    edit(ran, "alertd.yaml", ("storage: {url:", "storage: {url"))
    done = alertd("config", "history", "--config", ran)
    assert done.code == 2
    assert "alertd.yaml:2:" in done.err


def test_one_that_has_faults_today_is_not_written_back(alertd, ran, url):
    faulty = load(ran).text | {"escalation.yaml": "policies: []\n"}
    database = Database(url)
    with database.write() as connection:
        connection.execute(update(configurations).where(configurations.c.id == 1).values(files=faulty))
    database.close()
    before = (ran / "escalation.yaml").read_text("utf-8")
    done = alertd("config", "rollback", 1, "--config", ran)
    assert (done.code, done.out) == (2, "")
    assert "[list.empty]" in done.err
    assert (ran / "escalation.yaml").read_text("utf-8") == before


def test_before_anything_ran(alertd, local):
    done = alertd("config", "history", "--config", local)
    assert done.code == 2
    assert "there is no database yet" in done.line
