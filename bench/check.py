"""`alertd check` of a province: 4,000 units, 20,000 people in a CSV that organisation.yaml includes; right, and wrong.

The whole command as a process. On a machine that others use, too, the seconds of the processor are the ones to trust.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.ground import table

UNITS, PEOPLE, COMMUNES = 4000, 20_000, 130
ALERTD = """\
timezone: Asia/Ho_Chi_Minh
storage: {url: "sqlite:///var/alertd.db"}
feeds:
  - {name: permits, type: sheet, path: drop/*.xlsx}
channels:
  console: {}
web: off
"""
CALENDAR = """\
default:
  sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}
  holidays: none
"""
ESCALATION = """\
roles: {chairman: head@root}
policies:
  - name: land
    match: {unit: [X001, X002, X003], channel: [online, direct]}
    steps:
      - {name: soon, at: -5d, to: officer}
      - {name: overdue, at: 0d, to: [officer, head]}
  - name: standard
    match: {}
    steps:
      - {name: soon, at: -3d, to: officer}
      - {name: overdue, at: 0d, to: [officer, head]}
      - {name: above, at: +1d, to: [officer, head, head@parent], every: 1d}
      - {name: chairman, at: +3d, to: chairman, every: 1d}
"""


def write(folder: Path) -> None:
    """A province: communes that report to it, offices that report to a commune; a head and officers in each."""
    folder.mkdir()
    codes = ["TINH", *(f"X{n:03}" for n in range(1, COMMUNES + 1))]
    above = dict.fromkeys(codes[1:], "TINH")
    for number in range(UNITS - len(codes)):
        code = f"P{number:04}"
        above[code] = codes[1 + number % COMMUNES]
        codes.append(code)
    units = [f"  - {{code: {code}, name: Đơn vị mẫu {code}, kind: {'commune' if code[0] == 'X' else 'office'}"
             f"{f', reports_to: {above[code]}' if code in above else ''}}}" for code in codes]  # fmt: skip
    (folder / "organisation.yaml").write_text(
        "\n".join(["fallback: person:cb-00000", "people_csv: people.csv", "units:", *units, "people: []", ""]), "utf-8"
    )
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "portal_ids", "unit", "post", "channel"])
        for number in range(PEOPLE):
            post = "head" if number < UNITS else "staff"
            who = [f"cb-{number:05}", f"Cán bộ mẫu {number}", f"cb.{number}"]
            rows.writerow([*who, codes[number % UNITS], post, "console"])
    for name, text in (("alertd", ALERTD), ("calendar", CALENDAR), ("escalation", ESCALATION)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def checked(folder: Path) -> tuple[list[str], int, str]:
    """Seconds of the command as a process, on the wall and of the processor; how many findings, and the first."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "alertd", "check", "--config", str(folder)], capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stderr == "", done.stderr
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = done.stdout.splitlines()
    return [f"{wall:.2f}", f"{spent:.2f}"], len(said), said[0] if said else ""


def main() -> None:
    """Print the table."""
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory(prefix="alertd-bench-") as place:
        folder = Path(place) / "config"
        write(folder)
        people = folder / "people.csv"
        for wrong, old, new, most in (
            ("nothing", "", "", 0),
            ("one unit mistyped", ",P1234,head,", ",P12345,head,", 1),
            ("a quarter of all units mistyped", ",P3", ",Q3", -1),
        ):
            people.write_text(people.read_text("utf-8").replace(old, new, most), "utf-8")
            seconds, count, first = checked(folder)
            assert bool(count) == (most != 0), first
            rows.append([wrong, *seconds, count])
    table(f"check of {UNITS:,} units and {PEOPLE:,} people", ["wrong", "seconds", "of processor", "findings"], rows)
