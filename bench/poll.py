"""Polling a portal over HTTP: 100,000 unchanged dossiers, beside a bare download of the same pages; and the memory."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from alertd.demo.portal import dossier
from alertd.feeds.opencps import DOSSIERS, OpencpsFeed
from alertd.jobs.poll import Poll
from alertd.log import configure
from alertd.store.database import Database
from bench.ground import NOW, OFFICERS, UNITS, ZONE, databases, far, rules, table

SIZES = (10_000, 100_000)
PAGE = 200
GROUP = "1"
#: Whoever asks is a process of its own: the server's memory is not ours, and a peak is never that of the poll before.
FRESH = multiprocessing.get_context("spawn")


def row(number):
    """One dossier as the portal shows it, visibly generated."""
    unit = number % UNITS
    return dossier(
        number + 1, zone=ZONE, received=NOW - timedelta(days=5), due=far(number), unit=f"U{unit}",
        unit_name=f"Đơn vị {unit}", officer=f"u{unit}.o{number // UNITS % OFFICERS}", procedure="Thủ tục mẫu",
    )  # fmt: skip


def serve(count, port):
    """Answer every page from memory, with as little work as can be, until the process is ended."""
    pages = {
        start: json.dumps({"total": count, "data": [row(n) for n in range(start, start + PAGE)]}).encode()
        for start in range(0, count, PAGE)
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = pages[int(parse_qs(urlsplit(self.path).query)["start"][0])]
            head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(f"HTTP/1.1 200 OK\r\n{head}".encode() + body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        port.send(server.server_address[1])
        server.serve_forever()


@contextmanager
def portal(count):
    """The address of a portal with so many dossiers, in a process of its own."""
    ours, theirs = FRESH.Pipe()
    process = FRESH.Process(target=serve, args=(count, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def memory(field):
    """`VmRSS` (now) or `VmHWM` (the most so far) of this process, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def poll(address, portal_url, minute):
    """One poll; gives its counts, seconds and by how many MiB the process grew at its peak."""
    configure("ERROR")
    database = Database(address)
    with database.read():
        pass
    feed = OpencpsFeed("bench", portal_url, [GROUP], "", "", zone=ZONE, page_size=PAGE)
    job = Poll(database, rules(), feed, "all")
    before = memory("VmRSS")
    begin = time.perf_counter()
    counts = asyncio.run(job.tick(NOW + timedelta(minutes=minute)))
    seconds = time.perf_counter() - begin
    database.close()
    return counts.new, counts.unchanged, seconds, memory("VmHWM") - before


def bare(portal_url, count):
    """The same pages by the same client, thrown away; gives bytes, seconds and MiB more at the peak."""

    async def fetch():
        size = 0
        async with httpx.AsyncClient(base_url=portal_url, trust_env=False) as client:
            for start in range(0, count, PAGE):
                answer = await client.get(DOSSIERS, params={"start": start, "end": start + PAGE})
                size += len(answer.content)
        return size

    before = memory("VmRSS")
    begin = time.perf_counter()
    size = asyncio.run(fetch())
    return size, time.perf_counter() - begin, memory("VmHWM") - before


def apart(call, *arguments):
    """A call in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=FRESH) as pool:
        return pool.submit(call, *arguments).result()


def main() -> None:
    """Print the table."""
    rows = []
    with databases() as makers:
        for count in SIZES:
            with portal(count) as url:
                size, least, grown = apart(bare, url, count)
                rows.append([f"{count:,}", "bare download", f"{least:.2f}", f"{count / least:,.0f}", "1.00",
                             f"{size >> 20}", f"{grown:.0f}"])  # fmt: skip
                for name, make in makers.items():
                    database = make()
                    address = database.url.render_as_string(hide_password=False)
                    database.close()
                    new = apart(poll, address, url, 0)
                    again = apart(poll, address, url, 5)
                    assert (new[0], again[1]) == (count, count), (new, again)
                    for label, (_, _, seconds, more) in (("new", new), ("unchanged", again)):
                        rows.append([f"{count:,}", f"{name}, {label}", f"{seconds:.2f}", f"{count / seconds:,.0f}",
                                     f"{seconds / least:.2f}", f"{size >> 20}", f"{more:.0f}"])  # fmt: skip
    table(
        f"Polling a portal over HTTP, {PAGE} dossiers a page",
        ["dossiers", "poll", "seconds", "dossiers/s", "to bare", "MiB of pages", "MiB more at peak"],
        rows,
    )
