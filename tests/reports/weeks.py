"""Two weeks with something in them: the demo's, polled from its portal on a clock of our own, and one of a permit log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from alertd import assembly
from alertd.cli import main
from alertd.config.load import load
from alertd.core.organisation import Span
from alertd.core.rates.goals import Goal
from alertd.core.rates.rate import Indicator
from alertd.core.rates.weeks import WEEK
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
    reporter = Reporter(database, loaded, assembly.ages(loaded))
    reporter.tick(clock[0])
    return _frozen(reporter, "2026-W24")


def permits(database, folder, log):
    """The report of one week of the permit log, with weeks behind it, all made from the log's own dates."""
    folder.mkdir()
    for file in sorted((ROOT / "tests" / "oracle" / "config").glob("*.yaml")):
        text = file.read_text("utf-8").replace("sqlite:///var/oracle.db", database.shown)
        (folder / file.name).write_text(text, "utf-8")
    main(["import", str(log), "--feed", "permits", "--config", str(folder)])
    loaded = replace(load(folder), goals=goals(2011, "department"))
    reporter = Reporter(database, loaded, {})
    cutoff = reporter.freezer.ends.of_label(PERMIT_WEEK)
    for back in range(BEHIND, -1, -1):  # before all history: what is known of it is known now
        reporter.freezer.freeze(cutoff - back * WEEK, datetime.now(UTC))
    return _frozen(reporter, PERMIT_WEEK)


def _frozen(reporter, label):
    with reporter.database.read() as connection:
        return reporter.frozen(connection, snapshots.edition(connection, label))


def permit_log(named):
    """The real log, or None: the path that `named` holds, else the folder beside the project."""
    beside = ROOT.parent / "shared" / "data" / "permit_dossiers.csv"
    return Path(named) if named else beside if beside.exists() else None
