"""A year whose days off nobody has written is one alarm to the admin, as soon as it has begun (DESIGN section 4)."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from structlog.testing import capture_logs

from alertd.clock import Clock
from alertd.config.check import check_texts
from alertd.config.checks.calendars import years_published
from alertd.config.load import load, load_texts
from alertd.daemon import Daemon
from alertd.jobs.watch import Watch
from alertd.store import migrate
from alertd.store.database import Database
from tests.jobs.office import CALENDAR, texts
from tests.store.ground import World, at, instant

LAST_MINUTE, FIRST_MINUTE, MORNING = "31/12/2026 23:59", "01/01/2027 00:00", "01/01/2027 07:30"
OF_2026 = "2026: {days_off: [2026-01-01]}"
OF_BOTH = "2026: {days_off: [2026-01-01]}, 2027: {days_off: [2027-01-01]}"


def calendar(default="", **units):
    """calendar.yaml: what the default says more, and the calendars of units."""
    week = 'sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}'
    own = "".join(f"  {code}: {{{text}}}\n" for code, text in units.items())
    return f"default: {{{week}, {default}}}\n" + (f"units:\n{own}" if own else "")


def loaded(written):
    return load_texts(texts() | {"calendar.yaml": written})


class Year:
    """A daemon's watch on one database; each look is that of a process that has just begun."""

    def __init__(self, database, written):
        self.use(written)
        self.world = World(database, self.loaded.rules)

    def use(self, written):
        self.loaded = loaded(written)

    def look(self, when):
        """Watch once; gives what the admin was told of by now."""
        years = years_published(self.loaded.calendar)
        Watch(self.world.database, self.loaded.rules, {}, years, instant(when)).tick(instant(when))
        return [(row.person, row.subject, row.note) for row in self.world.rows("alerts", step="calendar")]

    @property
    def states(self):
        return [row.state for row in self.world.rows("alerts", step="calendar")]


@pytest.fixture
def year(database):
    return lambda written: Year(database, written)


def test_it_is_told_once_when_the_year_turns_on_the_clocks_of_the_office(year):
    here = year(calendar(f"years: {{{OF_2026}}}"))
    assert here.look(LAST_MINUTE) == []
    with capture_logs() as logs:
        assert here.look(FIRST_MINUTE) == [("admin", "2027", "default")]
        assert here.look("01/01/2027 00:01") == here.look("31/12/2027 23:59") == [("admin", "2027", "default")]
    assert [(line["year"], line["calendars"]) for line in logs] == [(2027, "default")]
    (row,) = here.world.rows("alerts", step="calendar")
    assert (row.policy, row.dossier_id, row.urgency, row.at) == ("", 0, "high", at(FIRST_MINUTE))


def test_the_next_year_is_told_too(year):
    here = year(calendar())
    assert [subject for _, subject, _ in here.look(LAST_MINUTE)] == ["2026"], (
        "and a start within a year says it at once"
    )
    assert [subject for _, subject, _ in here.look(FIRST_MINUTE)] == ["2026", "2027"]


@pytest.mark.parametrize(
    "written",
    [
        CALENDAR,
        calendar("holidays: none", TP="sessions: {sat: 07:30-11:30}"),
        calendar(f"years: {{{OF_BOTH}}}"),
        calendar(f"days_off: [2027-01-01], years: {{{OF_2026}}}"),
        calendar("years: {2027: {by: TB 1}}"),
        calendar(f"years: {{{OF_BOTH}}}", TP="sessions: {sat: 07:30-11:30}, holidays: VN"),
        calendar(f"years: {{{OF_BOTH}}}", TP="holidays: none, years: {2026: {}}"),
    ],
    ids=["not compared", "nor a unit's", "years", "flat list", "no day off in it", "inherited", "a unit not compared"],
)
def test_it_is_not_told_where_the_year_is_written_or_nothing_is_compared(year, written):
    assert year(written).look(FIRST_MINUTE) == []


