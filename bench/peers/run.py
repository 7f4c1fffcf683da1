"""Three kinds of work, each by both peers, one after the other."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.ground import table
from bench.peers.peers import Alertd, Alertmanager, Cost, Sink, missing, resident
from tests.faults.harness import processes

LONGEST = 600.0


def work(count, people, *, each, delay_ms=0.0, kill=False):
    """One row a peer: `count` overdue dossiers of `people` told; with `kill` it is killed and started again."""
    rows = []
    for peer in (Alertd, Alertmanager):
        with tempfile.TemporaryDirectory(prefix="alertd-peers-") as name, processes(Path(name)) as started:
            folder = Path(name)
            sink = Sink(started, folder, delay_ms)
            more = {"each": each} if peer is Alertmanager else {"claim": "2s"} if kill else {}
            made = peer(started, folder / "peer", sink, people, **more)
            codes = [f"MAU-{n:06d}" for n in range(count)]
            rows.append([peer.name, *measured(made, sink, codes, kill=kill)])
    return rows


def measured(peer, sink, codes, *, kill):
    """Seconds from the first word to the last arrival, messages, CPU, memory, lost, doubled."""
    cost, idle = Cost(), Cost()
    idle.add(peer.process.pid)
    begin = time.monotonic()
    peer.tell(codes)
    sink.wait(len(codes) // 10, LONGEST)
    early = resident(peer.process.pid)
    if kill:
        sink.wait(len(codes) // 3, LONGEST)
        cost.add(peer.process.pid)
        peer.process.kill()
        peer.start()
        peer.again(codes)
    sink.wait(len(codes), LONGEST)
    late = resident(peer.process.pid)
    cost.add(peer.process.pid)
    time.sleep(10 if kill else 2)  # what comes again comes a little later
    sink.look()
    arrivals = sink.arrivals
    seen = Counter(code for _, each in arrivals for code in each)
    took = max(at for at, _ in arrivals) - begin
    middle = sorted(at for at, _ in arrivals)[len(arrivals) // 10 : -len(arrivals) // 10]
    sustained = len(middle) / max(middle[-1] - middle[0], 0.001)
    more = "—" if kill else late - early
    return [len(arrivals), f"{took:.1f}", f"{sustained:.0f}", f"{cost.cpu - idle.cpu:.1f}", cost.peak, more,
            len(set(codes) - set(seen)), sum(count - 1 for count in seen.values())]  # fmt: skip


HEADERS = ["peer", "messages", "seconds to the last", "messages/s, middle 80 %", "CPU s", "peak MiB",
           "MiB more from a tenth to the last", "lost", "doubled"]  # fmt: skip


MANY, FEW = 10_000, 2_000


def digests(size):
    """A message a person."""
    many = int(MANY * size)
    table(f"{many} new overdue, 200 people, a digest each", HEADERS, work(many, 200, each=False))


def each(size):
    """A message a dossier, so many and five times as many."""
    for count in (int(MANY * size), int(5 * MANY * size)):
        table(f"{count} one by one, each to another person", HEADERS, work(count, count, each=True))


def kill(size):
    """Killed when a third has come."""
    few = int(FEW * size)
    table(f"kill -9 in the middle, {few} messages, a receiver of 20 ms", HEADERS,
          work(few, few, each=True, delay_ms=20, kill=True))  # fmt: skip


PARTS = {part.__name__: part for part in (digests, each, kill)}


def main(part=None, *, quick=False):
    """Print the tables."""
    if why := missing():
        print(why, file=sys.stderr)
        return
    for name in [part] if part else PARTS:
        PARTS[name](0.1 if quick else 1)
