"""Poll: which sources are read, and what is refused (DESIGN section 5, fresh data and missing)."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.errors import FeedError
from alertd.feeds.sheet import SheetFeed
from alertd.jobs.poll import Poll
from alertd.store import polls
from tests.store.ground import rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2024, 6, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
def folder(database, tmp_path):
    """A drop folder, and a poll of it as often as it is called."""

    class Folder:
        def write(self, name, codes, at, due="04/06/2024"):
            file = tmp_path / name
            lines = [f"{code},03/06/2024,{due},Phòng Tư pháp" for code in codes]
            file.write_text("\n".join(["Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Đơn vị giải quyết", *lines]), "utf-8")
            os.utime(file, (at.timestamp(), at.timestamp()))

        def poll(self, at):
            feed = SheetFeed("exports", tmp_path / "*.csv", ZONE)
            return asyncio.run(Poll(database, rules(), feed, "all").tick(at))

        def state(self):
            with database.read() as connection:
                return polls.state(connection, "exports")

    return Folder()


def hours(count):
    return NOW + timedelta(hours=count)


def test_the_same_file_is_read_once(folder):
    folder.write("a.csv", ["HS-1", "HS-2"], NOW)
    assert folder.poll(hours(1)).new == 2
    assert folder.poll(hours(2)) is None
    assert folder.state().as_of == NOW


def test_an_export_that_shows_no_change_is_news_and_renews_freshness(folder):
    folder.write("a.csv", ["HS-1", "HS-2"], NOW)
    folder.poll(hours(1))
    folder.write("a.csv", ["HS-1", "HS-2"], hours(24))
    assert folder.poll(hours(25)).unchanged == 2
    assert folder.state().as_of == hours(24)


def test_content_that_returns_is_read_again(folder):
    folder.write("a.csv", ["HS-1", "HS-2"], NOW)
    folder.poll(hours(1))
    folder.write("a.csv", ["HS-1"], hours(2))
    folder.poll(hours(3))
    folder.write("a.csv", ["HS-1", "HS-2"], hours(4))
    assert folder.poll(hours(5)).rows == 2


def test_a_file_with_older_data_is_passed_over_and_stops_no_newer_one(folder):
    folder.write("b.csv", ["HS-1"], NOW)
    folder.poll(hours(1))
    folder.write("a.csv", ["HS-1", "HS-9"], NOW - timedelta(days=1))
    folder.write("c.csv", ["HS-1", "HS-2"], hours(2))
    assert folder.poll(hours(3)).new == 1
    assert folder.state().state == polls.OK


def test_a_source_whose_rows_cannot_be_read_says_so_and_not_that_it_shrank(folder):
    folder.write("a.csv", [f"HS-{n}" for n in range(12)], NOW)
    folder.poll(hours(1))
    folder.write("a.csv", [f"HS-{n}" for n in range(12)], hours(2), due="hôm kia")
    with pytest.raises(FeedError, match="only 0 rows could be read and 12 could not"):
        folder.poll(hours(3))
    assert folder.state().state == polls.SHRUNK


def test_a_damaged_file_does_not_keep_back_the_newer_ones_behind_it(folder, tmp_path):
    (tmp_path / "a.csv").write_text("không có cột mã\n1\n", "utf-8")
    os.utime(tmp_path / "a.csv", (NOW.timestamp(), NOW.timestamp()))
    folder.write("b.csv", ["HS-1", "HS-2"], hours(1))
    assert folder.poll(hours(2)).new == 2
    assert (folder.state().state, folder.state().as_of) == (polls.OK, hours(1))
    assert folder.poll(hours(3)) is None, "the older one has nothing to say any more"


def test_a_damaged_file_behind_good_ones_is_the_feeds_state(folder, tmp_path):
    folder.write("a.csv", ["HS-1", "HS-2"], NOW)
    (tmp_path / "b.csv").write_text("không có cột mã\n1\n", "utf-8")
    os.utime(tmp_path / "b.csv", (hours(1).timestamp(), hours(1).timestamp()))
    with pytest.raises(FeedError, match=r"b\.csv"):
        folder.poll(hours(2))
    assert folder.state().rows == 2
    assert folder.state().state == polls.FAILED
