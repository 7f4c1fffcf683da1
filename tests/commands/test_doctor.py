"""`alertd doctor`: each thing that can be wrong with an installation is found, named, and has something to do."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, insert, update

from alertd.commands import doctor_machine
from alertd.config.load import load
from alertd.jobs import accept
from alertd.store import audits, backup, heartbeats, marks, migrate, tables
from alertd.store.database import Database
from alertd.store.tables import circuits, feeds
from tests.commands.ground import ORGANISATION, rows, write_csv
from tests.peers.telegram_server import TelegramServer


@pytest.fixture
def well(alertd, config, url, tmp_path):
    """An installation in which nothing is wrong; `edit` changes its database."""
    assert alertd("import", write_csv(tmp_path / "e.csv", rows(3)), "--feed", "exports", "--config", config).code == 0
    (config / "secrets").mkdir(mode=0o700)
    database = Database(url)
    now = datetime.now(UTC)
    accept.accept(database, load(config), now)
    with database.write() as connection:
        marks.set_mark(connection, "escalate", now)
        marks.set_mark(connection, backup.MARK, now)
        audits.keep(connection, now, now, 3, 0, [])
    yield SimpleNamespace(config=config, database=database, now=now)
    database.close()


@pytest.fixture
def looked(alertd, well):
    """What `doctor` says, by name: states and sentences."""

    def run(code, *arguments):
        done = alertd("doctor", "--format", "json", "--config", well.config, *arguments)
        assert done.code == code, done
        found = json.loads(done.out)
        assert all(each["todo"] for each in found if each["state"] != "ok")
        return {each["name"]: (each["state"], each["what"]) for each in found if each["state"] != "ok"}

    return run


def test_a_sound_installation_has_nothing_to_do(alertd, well, looked):
    assert looked(0) == {}
    done = alertd("doctor", "--config", well.config)
    assert (done.code, done.err, "→" in done.out) == (0, "", False)
    assert all(line.startswith("✓ ") for line in done.out.splitlines())


def test_a_daemon_that_does_not_tick_is_bad(well, looked):
    with well.database.write() as connection:
        marks.set_mark(connection, "escalate", well.now - timedelta(minutes=5))
    assert looked(1)["alertd run"][0] == "bad"


def test_a_ledger_that_is_wrong_is_bad_and_one_that_nobody_looked_at_is_worth_a_look(well, looked):
    with well.database.write() as connection:
        audits.keep(connection, well.now, well.now, 3, 0, ["missing HS-0001 soon staff"])
    state, what = looked(1)["tự kiểm tra"]
    assert (state, what.startswith("1 sai lệch trong sổ cảnh báo, lúc ")) == ("bad", True)
    with well.database.write() as connection:
        connection.execute(update(tables.audits).values(findings=0, ended_at=well.now - timedelta(hours=9)))
    assert looked(0)["tự kiểm tra"][0] == "warn"
    with well.database.write() as connection:
        connection.execute(delete(tables.audits))
    assert looked(0)["tự kiểm tra"] == ("warn", "chưa chạy lần nào")


def test_a_heartbeat_that_is_withheld_or_not_taken_is_bad_and_says_why(well, looked, monkeypatch):
    monkeypatch.setenv("SWITCH", "http://127.0.0.1:9/s3cr3t-Mau")
    with (well.config / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write('heartbeat: {url: "${SWITCH}"}\n')
    accept.accept(well.database, load(well.config), well.now)
    state, what = looked(1)["tín hiệu sống"]
    assert (state, what.startswith("ĐANG GIỮ vì không soạn tin lần nào; việc gửi qua kênh console")) == ("bad", True)
    with well.database.write() as connection:
        for name in ("compose", "deliver:console"):
            marks.set_mark(connection, name, well.now)
    assert looked(0)["tín hiệu sống"] == ("warn", "chưa gửi được lần nào")
    with well.database.write() as connection:
        heartbeats.failed(connection, "heartbeat:connect: no connection", well.now)
    state, what = looked(1)["tín hiệu sống"]
    assert (state, what) == ("bad", "KHÔNG GỬI ĐƯỢC: heartbeat:connect: no connection; chưa gửi được lần nào")
    with well.database.write() as connection:
        heartbeats.sent(connection, well.now - timedelta(minutes=13))
    assert looked(1)["tín hiệu sống"][0] == "bad", "nothing keeps it back, and it is not sent"
    with well.database.write() as connection:
        heartbeats.sent(connection, well.now - timedelta(minutes=11))
    assert looked(0) == {}


def test_data_that_are_old_are_bad(well, looked):
    with well.database.write() as connection:
        connection.execute(update(feeds).values(as_of=well.now - timedelta(days=30)))
    assert looked(1)["nguồn exports"][0] == "bad"


def test_a_portal_whose_clock_is_wrong_is_worth_a_look(well, looked):
    with well.database.write() as connection:
        connection.execute(update(feeds).values(skew=180))
    assert looked(0)["nguồn exports"] == ("warn", "đồng hồ của cổng lệch 180 giây")


@pytest.mark.parametrize(("days", "words"), [(None, "chưa sao lưu lần nào"), (9, "lần cuối cách đây 9 ngày")])
def test_a_backup_that_is_old_or_was_never_made_is_worth_a_look(well, looked, days, words):
    with well.database.write() as connection:
        marks.forget(connection, backup.MARK)
        if days:
            marks.set_mark(connection, backup.MARK, well.now - timedelta(days=days, hours=1))
    assert looked(0)["sao lưu"] == ("warn", words)


def test_making_a_backup_is_remembered(alertd, well, looked, tmp_path):
    with well.database.write() as connection:
        marks.forget(connection, backup.MARK)
    assert alertd("db", "backup", tmp_path / "copy.db", "--config", well.config).code == 0
    assert "sao lưu" not in looked(0)


def test_a_secret_that_others_can_read_is_bad(well, looked):
    (well.config / "secrets" / "TOKEN").write_text("x", "utf-8")
    (well.config / "secrets" / "TOKEN").chmod(0o640)
    state, what = looked(1)["khóa"]
    assert (state, str(well.config / "secrets" / "TOKEN") in what) == ("bad", True)
    (well.config / "secrets" / "TOKEN").chmod(0o600)
    assert "khóa" not in looked(0)


def test_a_secret_that_is_set_nowhere_is_bad_and_no_provider_is_asked(well, looked):
    _replace(well.config / "alertd.yaml", "  console: {}", '  console: {}\n  telegram: {token: "${NOWHERE_TOKEN}"}')
    found = looked(1)
    assert found["khóa"] == ("bad", "NOWHERE_TOKEN chưa được đặt")
    assert not [name for name in found if name.startswith("nhà cung cấp")]


def test_a_fault_of_the_configuration_is_all_that_is_looked_at(well, looked):
    _replace(well.config / "alertd.yaml", "scope: all", "scope: everything")
    found = looked(1)
    assert (list(found), found["cấu hình"][0]) == (["cấu hình"], "bad")


def test_an_edit_that_does_not_run_yet_is_worth_a_look(well, looked):
    _replace(well.config / "organisation.yaml", "Trưởng phòng", "Trưởng phòng Tư pháp")
    assert looked(0)["cấu hình chạy"][0] == "warn"


def test_people_without_a_living_way_are_named(well, looked):
    text = ORGANISATION.replace("posts: [{unit: TP, post: staff}], contacts: [{channel: console}]",
                                "posts: [{unit: TP, post: staff}], contacts: []")  # fmt: skip
    (well.config / "organisation.yaml").write_text(text, "utf-8")
    assert looked(1)["người nhận"] == ("bad", "1 trên 4 người chưa nhận được qua kênh nào: staff")


def test_a_channel_that_is_out_of_order_is_bad(well, looked):
    with well.database.write() as connection:
        connection.execute(insert(circuits).values(channel="console", opened_at=well.now, reason="console:gone"))
    state, what = looked(1)["kênh console"]
    assert (state, "console:gone" in what) == ("bad", True)


def test_a_schema_of_another_program_stops_the_look_there(well, looked):
    with well.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    found = looked(1)
    assert found["cơ sở dữ liệu"][0] == "bad"
    assert "alertd run" not in found
    with well.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.head()}'")


def test_without_a_database_it_says_how_one_is_made(alertd, local):
    done = alertd("doctor", "--config", local)
    assert (done.code, "chưa có" in done.out, "alertd run" in done.out) == (1, True, True)


@pytest.mark.parametrize(("free", "state"), [(doctor_machine.FULL - 1, "bad"), (doctor_machine.FULL + 1, "warn")])
def test_a_disk_that_fills_up_is_said_before_it_is_full(tmp_path, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    migrate.upgrade(database)
    assert doctor_machine.disk(database).state == state
    database.close()


async def test_a_provider_that_does_not_know_the_token_is_bad(well, looked, monkeypatch):
    async with TelegramServer() as server:
        monkeypatch.setenv("TELEGRAM_TOKEN", server.token)
        channel = f'  telegram: {{token: "${{TELEGRAM_TOKEN}}", base_url: "{server.base_url}"}}\n'
        _replace(well.config / "alertd.yaml", "  console: {}\n", f"  console: {{}}\n{channel}")
        accept.accept(well.database, load(well.config), well.now)
        assert await asyncio.to_thread(looked, 0) == {}
        server.revoked = True
        found = await asyncio.to_thread(looked, 1)
        assert (found["nhà cung cấp telegram"][0], server.token in str(found)) == ("bad", False)
        assert await asyncio.to_thread(looked, 0, "--offline") == {}


def _replace(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
