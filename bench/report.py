"""A week frozen, counted again, reported over twelve weeks and written as documents: of a district and of 4,000 units.

Beside it the driver alone, fetching the rows of the same dossiers.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alertd.config.load import load_texts
from alertd.core.dossier import Filing, Phase
from alertd.core.freshness import MaxAge
from alertd.core.rates.weeks import WEEK
from alertd.jobs.report import Reporter
from alertd.reports import files
from alertd.reports.agency import Agency
from alertd.reports.plain import plain
from alertd.reports.weekly import TREND
from alertd.store import snapshots
from bench.ground import NOW, ZONE, databases, observation, peak_mb, table
from bench.intake import take

#: Units, and dossiers that each has to do with in a week.
SIZES = ((24, 400), (4_000, 25))
FILES = {
    "alertd.yaml": """\
timezone: Asia/Ho_Chi_Minh
storage: {url: "sqlite:///var/alertd.db"}
feeds: [{name: bench, type: sheet, path: drop/*.csv, columns: {code: Mã hồ sơ}}]
channels: {console: {}}
report: {centre: U0}
""",
    "escalation.yaml": "policies: [{name: standard, match: {}, steps: [{name: overdue, at: 0d, to: head}]}]\n",
    "calendar.yaml": 'default: {sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}, holidays: none}\n',
    "targets.yaml": """\
targets:
  - {scope: "kind:commune", indicator: R1, value: 60%, basis: Kế hoạch mẫu, from: 2026-01-01, until: 2026-12-31}
  - {scope: all, indicator: R4, value: 95%, basis: Kế hoạch mẫu, from: 2026-01-01, until: 2026-12-31}
""",
}


def configuration(units):
    """So many communes, a head each."""
    lines = [f"  - {{code: U{n}, name: Đơn vị {n}, kind: commune}}" for n in range(units)]
    people = [
        f"  - {{id: h{n}, name: Trưởng {n}, posts: [{{unit: U{n}, post: head}}], contacts: [{{channel: console}}]}}"
        for n in range(units)
    ]
    organisation = "\n".join(["fallback: person:h0", "units:", *lines, "people:", *people])
    return load_texts({**FILES, "organisation.yaml": organisation})


def dossiers(units, each, start):
    """Half of them received in the week, a quarter finished in it, some late, some overdue."""
    for number in range(units * each):
        received = start + timedelta(hours=number % 160) if number % 2 else start - timedelta(hours=number % 300 + 1)
        due = received + timedelta(days=3 + number % 9)
        made = observation(number, due, received)
        ended = number % 4 == 1
        yield replace(
            made, unit=f"U{number % units}", received_at=received,
            channel=(Filing.ONLINE, Filing.DIRECT)[number % 3 == 0], phase=Phase.DONE if ended else Phase.RUNNING,
            finished_at=min(received + timedelta(days=4), start + WEEK - timedelta(minutes=1)) if ended else None,
            result_required=True, result_digital=number % 5 != 0, fee_total=20_000, paid_online=number % 2 == 0,
        )  # fmt: skip


def seconds(work):
    """What it gives, and how long it takes."""
    begin = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begin


def fetched(database):
    """The rows of all dossiers, by the driver alone."""
    with database.read() as connection:
        return len(connection.exec_driver_sql("SELECT * FROM dossiers").fetchall())


def measure(database, loaded, units, each):
    """One row of the table."""
    reporter = Reporter(database, loaded, {"bench": MaxAge(elapsed=timedelta(days=1))})
    ends = reporter.freezer.ends
    cutoff = ends.at_or_before(NOW)
    start = ends.before(cutoff)
    rows = list(dossiers(units, each, start))
    take(database, loaded.rules, rows[:1], start - 20 * WEEK)  # history began long ago
    take(database, loaded.rules, rows, start + WEEK - timedelta(hours=1))
    _, driver = seconds(lambda: fetched(database))
    _, freezing = seconds(lambda: reporter.freezer.freeze(cutoff, NOW))
    with database.read() as connection:
        frozen = snapshots.last(connection)
        week = snapshots.week(connection, frozen)
    for back in range(1, TREND):
        at = cutoff - back * WEEK
        with database.write() as connection:
            earlier = replace(week, label=ends.label(at), start=at - WEEK, cutoff=at)
            snapshots.freeze(connection, earlier, loaded.text, NOW - back * timedelta(seconds=1))
    take(database, loaded.rules, [replace(row, officers=("u0.o0",)) for row in rows], NOW)
    again, recounting = seconds(lambda: reporter.freezer.recount(frozen))
    assert again.digest() == frozen.digest
    with database.read() as connection:
        report, reporting = seconds(lambda: reporter.frozen(connection, frozen))
    _, writing = seconds(lambda: json.dumps(plain(report, ZONE)))
    with tempfile.TemporaryDirectory(prefix="alertd-bench-") as folder:
        files_ = [
            seconds(lambda path=Path(folder, f"report{ending}"): files.write(path, report, Agency(), NOW.date()))[1]
            for ending in files.FORMATS
        ]
    assert len(report.trend) == TREND
    assert report.whole.counts.handled > units * each // 2
    return [f"{driver:.2f}", f"{freezing:.2f}", f"{freezing / driver:.1f}", f"{recounting:.2f}", f"{reporting:.2f}",
            f"{writing:.2f}", *(f"{each:.2f}" for each in files_), f"{reporting + sum(files_):.2f}",
            peak_mb()]  # fmt: skip


def main() -> None:
    """Print the table."""
    made = []
    with databases() as makers:
        for units, each in SIZES:
            loaded = configuration(units)
            for name, make in makers.items():
                database = make()
                made.append([name, f"{units:,}", f"{units * each:,}", *measure(database, loaded, units, each)])
                database.close()
    table(
        f"A week of a district and of 4,000 units: frozen, counted again, reported over {TREND} weeks (seconds)",
        [
            "engine",
            "units",
            "dossiers",
            "rows alone",
            "frozen",
            "ratio",
            "again",
            "report",
            "JSON",
            *files.FORMATS,
            "report and files",
            "peak MiB",
        ],
        made,
    )