@pytest.mark.parametrize("default", ["holidays: none", f"years: {{{OF_BOTH}}}"])
def test_it_is_told_of_a_units_own_calendar(year, default):
    here = year(calendar(default, TP=f"holidays: VN, years: {{{OF_2026}}}"))
    assert here.look(LAST_MINUTE) == []
    assert here.look(FIRST_MINUTE) == [("admin", "2027", "units.TP")]


def test_two_calendars_that_lack_it_are_one_alarm(year):
    here = year(calendar(f"years: {{{OF_2026}}}", TP=f"years: {{{OF_2026}}}", NV="holidays: none"))
    assert here.look(FIRST_MINUTE) == [("admin", "2027", "default, units.TP")]


def test_the_calendars_that_are_told_of_are_those_that_check_finds(year):
    written = calendar(
        f"years: {{{OF_2026}}}", TP=f"years: {{{OF_BOTH}}}", NV=f"years: {{{OF_2026}}}", UBND="hours_per_day: 7"
    )
    found = check_texts(texts() | {"calendar.yaml": written}, date(2027, 1, 1))
    lines = [each.line for each in found if each.code == "calendar.year-missing"]
    assert [written.splitlines()[line - 1].split(":")[0].strip() for line in lines] == ["default", "NV"]
    assert year(written).look(FIRST_MINUTE) == [("admin", "2027", "default, units.NV")]


async def test_what_the_admin_reads_says_what_it_means_and_what_to_do(year):
    here = year(calendar(f"years: {{{OF_2026}}}", TP="years: {}"))
    here.look(FIRST_MINUTE)
    await here.world.send(MORNING)
    (part,) = [part for part in here.world.sent if part.person == "admin"]
    assert part.text.splitlines() == [
        "Chưa có lịch nghỉ năm 2027, thời hạn có thể tính sai",
        "calendar.yaml chưa ghi ngày nghỉ năm 2027 (default, units.TP).",
        "Ngày lễ, Tết đang được tính là ngày làm việc, nên thời hạn và thời điểm cảnh báo có thể sai.",
        "Ghi years: {2027: …} vào calendar.yaml theo thông báo nghỉ lễ, Tết. Bản nháp: alertd calendar suggest 2027",
        "Xem: alertd check",
    ]


async def test_a_year_that_is_written_before_the_alarm_has_left_is_told_to_nobody(year):
    here = year(calendar())
    here.look(FIRST_MINUTE)
    here.use(calendar(f"years: {{{OF_BOTH}}}"))
    here.look("01/01/2027 07:00")
    await here.world.send(MORNING)
    assert (here.states, here.world.sent) == (["superseded"], [])
    here.use(calendar())
    assert len(here.look("01/01/2027 08:00")) == 2, "nobody had heard of it"


async def test_a_year_that_is_written_later_needs_no_word_and_is_not_told_twice(year):
    here = year(calendar())
    here.look(FIRST_MINUTE)
    await here.world.send(MORNING)
    here.use(calendar(f"years: {{{OF_BOTH}}}"))
    here.look("04/01/2027 09:00")
    here.use(calendar())
    assert len(here.look("04/01/2027 10:00")) == 1
    assert here.states == ["sent"]


async def test_a_daemon_that_starts_in_such_a_year_tells_and_takes_it_back_once_it_is_written(
    tmp_path, url, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name, text in (texts() | {"calendar.yaml": calendar()}).items():
        (tmp_path / name).write_text(text.replace("sqlite:///var/alertd.db", url), encoding="utf-8")
    database = Database(url)
    migrate.upgrade(database)
    world = World(database)
    daemon = Daemon(load(tmp_path), Database(url), Clock(at(FIRST_MINUTE)))
    running = asyncio.create_task(daemon.run())

    async def until(state):
        while [row.state for row in world.rows("alerts", step="calendar", subject="2027")] != [state]:
            assert not running.done(), running.exception()
            await asyncio.sleep(0.05)

    try:
        async with asyncio.timeout(30):
            await until("pending")
            (tmp_path / "calendar.yaml").write_text(calendar(f"years: {{{OF_BOTH}}}"), encoding="utf-8")
            daemon.reload()
            await until("superseded")
    finally:
        daemon.stop()
        await running
    database.close()
