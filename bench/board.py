"""The board for 50 readers, beside a poll of 100,000 rows, on SQLite and PostgreSQL.

`board:SQLite` is one engine alone; `--quick`: 50,000 stored dossiers instead of a million.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import socket
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from alertd.config.load import load
from alertd.core.dossier import Filing, Observation, Phase
from alertd.store import migrate, sessions
from alertd.store.database import Database
from alertd.store.sessions import Level
from alertd.web.board.access import COOKIE
from bench.ground import addresses, table
from bench.intake import take
from tests.faults.harness import CITIZEN, COLUMNS, District, processes, write_sheet

READERS, EVERY = 50, 5.0
QUIET_SECONDS, POLLED = 40.0, 100_000
#: One after the other, so that no figure hangs on the two slowest answers of a few seconds.
POLLS = 3
UNITS, OFFICERS = 20, 200
PARTS = ("SQLite", "PostgreSQL")
CHUNK = 50_000


def fill(database, rules, count):
    """Open dossiers of all units: a tenth overdue, a tenth soon due, the rest later."""
    now = datetime.now(UTC).replace(microsecond=0)
    for start in range(0, count, CHUNK):
        rows = [
            Observation(
                key=f"MAU-{n:07d}", code=f"MAU-{n:07d}", phase=Phase.RUNNING, status="4", unit=f"P{n % UNITS}",
                officers=(f"cv.{n % OFFICERS}",), procedure="Thủ tục mẫu", channel=Filing.ONLINE,
                received_at=now - timedelta(hours=1), due_at=now + timedelta(days=(n % 97) - 9, minutes=n % 1009),
            )
            for n in range(start, min(start + CHUNK, count))
        ]  # fmt: skip
        take(database, rules, rows, now)


def prepared(folder, url, count):
    """A district whose board is served: (district, address of the board, cookies of the readers)."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    district = District(folder / "config", url, "http://127.0.0.1:9/", units=UNITS, officers=OFFICERS)
    settings = (district.folder / "alertd.yaml").read_text("utf-8")
    settings = settings.replace("web: off", f'web: {{listen: "127.0.0.1:{port}"}}\nkey: "${{ALERTD_KEY}}"')
    settings = settings.replace(f'"{url}"', '"${ALERTD_DATABASE}"')
    (district.folder / "alertd.yaml").write_text(settings, "utf-8")
    os.environ.update(ALERTD_KEY="k" * 40, ALERTD_DATABASE=url)
    # nothing is to be sent: what is measured are the pages
    (district.folder / "escalation.yaml").write_text(
        "policies:\n  - {name: standard, match: {}, steps: [{name: late, at: +200d, to: officer}]}\n", "utf-8"
    )
    database = Database(url)
    migrate.upgrade(database)
    fill(database, load(district.folder).rules, count)
    people = ["chair", *(f"head-{n}" for n in range(UNITS)), *(f"officer-{n}" for n in range(READERS - UNITS - 1))]
    with database.write() as connection:
        now = datetime.now(UTC)
        cookies = [sessions.begin(connection, Level.CONFIRMED, now, person=person) for person in people]
    database.close()
    return district, f"http://127.0.0.1:{port}", cookies


class Readers:
    """Fifty people who each open a page every five seconds; `seen` has (phase, page) with seconds and bytes."""

    def __init__(self, address, cookies):
        self.address, self.cookies = address, cookies
        self.phase, self.began = "quiet", time.perf_counter()
        self.come, self.all_come = 0, asyncio.Event()
        self.seen = defaultdict(list)
        self.foreign = set()

    async def read(self, number, cookie):
        # a browser opens a new connection where the server has closed an idle one; so does this
        limits = httpx.Limits(keepalive_expiry=1.0)
        async with httpx.AsyncClient(base_url=self.address, timeout=300, limits=limits) as c:
            c.headers["Cookie"] = f"{COOKIE}={cookie}"  # it is for HTTPS alone, which a client's jar would heed
            await self._turn(number)
            dossier = await self._a_dossier(c)
            self.come += 1
            if self.come == len(self.cookies):
                self.all_come.set()
            pages = ["/b/", "/b/?class=overdue", dossier, "/b/?class=open", "/b/?class=due_soon"]
            if number <= UNITS:  # those who lead one
                pages[-1] = "/b/units"
            for page in itertools.cycle(pages[number % 5 :] + pages[: number % 5]):
                await self._turn(number)
                await self._open(c, page, "/b/d/" if page == dossier else page)

    async def _turn(self, number):
        """Wait for this reader's next instant: whoever was kept together once would else come together ever after."""
        passed = time.perf_counter() - self.began - EVERY * number / READERS
        await asyncio.sleep(-passed if passed < 0 else EVERY - passed % EVERY)

    async def _a_dossier(self, client):
        found = re.search(r"/b/d/\d+", (await client.get("/b/?class=open")).text)
        return found[0] if found else "/b/"

    async def _open(self, client, page, name):
        phase, begin = self.phase, time.perf_counter()
        async with client.stream("GET", page) as answer:
            first = time.perf_counter() - begin
            assert answer.status_code == 200, (page, answer.status_code)
            text = (await answer.aread()).decode()
        self.foreign.update(re.findall(r'(?:src|href)="(https?://[^"/]+)', text))
        self.seen[phase, name].append((first, len(text.encode())))


