"""A change of the calendar with 1,000,000 open dossiers: every plan made anew; `--quick`: 100,000."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import date

from alertd.core.worktime import Calendar
from alertd.store import replan
from bench.escalate import fill
from bench.ground import NOW, ZONE, databases, peak_mb, rules, table


def main() -> None:
    """Print the table."""
    count = 100_000 if "--quick" in sys.argv else 1_000_000
    before = rules()
    # a day off that was forgotten, between now and the due dates of all
    after = replace(before, calendar=Calendar(ZONE, days_off={date(2026, 7, 15)}))
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            database = make()
            fill(database, before, count)
            memory, begin = peak_mb(), time.perf_counter()
            done = replan.replan(database, before, after, NOW)
            seconds = time.perf_counter() - begin
            assert done == count
            rows.append([name, f"{count:,}", f"{seconds:.1f}", f"{count / seconds:,.0f}", peak_mb() - memory])
            database.close()
    table("Planning anew after a change of the calendar",
          ["engine", "open", "seconds", "dossiers/s", "MiB more at peak"], rows)  # fmt: skip
