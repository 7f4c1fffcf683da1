"""The daemon freezes a week by itself once it is over, and heads hear of its rates with the next slot."""

from __future__ import annotations

import asyncio

from alertd.config.load import load
from alertd.daemon import Clock, Daemon
from alertd.store import migrate, snapshots
from alertd.store.database import Database
from tests.jobs.office import texts
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
    assert [row.person for row in world.rows("alerts", step="rates")] == ["head", "director", "deputy"]
    (told,) = world.rows("outbox", person="head", kind="notice")
    assert told.text.splitlines()[:2] == ["Chỉ tiêu cần chú ý: 1 tỷ lệ", "Phòng Tư pháp, số liệu đến hết 09/06/2024:"]
    database.close()