async def watched(district, address, cookies, process):
    """The readers by themselves, then beside polls of 100,000 rows each that are new."""
    made = [export(district, number) for number in range(POLLS)]
    readers = Readers(address, cookies)
    tasks = [asyncio.create_task(readers.read(n, cookie)) for n, cookie in enumerate(cookies)]
    await readers.all_come.wait()  # fifty at once, just after a start, are not what is measured
    await asyncio.sleep(EVERY)
    readers.seen.clear()
    await asyncio.sleep(QUIET_SECONDS)
    readers.phase = "poll"
    begin = time.monotonic()
    for file in made:  # all at once: what is taken one after the other leaves no pause between
        file.replace(district.drop / file.name)
    while polls_of(process) < POLLS:
        assert time.monotonic() - begin < 600 * POLLS, process.stderr[-2000:]
        assert not any(task.done() for task in tasks), [task for task in tasks if task.done()]
        await asyncio.sleep(0.1)
    lasted = (time.monotonic() - begin) / POLLS
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return readers, lasted


def polls_of(process):
    """How many of these polls the daemon has ended."""
    return sum(line["event"] == "taken" and line["rows"] >= POLLED for line in process.logs)


def export(district, number):
    """A file with 100,000 dossiers that nobody knows yet, beside the folder that is watched: made before anything is
    measured, so that the readers' own process has nothing else to do.
    """
    now = datetime.now(UTC)
    received, due = (now - timedelta(days=2)).isoformat(), (now + timedelta(days=40)).isoformat()
    rows = [
        [f"MOI-{number}-{n:06d}", CITIZEN, f"P{n % UNITS}", f"cv.{n % OFFICERS}", received, due] for n in range(POLLED)
    ]
    made = district.folder / f"new-{number}.csv"
    write_sheet(made, rows, COLUMNS)
    return made


def p95(values):
    """Of (seconds, bytes), the seconds in milliseconds."""
    times = sorted(seconds for seconds, _ in values)
    return statistics.quantiles(times, n=20)[18] * 1000 if len(times) > 1 else times[0] * 1000


def measured(url, count):
    """Readers and seconds of a poll for one database with so many dossiers."""
    with tempfile.TemporaryDirectory(prefix="alertd-board-") as name, processes(Path(name)) as started:
        district, address, cookies = prepared(Path(name), url, count)
        process = started.daemon(district.folder, limit=180)
        with contextlib.redirect_stdout(None):
            found = asyncio.run(watched(district, address, cookies, process))
        process.terminate(60)
        started._started.clear()
        return found


def main(part: str | None = None, *, quick: bool = False) -> None:
    """Print the table, of all engines or of one."""
    rows = []
    with addresses() as engines:
        for engine in [part] if part else engines:
            least = {}
            for size in (1_000, 50_000 if quick else 1_000_000):
                readers, lasted = measured(engines[engine](), size)
                assert not readers.foreign, f"pages name other hosts: {readers.foreign}"
                for page in sorted({name for _, name in readers.seen}):
                    quiet, beside = readers.seen["quiet", page], readers.seen["poll", page]
                    alone = p95(quiet)
                    least.setdefault(page, alone)
                    rows.append([
                        engine, f"{size:,}", page, f"{alone:.0f}", f"{p95(beside):.0f}" if beside else "—",
                        f"{p95(beside) / alone:.1f}" if beside else "—", f"{alone / least[page]:.1f}",
                        f"{max(n for _, n in quiet + beside) / 1000:.0f}", f"{lasted:.0f}",
                    ])  # fmt: skip
    table(
        f"{READERS} readers, a page every {EVERY:.0f} s each: first byte, 95th percentile, beside a poll of {POLLED:,}",
        ["engine", "stored", "page", "ms", "ms in the poll", "to without", "to 1,000", "kB", "poll s"],
        rows,
    )
