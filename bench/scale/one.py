"""One measurement in a process of its own, printed as JSON: `python -m bench.scale.one PART NAME ADDRESS …`."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import func, select

from alertd.commands import status as shown_status
from alertd.commands.run import RUBBISH
from alertd.config.load import load_texts
from alertd.core.freshness import MaxAge
from alertd.core.keeping import Kind, Term
from alertd.core.worktime import Calendar
from alertd.daemon import SWITCH_SECONDS
from alertd.jobs import escalate
from alertd.jobs.prune import BATCH
from alertd.store import outdated, polls, state
from alertd.store import replan as replanning
from alertd.store.bulk import update_rows
from alertd.store.database import Database
from alertd.store.intake import Intake
from alertd.store.tables import dossiers
from bench import intake as bench_intake
from bench.ground import NOW, ZONE
from bench.nation import filling
from bench.nation.files import ALERTD, CALENDAR
from bench.nation.lives import Lives
from bench.nation.places import ADMIN, rules
from bench.poll import memory
from bench.scale import SEED, size_of

#: So many transactions of the pruning; a thousandth of what is stored has enough for them.
PRUNED = 20
CHANGES = {
    # the steps of all dossiers lie in the three working days before 10 to 12 August
    "a day off that no step crosses": {"days_off": {date(2026, 7, 15)}},
    "other hours": {"days_off": {date(2026, 7, 15), date(2026, 8, 7)},
                    "week": dict.fromkeys(range(5), ((480, 720), (790, 1030)))},
}  # fmt: skip


class Spent:
    """Seconds of what is done inside it, several times over: on the wall, and of the processor by this process."""

    def __init__(self):
        self.seconds = self.processor = 0.0

    def __enter__(self):
        self._begin = time.perf_counter(), time.process_time()

    def __exit__(self, *_):
        self.seconds += time.perf_counter() - self._begin[0]
        self.processor += time.process_time() - self._begin[1]


def ingest(size, database, count, turn):
    """Rows by a poll; what makes them is not counted. `turn` 0 is the first time, 1 the same, 2 other officers."""
    whole, lives, now = rules(size), Lives(size, SEED), NOW + timedelta(minutes=int(turn))
    shown, spent = filling.calm(lives, int(count)), Spent()
    with database.write() as connection:
        job = Intake("bench", polls.begin(connection, "bench", "bench", "", now, now), whole, now, now)
    gc.collect()
    gc.freeze()
    while chunk := list(islice(shown, polls.CHUNK)):
        if turn == "2":
            chunk = [replace(seen, officers=("cb-khac",)) for seen in chunk]
        with spent, database.write() as connection:
            job.take(connection, chunk)
    with spent, database.write() as connection:
        polls.end(connection, job, scope="all", detail="", ended_at=now)
    counts = job.counts
    assert (counts.new, counts.unchanged, counts.changed)[int(turn)] == int(count), counts
    return {"seconds": spent.seconds, "processor": spent.processor, "peak": memory("VmHWM")}


def raw(_, database):
    """The same rows by the driver alone, 5,000 a transaction, into an empty copy of the table with its indexes."""
    copy = bench_intake.raw_copy()
    names = [column.name for column in dossiers.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    with database.write() as connection:
        copy.create(connection)
    connection, spent, last = bench_intake.driver(database), Spent(), 0
    mark = "?" if database.is_sqlite else "%s"
    cursor = connection.cursor()
    while True:
        cursor.execute(f"SELECT {columns} FROM dossiers WHERE id > {mark} ORDER BY id LIMIT {polls.CHUNK}", (last,))
        rows = [[json.dumps(value) if isinstance(value, list) else value for value in row] for row in cursor.fetchall()]
        if not rows:
            break
        last = rows[-1][0]
        with spent:
            if database.is_sqlite:
                marks = ", ".join("?" * len(names))
                cursor.executemany(f"INSERT INTO raw_dossiers ({columns}) VALUES ({marks})", rows)
            else:
                with cursor.copy(f"COPY raw_dossiers ({columns}) FROM STDIN") as written:
                    for row in rows:
                        written.write_row(row)
            connection.commit()
    connection.close()
    with database.write() as connection:
        copy.drop(connection)
    return {"seconds": spent.seconds, "processor": spent.processor}


def replan(size, database, change):
    """What a change of the calendar costs, and how many plans it moved."""
    names, whole = [None, *CHANGES], rules(size)
    before = CHANGES.get(names[names.index(change) - 1], {})
    old, new = (replace(whole, calendar=Calendar(ZONE, **each)) for each in (before, CHANGES[change]))
    now = NOW + timedelta(minutes=names.index(change))
    gc.collect()
    resident, spent = memory("VmRSS"), Spent()
    with spent:
        replanning.replan(database, old, new, now)
    more = memory("VmHWM") - resident
    with database.read() as connection:
        moved = connection.scalar(select(func.count()).select_from(dossiers).where(dossiers.c.planned_at == now))
    return {"seconds": spent.seconds, "processor": spent.processor, "moved": moved, "more": more}


def tick(size, database):
    """The median of 200 ticks that find nothing, in milliseconds."""
    whole = rules(size)
    ages = {f"portal-T{n:02}": MaxAge(working_days=9) for n in range(1, size.provinces + 1)}
    times = []
    for n in range(220):
        begin = time.perf_counter()
        assert escalate.tick(database, whole, ages, NOW + timedelta(seconds=n)) == 0
        times.append(time.perf_counter() - begin)
    return {"ms": statistics.median(times[20:]) * 1000}


def poll(size, database):
    """A complete poll of the first portal: all that is open there, a hundredth changed, and a hundredth new."""
    whole, feed = rules(size), "portal-T01"
    open_ = select(dossiers).where(dossiers.c.feed == feed, dossiers.c.clock != "ended").order_by(dossiers.c.id)
    with database.read() as connection:
        rows = connection.execute(open_).all()
    shown = [state.observation(row) for row in rows]
    # copies have the hash of what they are copies of
    hashes = [[seen.digest(), row.id] for row, seen in zip(rows, shown, strict=True)]
    with database.write() as connection:
        update_rows(connection, dossiers, ("hash",), hashes)
    del rows, hashes
    some = max(len(shown) // 100, 1)
    with database.read() as connection:
        mark = connection.scalar(select(func.max(dossiers.c.id)))
    fresh = [replace(each, key=f"{each.key}-{mark}", code=f"{each.code}-{mark}") for each in shown[:some]]
    shown[:some] = [replace(each, officers=(f"cb-khac-{mark}",)) for each in shown[:some]]
    whole.organisation.on(whole.local_date(NOW))  # a daemon has it
    gc.collect()
    gc.freeze()
    before, spent = memory("VmRSS"), Spent()
    with spent:
        job = filling.poll(database, whole, [*shown, *fresh], NOW, scope="open")
    assert (job.counts.new, job.counts.changed) == (len(fresh), some), job.counts
    found = {"rows": len(shown) + len(fresh), "seconds": spent.seconds, "processor": spent.processor}
    return found | {"more": memory("VmHWM") - before}


def status(size, database):
    """What `alertd status` reads of the database."""
    texts = {
        "alertd.yaml": ALERTD.format(storage="sqlite:///x", admin=ADMIN, hook="http://127.0.0.1:9/"),
        "calendar.yaml": CALENDAR,
        "escalation.yaml": "policies: [{name: s, match: {}, steps: [{name: overdue, at: 0d, to: officer}]}]\n",
        "organisation.yaml": f"fallback: person:{ADMIN}\nunits: []\npeople: [{{id: {ADMIN}, name: Quản trị mẫu}}]\n",
    }
    loaded = replace(load_texts(texts), rules=rules(size))
    loaded.rules.organisation.on(loaded.rules.local_date(NOW))
    before, spent = memory("VmRSS"), Spent()
    with spent, database.read() as connection:
        found = shown_status._status(connection, loaded, NOW)
    assert found["total"]["open"] > 0
    return {"seconds": spent.seconds, "processor": spent.processor, "more": memory("VmHWM") - before}


def prune(_, database):
    """Medians of the nightly pruning's transactions, in milliseconds: nothing is past its term; all that ended is."""
    found = {}
    for name, before, gone in (("nothing", Term(years=5).before(NOW), 0), ("ms", NOW, BATCH)):
        times = []
        for _turn in range(PRUNED):
            spent = Spent()
            with spent, database.write() as connection:
                assert outdated.BATCHES[Kind.DOSSIERS](connection, before, BATCH, NOW) == gone
            times.append(spent.seconds)
        found[name] = statistics.median(times) * 1000
    return found


MEASURED = {each.__name__: each for each in (ingest, raw, replan, tick, poll, status, prune)}


if __name__ == "__main__":
    share, chosen, address, *rest = sys.argv[1:]
    opened = Database(address)
    gc.set_threshold(*RUBBISH)  # as in a daemon, of which each of these is a part
    sys.setswitchinterval(SWITCH_SECONDS)
    result = MEASURED[chosen](size_of(int(share)), opened, *rest)
    print(json.dumps(result))
    engine = "SQLite" if opened.is_sqlite else "PostgreSQL"
    print(f"bench: {engine}: {' '.join([chosen, *rest])}: {json.dumps(result)}", file=sys.stderr)
    opened.close()
