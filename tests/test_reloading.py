"""What becomes of an edit while the daemon runs: taken whole, or not at all, and the admin hears of it once."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from alertd import reloading
from alertd.config.load import load
from alertd.core.errors import InputError, StoreError
from alertd.reloading import Reloading
from alertd.store.tables import alerts
from tests.commands.ground import write_config
from tests.config.editing import edit

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class Ground:
    """A folder, what was made to run, and what the admin was told."""

    def __init__(self, folder, database):
        self.folder, self.database = folder, database
        self.ran, self.failure = [], None
        self.tried, self.changed = asyncio.Event(), asyncio.Event()
        self.reloading = Reloading(load(folder), database, lambda: NOW, self.change)

    async def change(self, loaded, by):
        self.tried.set()
        if self.failure is not None:
            raise self.failure
        self.ran.append((loaded, by))
        self.changed.set()

    async def until(self, count):
        """Wait until so many configurations were taken."""
        async with asyncio.timeout(20):
            while len(self.ran) < count:
                await self.changed.wait()
                self.changed.clear()

    async def look(self, *, secrets=False):
        await self.reloading._look(secrets=secrets)

    def edit(self, name, *pairs):
        """An edit that no file system clock is too coarse for."""
        path = self.folder / name
        edit(self.folder, name, *pairs)
        then = path.stat().st_mtime_ns + 1_000_000
        os.utime(path, ns=(then, then))

    @property
    def told(self):
        with self.database.read() as connection:
            rows = connection.execute(alerts.select().order_by(alerts.c.id)).all()
        assert {row.step for row in rows} <= {"config"}
        return [(row.person, row.note) for row in rows]


@pytest.fixture
def ground(tmp_path, url, database, monkeypatch):
    monkeypatch.setattr(reloading, "_REST", 0.01)
    return Ground(write_config(tmp_path / "config", url), database)


RIGHT = ("at: +3d", "at: +2d")
WRONG = ("at: +2d", "at: +2 ngày")


async def test_a_right_edit_is_taken_with_its_author_and_nobody_is_told(ground):
    await ground.look()
    assert ground.ran == []
    ground.edit("escalation.yaml", RIGHT)
    await ground.look()
    ((loaded, by),) = ground.ran
    assert "at: +2d" in loaded.text["escalation.yaml"]
    assert by == reloading._last_editor([ground.folder / "escalation.yaml"]) != ""
    await ground.look()
    assert len(ground.ran) == 1, "taken once"
    assert ground.told == []


async def test_a_faulty_edit_is_not_taken_and_told_once_with_its_line(ground):
    ground.edit("escalation.yaml", ("at: +3d", "at: 3 ngày"), ("at: -1d", "at: trước 1 ngày"))
    with capture_logs() as logs:
        await ground.look()
        await ground.look(secrets=True)
    assert ground.ran == []
    ((person, note),) = ground.told
    assert person == "office"
    assert note.startswith("escalation.yaml:5:26: [offset.bad] ")
    assert note.endswith(" (và 1 lỗi khác)")
    assert [line["first"] for line in logs if line["log_level"] == "warning"] == [note.removesuffix(" (và 1 lỗi khác)")]


async def test_another_fault_is_told_and_one_that_was_told_is_not_told_again(ground):
    ground.edit("escalation.yaml", ("at: +3d", "at: x"))
    await ground.look()
    ground.edit("escalation.yaml", ("at: x", "at: y"))
    await ground.look()
    ground.edit("escalation.yaml", ("at: y", "at: x"))
    await ground.look()
    assert [note.partition("'")[2][:1] for _, note in ground.told] == ["x", "y"]


async def test_that_it_is_right_again_is_told_after_a_fault_only(ground):
    ground.edit("escalation.yaml", RIGHT)
    await ground.look()
    ground.edit("escalation.yaml", WRONG)
    await ground.look()
    ground.edit("escalation.yaml", tuple(reversed(WRONG)))
    await ground.look()
    assert [note for _, note in ground.told][1:] == ["taken"], "back to what runs"
    assert len(ground.ran) == 1
    ground.edit("escalation.yaml", WRONG)
    await ground.look()
    ground.edit("escalation.yaml", (WRONG[1], "at: +1d"))
    await ground.look()
    assert [note for _, note in ground.told][3:] == ["taken"], "forward to another one"
    assert len(ground.ran) == 2


async def test_a_warning_keeps_nothing_from_being_taken(ground):
    ground.edit(
        "organisation.yaml",
        (
            "post: head}], contacts: [{channel: console}]}\n  - {id: staff",
            "post: clerk}], contacts: [{channel: console}]}\n  - {id: staff",
        ),
    )
    await ground.look()
    assert len(ground.ran) == 1
    assert ground.told == []


async def test_what_cannot_change_while_it_runs_is_said_with_its_line(ground):
    ground.edit("alertd.yaml", ("sqlite:///" if ground.database.is_sqlite else "postgresql://", "sqlite:///other/"))
    await ground.look()
    assert ground.ran == []
    ((_, note),) = ground.told
    assert note.startswith("alertd.yaml:2:16: [reload.restart] storage.url ")


async def test_a_secret_that_is_set_nowhere_is_a_fault_here(ground, monkeypatch):
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    ground.edit(
        "alertd.yaml", ("console: {}", 'console: {}\n  webhook: {url: "http://127.0.0.1:9/", secret: "${HOOK_SECRET}"}')
    )
    await ground.look()
    assert [note.partition(" ")[0] for _, note in ground.told] == ["alertd.yaml:7:49:"]
    monkeypatch.setenv("HOOK_SECRET", "x" * 20)
    await ground.look()
    assert ground.ran == [], "values are looked at when asked for"
    await ground.look(secrets=True)
    assert len(ground.ran) == 1
    monkeypatch.setenv("HOOK_SECRET", "y" * 20)
    await ground.look(secrets=True)
    assert len(ground.ran) == 2, "the same letters, another value"
    await ground.look(secrets=True)
    assert len(ground.ran) == 2


async def test_what_check_cannot_know_is_told_too(ground):
    ground.failure = InputError("channels.telegram: the token is none")
    ground.edit("escalation.yaml", RIGHT)
    await ground.look()
    await ground.look(secrets=True)
    assert [note for _, note in ground.told] == ["channels.telegram: the token is none"]
    ground.failure = None
    await ground.look(secrets=True)
    assert len(ground.ran) == 1
    assert [note for _, note in ground.told][1:] == ["taken"]


async def test_a_database_out_of_reach_is_no_verdict_and_the_next_look_tries_again(ground):
    ground.failure = StoreError("the database refused the work")
    ground.edit("escalation.yaml", RIGHT)
    with capture_logs() as logs:
        await ground.look()
    assert [line["log_level"] for line in logs] == ["error"]
    assert ground.told == []
    ground.failure = None
    await ground.look()
    assert len(ground.ran) == 1


async def test_a_fault_of_its_own_does_not_end_the_watching(ground):
    watching = asyncio.create_task(ground.reloading.run())
    await asyncio.sleep(0.5)
    ground.failure = ValueError("a fault")
    ground.edit("escalation.yaml", RIGHT)
    await asyncio.wait_for(ground.tried.wait(), 20)
    ground.failure = None
    ground.edit("escalation.yaml", ("at: -1d", "at: -2d"))
    await ground.until(1)
    ground.reloading.stop()
    await asyncio.wait_for(watching, 20)


async def test_a_missing_folder_is_told_and_keeps_what_runs(ground):
    ground.folder.rename(ground.folder.with_name("away"))
    await ground.look()
    assert ground.ran == []
    assert "[folder.missing]" in ground.told[0][1]


async def test_it_watches_until_it_is_stopped(ground):
    running = asyncio.create_task(ground.reloading.run())
    await asyncio.sleep(0.3)
    ground.edit("escalation.yaml", RIGHT)
    await ground.until(1)
    (ground.folder / "new.yaml").write_text(
        (ground.folder / "escalation.yaml").read_text("utf-8").replace("+2d", "+1d")
    )
    (ground.folder / "new.yaml").rename(ground.folder / "escalation.yaml")  # as editors do
    await ground.until(2)
    ground.reloading.stop()
    await asyncio.wait_for(running, 10)


async def test_people_in_a_csv_elsewhere_are_part_of_it(ground):
    table = ground.folder.parent / "people.csv"
    table.write_text("id,name,unit,post,channel\nlan,Chuyên viên,TP,staff,console\n", encoding="utf-8")
    ground.edit("organisation.yaml", ("fallback:", "people_csv: ../people.csv\nfallback:"))
    await ground.look()
    assert ground.folder.parent in ground.reloading._folders()
    table.write_text("id,name,unit,post,channel\nlan,Chuyên viên chính,TP,staff,console\n", encoding="utf-8")
    await ground.look()
    assert len(ground.ran) == 2
