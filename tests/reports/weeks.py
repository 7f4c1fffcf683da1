"""Two weeks with something in them: the demo's, polled from its portal on a clock of our own, and one of a permit log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

from alertd import assembly
from alertd.cli import main
from alertd.config.load import load
from alertd.core.organisation import Span
from alertd.core.rates.goals import Goal
from alertd.core.rates.rate import Indicator
from alertd.demo import district
from alertd.demo.portal import Portal
from alertd.jobs.poll import Poll
from alertd.jobs.report import Reporter
from alertd.store import snapshots

ROOT = Path(__file__).parents[2]
#: Polls of the demo: from the Friday before its week to the Monday after it.
FIRST, POLLS, EVERY = district.BEGIN - timedelta(days=3), 45, timedelta(hours=6)
#: The week of the permit log that is reported, and how many before it stand behind it.
PERMIT_WEEK, BEHIND = "2011-W40", 12


def goals(year, kind):
    """A plan that some reach and some do not."""
    span = Span(date(year, 1, 1), date(year, 12, 31))
    wanted = (
        (Indicator.ONLINE, 80),
        (Indicator.ONLINE_PAYMENT, 50),
        (Indicator.DIGITISED, 70),
        (Indicator.ON_TIME, 95),
    )
    return tuple(
        Goal(scope, indicator, Fraction(value, 100), "Kế hoạch mẫu", span)
        for scope in (f"kind:{kind}", "kind:commune", "all")
        for indicator, value in wanted
    )


def demo(database, folder, monkeypatch):
    """The report of the demo's week, with a crowd of dossiers beside its stories."""
    monkeypatch.setenv("ALERTD_DEMO_PASSWORD", district.PASSWORD)
    clock = [FIRST]
    more = district.crowd(96)
    with Portal(
        lambda: district.shown(clock[0], more=more), username=district.USERNAME, password=district.PASSWORD
    ) as portal:
        district.write_configuration(folder, portal.url, folder / "unused.db")
        loaded = load(folder)
        feed = assembly.feed(loaded, assembly.feed_settings(loaded, "portal"))
        poll = Poll(database, loaded.rules, feed, "all")
        for number in range(POLLS):
            clock[0] = FIRST + number * EVERY
            asyncio.run(poll.tick(clock[0]))
    loaded = replace(loaded, goals=goals(2026, "department"))
    return _frozen(database, loaded, "2026-W24", datetime.combine(date(2026, 6, 15), time(1), district.ZONE))


def permits(database, folder, log):
    """The report of one week of the permit log, with weeks behind it, all made from the log's own dates."""
    folder.mkdir()
    for file in sorted((ROOT / "tests" / "oracle" / "config").glob("*.yaml")):
        text = file.read_text("utf-8").replace("sqlite:///var/oracle.db", database.shown)
        (folder / file.name).write_text(text, "utf-8")
    main(["import", str(log), "--feed", "permits", "--config", str(folder)])
    loaded = replace(load(folder), goals=goals(2011, "department"))
    ends = Reporter(database, loaded, {}).freezer.ends
    cutoff = ends.of_label(PERMIT_WEEK)
    made = None
    for back in range(BEHIND, -1, -1):
        at = cutoff - back * timedelta(days=7)
        made = _frozen(database, loaded, ends.label(at), at + timedelta(hours=1))
    return made


def _frozen(database, loaded, label, now):
    reporter = Reporter(database, loaded, assembly.ages(loaded))
    reporter.freezer.tick(now)
    reporter.freezer.freeze(reporter.freezer.ends.of_label(label), now)
    with database.read() as connection:
        return reporter.frozen(connection, snapshots.edition(connection, label))


def permit_log(named):
    """The real log, or None: the path that `named` holds, else the folder beside the project."""
    beside = ROOT.parent / "shared" / "data" / "permit_dossiers.csv"
    return Path(named) if named else beside if beside.exists() else None
