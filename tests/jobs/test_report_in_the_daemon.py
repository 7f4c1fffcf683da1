"""The daemon freezes a week by itself once it is over, and heads hear of its rates with the next slot."""

from __future__ import annotations

import asyncio

from alertd.clock import Clock
from alertd.config.load import load
from alertd.daemon import Daemon
from alertd.store import migrate, snapshots
from alertd.store.database import Database
from tests.jobs.office import texts, unhurried
from tests.store.ground import World, at

EXPORT = "Mã hồ sơ,Đơn vị,Hình thức nộp,Ngày tiếp nhận,Ngày hẹn trả\n" + "".join(
    f"HS-{number},TP,Trực tiếp,06/06/2024 08:00,28/06/2024 16:00\n" for number in range(12)
)


async def test_a_week_that_ends_while_the_daemon_runs_is_frozen_and_told(tmp_path, url):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.csv").write_text(EXPORT, encoding="utf-8")
    for name, text in texts().items():
        columns = "columns: {code: Mã hồ sơ, unit: Đơn vị, channel: Hình thức nộp, received_at: Ngày tiếp nhận, due_at: Ngày hẹn trả}"
        text = text.replace("columns: {code: Mã hồ sơ}", columns).replace("sqlite:///var/alertd.db", url)  # noqa: PLW2901
        (tmp_path / name).write_text(text, encoding="utf-8")
    unhurried(tmp_path)
    database = Database(url)
    migrate.upgrade(database)
    clock = Clock(at("07/06 17:00"), speed=20_000)  # from Friday afternoon to Monday morning in some seconds
    daemon = Daemon(load(tmp_path), Database(url), clock)
    running = asyncio.create_task(daemon.run())
    world = World(database)
    try:
        async with asyncio.timeout(60):
            while not any(part.state == "accepted" for part in world.rows("outbox", person="head", kind="notice")):
                assert not running.done(), running.exception()
                await asyncio.sleep(0.2)
    finally:
        daemon.stop()
        await running
    with database.read() as connection:
        frozen = snapshots.edition(connection, "2024-W23")
        assert snapshots.week(connection, frozen).whole.counts.received == 12
    assert frozen.cutoff_at == at("10/06 00:00")
    # on a slow machine the fast clock has come to the week after before the daemon stopped
    assert [row.person for row in world.rows("alerts", step="rates")][:3] == ["head", "director", "deputy"]
    told, *_ = world.rows("outbox", person="head", kind="notice")
    assert told.text.splitlines()[:2] == ["Chỉ tiêu cần chú ý: 1 tỷ lệ", "Phòng Tư pháp, số liệu đến hết 09/06/2024:"]
    database.close()


async def test_a_daemon_that_ends_between_freezing_and_sending_leaves_one_report_to_the_next_and_none_to_the_third(
    tmp_path, url, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # the console puts files into var/ where the database is none
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.csv").write_text(EXPORT, encoding="utf-8")
    for name, text in texts(report="file: html").items():
        columns = "columns: {code: Mã hồ sơ, unit: Đơn vị, received_at: Ngày tiếp nhận, due_at: Ngày hẹn trả}"
        text = text.replace("columns: {code: Mã hồ sơ}", columns).replace("sqlite:///var/alertd.db", url)  # noqa: PLW2901
        (tmp_path / name).write_text(text, encoding="utf-8")
    unhurried(tmp_path)
    database = Database(url)
    migrate.upgrade(database)
    world = World(database)

    async def runs(begin, speed, condition):
        daemon = Daemon(load(tmp_path), Database(url), Clock(at(begin), speed=speed))
        running = asyncio.create_task(daemon.run())
        try:
            async with asyncio.timeout(60):
                while not condition():
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.05)
        finally:
            daemon.stop()
            await running

    def reports():
        return [(row.person, row.state, row.attempts) for row in world.rows("outbox", kind="report")]

    await runs("09/06 23:50", 2000, lambda: world.rows("snapshots"))
    assert reports() == []
    await runs("10/06 08:00", 1, lambda: [state for _, state, _ in reports()] == ["accepted"] * 3)
    seen = len(world.rows("runs", job="report"))
    await runs("10/06 09:00", 1, lambda: world.rows("marks", name="escalate")[0].at > at("10/06 09:00"))
    assert sorted(reports()) == [(person, "accepted", 1) for person in ("chair", "head", "head-nv")]
    assert len(world.rows("runs", job="report")) == seen
    database.close()
