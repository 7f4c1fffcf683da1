"""`alertd simulate` over a year of a generated district, as a process: from the export to the last line printed."""

from __future__ import annotations

import csv
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from alertd.config.load import load
from bench.ground import ZONE, table

ROOT = Path(__file__).parents[1]
SIZES = (10_000, 100_000)
SHAPES = ("jsonl", "table", "html")
STRETCH = ("--from", "2026-01-01", "--to", "2027-01-01")


def export(path, loaded, count, seed=2026):
    """A year's dossiers, visibly generated: five to twenty working days each, an eighth late, a hundredth open."""
    chance = random.Random(seed)
    rules = loaded.rules
    columns = {name: headers[0] for name, headers in loaded.settings.feeds[0].columns.items()}
    directory = rules.organisation.on(datetime(2026, 6, 1, tzinfo=ZONE).date())
    officers = [
        (unit.name, person)
        for unit in rules.organisation.units.values()
        for who in directory.staff(unit.code)
        for person in rules.organisation.people[who].portal_ids
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.values())
        writer.writeheader()
        for number in range(count):
            unit, officer = chance.choice(officers)
            received = datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(minutes=chance.randrange(360 * 1440))
            allowed = timedelta(hours=8 * chance.randrange(5, 21))
            due = rules.calendar.add(received, allowed)
            late = chance.random()
            taken = allowed * chance.uniform(0.3, 1) if late < 0.875 else allowed * chance.uniform(1, 1.8)
            finished = "" if late > 0.99 else shown(rules.calendar.add(received, taken))
            values = {
                "code": f"MAU-{number:06}", "procedure": "Thủ tục mẫu", "unit": unit, "officer": officer,
                "status": "Đã trả kết quả" if finished else "Đang xử lý", "received_at": shown(received),
                "due_at": shown(due), "finished_at": finished,
            }  # fmt: skip
            writer.writerow({columns[name]: value for name, value in values.items()})


def shown(at):
    return at.astimezone(ZONE).strftime("%d/%m/%Y %H:%M:%S")


def simulate(folder, shape):
    """Seconds, seconds of one processor, and lines printed of one run."""
    begin, before = time.perf_counter(), processor()
    with tempfile.TemporaryFile() as out:
        subprocess.run(
            [sys.executable, "-m", "alertd", "simulate", "--feed", "dossiers", *STRETCH, "--format", shape,
             "--config", folder],
            stdout=out, stderr=subprocess.DEVNULL, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        seconds = time.perf_counter() - begin
        out.seek(0)
        lines = sum(1 for _ in out)
    return seconds, processor() - before, lines


def processor():
    """Seconds that finished children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print one table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="alertd-bench-") as temporary:
        for size in SIZES:
            folder = Path(temporary) / f"config-{size}"
            shutil.copytree(ROOT / "config", folder)
            settings = folder / "alertd.yaml"
            settings.write_text(settings.read_text("utf-8").replace("drop/*.xlsx", "drop/*.csv"), "utf-8")
            (folder / "drop").mkdir()
            export(folder / "drop" / "year.csv", load(folder), size)
            for shape in SHAPES:
                seconds, used, lines = simulate(folder, shape)
                peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
                rows.append(
                    [f"{size:,}", shape, f"{lines:,}", f"{seconds:.1f}", f"{used:.1f}", f"{size / used:,.0f}", peak]
                )
    table(
        "Simulating a year of a district's dossiers (a process, CSV to output)",
        ["dossiers", "format", "lines", "seconds", "of a processor", "dossiers/s", "MiB at peak so far"],
        rows,
    )
