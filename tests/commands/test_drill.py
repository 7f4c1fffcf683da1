"""`alertd drill`: a test message on every channel of a person, and who did not get it."""

from __future__ import annotations

import threading

import pytest

from alertd.messages import drill as template
from alertd.store import direct, drill, migrate, only_one
from alertd.store.database import Database
from tests.commands.ground import stored as rows_of
from tests.store.ground import ZONE, at

STAFF = "{id: staff, name: Chuyên viên, portal_ids: [tp.cv], posts: [{unit: TP, post: staff}], contacts: "


@pytest.fixture
def ready(local, tmp_path, monkeypatch):
    """A configuration with a database, in which the staff have what a test gives them."""
    url = f"sqlite:///{tmp_path / 'alertd.db'}"
    database = Database(url)
    migrate.upgrade(database)
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:token")

    def write(contacts, channels=""):
        for name, old, new in (
            ("organisation.yaml", f"{STAFF}[{{channel: console}}]", f"{STAFF}[{contacts}]"),
            ("alertd.yaml", "  console: {}\n", f"  console: {{}}\n{channels}"),
        ):
            text = (local / name).read_text("utf-8")
            assert old in text
            (local / name).write_text(text.replace(old, new), "utf-8")
        return local

    write.database, write.url = database, url
    yield write
    database.close()


def lines(done):
    """Rows of the table, cells apart; stdout holds nothing before it."""
    assert done.out.startswith("người ")
    return [tuple(cell.strip() for cell in line.split("  ") if cell.strip()) for line in done.out.splitlines()[1:]]


def test_the_text_is_marked_in_its_first_line():
    for channel in template.CHANNELS:
        first, rest = template.text(channel, at("05/06 08:00"), ZONE).split("\n", 1)
        assert first.startswith("Tin thử hệ thống alertd — kênh ")
        assert len(first) <= 60
        assert rest == "Gửi lúc 08:00 hôm nay. Không cần trả lời."


def test_without_a_daemon_the_command_sends_itself(alertd, ready):
    config = ready("{channel: console}")
    done = alertd("drill", "--person", "staff", "--config", config)
    assert done.code == 0
    assert ("staff", "console", "đã nhận") in lines(done)
    assert "Mọi người đều nhận được." in done.out
    assert "lệnh này tự gửi" in done.err
    assert "Tin thử hệ thống alertd" in done.err
    found = rows_of(ready.url)
    (alert,) = found["alerts"]
    assert (alert.dossier_id, alert.step, alert.subject, alert.person, alert.state) == (
        0, "drill", "channel:console", "staff", "sent",
    )  # fmt: skip
    (part,) = found["outbox"]
    assert (part.kind, part.pinned, part.channel, part.state) == ("drill", True, "console", "accepted")


def test_every_channel_is_tried_and_what_is_not_connected_is_named(alertd, ready):
    config = ready(
        "{channel: telegram}, {channel: webhook}, {channel: console}",
        '  telegram: {token: "${TELEGRAM_TOKEN}"}\n  webhook: {url: "http://127.0.0.1:1/nobody"}\n',
    )
    done = alertd("drill", "--person", "staff", "--wait", "2s", "--config", config)
    assert done.code == 0
    found = {channel: result for _, channel, result in (line for line in lines(done) if len(line) == 3)}
    assert found["telegram"] == "chưa kết nối: alertd invite staff"
    assert found["webhook"].startswith("chưa xong sau 2 giây: webhook:connect")
    assert found["console"] == "đã nhận"


def test_who_got_nothing_is_listed_with_exit_1(alertd, ready):
    config = ready("{channel: telegram}", '  telegram: {token: "${TELEGRAM_TOKEN}"}\n')
    done = alertd("drill", "--all", "--config", config)
    assert done.code == 1
    assert done.out.splitlines()[-1] == "Không nhận được qua kênh nào: staff"
    assert {line[:2] for line in lines(done) if len(line) == 3} == {
        ("office", "console"), ("chair", "console"), ("head", "console"), ("staff", "telegram"),
    }  # fmt: skip


def test_with_a_daemon_the_daemon_sends(alertd, ready):
    """The lock is held; what stands for the daemon accepts the message in the database."""
    config = ready("{channel: console}")
    hold = only_one.hold(ready.database, lambda: None)
    stop = threading.Event()

    def daemon():
        while not stop.wait(0.05):
            with ready.database.write() as connection:
                connection.exec_driver_sql("UPDATE outbox SET state = 'accepted', settled_at = created_at")

    thread = threading.Thread(target=daemon)
    thread.start()
    try:
        done = alertd("drill", "--person", "staff", "--config", config)
    finally:
        stop.set()
        thread.join()
        hold.release()
    assert (done.code, "alertd run đang chạy" in done.err) == (0, True)
    assert rows_of(ready.url)["attempts"] == []


def test_in_quiet_hours_it_is_sent_all_the_same(alertd, ready):
    config = ready("{channel: console}")
    text = (config / "alertd.yaml").read_text("utf-8")
    (config / "alertd.yaml").write_text(text.replace("quiet: none", 'quiet: "00:00-23:59"'), "utf-8")
    done = alertd("drill", "--person", "staff", "--config", config)
    assert (done.code, "giờ yên lặng" in done.err) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name somebody with --person ID, or write --all"),
        (["--all", "--person", "staff"], "name somebody with --person ID, or write --all"),
        (["--person", "staf"], "there is no 'staf' in organisation.yaml; có phải là 'staff'?"),
        (["--all", "--wait", "soon"], "--wait: 'soon' is no length of time"),
    ],
)
def test_what_is_refused(alertd, ready, arguments, words):
    done = alertd("drill", *arguments, "--config", ready("{channel: console}"))
    assert done.code == 2
    assert words in done.line


def test_each_drill_has_its_own_place_in_the_ledger(database):
    from alertd.core.policy import Urgency

    now = at("05/06 08:00")
    with database.write() as connection:
        ids = [
            direct.order(connection, "an", channel, "x", step=drill.STEP, urgency=Urgency.NORMAL, now=now)
            for channel in ("zalo", "zalo", "email")
        ]
        found = drill.results(connection, ids)
    assert len(set(ids)) == 3
    assert {row.state for row in found.values()} == {"pending"}
