"""The daemon deletes by itself, at night, what is past its term, while it polls and tells as ever."""

from __future__ import annotations

import asyncio

from alertd.clock import Clock
from alertd.config.load import load
from alertd.daemon import Daemon
from alertd.store import migrate
from alertd.store.database import Database
from tests.jobs.office import texts, unhurried
from tests.store.ground import World, at, dossier, finished

EXPORT = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày hẹn trả\nHS-9,TP,04/07/2029 08:00,05/07/2029 16:00\n"


async def test_at_night_the_daemon_prunes_and_in_the_morning_it_tells(tmp_path, url, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.csv").write_text(EXPORT, encoding="utf-8")
    for name, text in texts().items():
        columns = "columns: {code: Mã hồ sơ, unit: Đơn vị, received_at: Ngày tiếp nhận, due_at: Ngày hẹn trả}"
        text = text.replace("columns: {code: Mã hồ sơ}", columns).replace("sqlite:///var/alertd.db", url)  # noqa: PLW2901
        text = text.replace("portal, type: sheet", "portal, as_of: 2029-07-06T08:00, type: sheet")  # noqa: PLW2901
        (tmp_path / name).write_text(text, encoding="utf-8")
    unhurried(tmp_path)
    database = Database(url)
    migrate.upgrade(database)
    world = World(database)
    old = [dossier(f"HS-{number}", "20/06 16:00") for number in range(4)]
    world.poll("03/06 08:00", *old)
    world.poll("05/06 08:00", *(finished(each, "04/06 10:00") for each in old))
    # from Thursday evening through the night into Friday
    daemon = Daemon(load(tmp_path), Database(url), Clock(at("05/07/2029 17:30"), speed=10_000))
    running = asyncio.create_task(daemon.run())
    try:
        async with asyncio.timeout(60):
            while not (world.rows("audit", action="prune") and world.rows("outbox")):
                assert not running.done(), running.exception()
                await asyncio.sleep(0.2)
    finally:
        daemon.stop()
        await running
    assert [row.code for row in world.rows("dossiers")] == ["HS-9"]
    assert world.rows("audit", action="prune")[0].subject.startswith("dossiers: 4")
    database.close()
