"""200,000 generated rows, of which 5 % are damaged at random: what is stored, what is set aside, and why.

Every good row must be stored as it was meant, every bad one be in quarantine with the reason of its damage; no
exception, no guess between day and month. `ALERTD_SEED` makes a run again.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xlsxwriter
from sqlalchemy import select

from alertd.core.text import normal_code
from alertd.feeds.sheet import SheetFeed
from alertd.jobs.poll import Poll
from alertd.log import configure
from alertd.store import migrate
from alertd.store.database import Database
from alertd.store.tables import dossiers, quarantine
from bench.ground import NOW, UNITS, ZONE, rules, table

ROWS, WORKBOOK_ROWS, SHARE = 200_000, 20_000, 0.05
HEADERS = ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", "Đơn vị giải quyết",
           "Cán bộ xử lý", "Chủ hồ sơ"]  # fmt: skip
CODE, RECEIVED, DUE, FINISHED, UNIT = 1, 2, 3, 4, 5
WRONG = ("stored otherwise, or not", "stored that should not be", "in quarantine for another reason",
         "in quarantine that should not be", "day and month taken for each other")  # fmt: skip
FIRST = datetime(2026, 1, 5, 7, 30)  # noqa: DTZ001 - on the wall clock
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - of serial numbers


class Log:
    """A generated export, and what is to become of each of its rows."""

    def __init__(self, seed, count, *, workbook):
        self.rng = random.Random(seed)
        self.workbook = workbook
        self.rows = []
        self.good = {}  # by key: (received, due)
        self.bad = {}  # by row: (damage, words of its reason)
        self.last = None
        for number in range(count):
            self._between(number)
            row, received, due = self._dossier(number)
            if self.rng.random() < SHARE and self._damaged(row, received, due):
                continue
            self.good[normal_code(str(row[CODE]))] = (received, due)
            self.last = (row, len(self.rows) + 2)
            self.rows.append(self._disguised(row, received, due))

    def _dossier(self, number):
        received = FIRST + timedelta(minutes=self.rng.randrange(200_000))
        due = datetime.combine(received.date() + timedelta(days=self.rng.randrange(1, 60)), datetime.min.time())
        due += timedelta(hours=self.rng.choice([11, 16, 17]), minutes=self.rng.choice([0, 30]))
        code = f"{number:014}" if number % 3 == 0 else f"H27.35-26{received:%m%d}-{number:06}"
        unit = self.rng.randrange(UNITS)
        return [number + 1, code, "", "", "", f"U{unit}", f"u{unit}.o1", f"Công dân mẫu {number}"], received, due

    def _disguised(self, row, received, due):
        """A good row in one of the forms that mean the same."""
        row = list(row)
        row[RECEIVED], row[DUE] = self._written(received), self._written(due)
        if self.rng.random() < 0.1:
            row[CODE] = f"\u00a0{row[CODE].lower()}\u200b" if row[CODE].startswith("H") else f"'{row[CODE]}"
        if self.rng.random() < 0.1:
            row[UNIT] = unicodedata.normalize("NFD", row[UNIT]) + " "
        return row

    def _written(self, at):
        kind = self.rng.randrange(8 if self.workbook else 6)
        return [
            f"{at:%d/%m/%Y %H:%M}", f"{at:%d/%m/%Y %H:%M:%S}", f"{at:%Y-%m-%dT%H:%M:%S}+07:00", f"{at:%Y%m%d%H%M%S}",
            f"'{at:%d-%m-%Y %H:%M}", f"{at:%H:%M} {at:%d/%m/%Y}", at, (at - EPOCH).total_seconds() / 86_400,
        ][kind]  # fmt: skip

    def _between(self, number):
        """What stands between dossiers in a real export."""
        chance = self.rng.random()
        if chance < 0.0005:
            self.rows.append(list(HEADERS))
        elif chance < 0.001:
            self.rows.append(["Tổng cộng", str(number), "", "", "", "", "", ""])
        elif chance < 0.0015:
            self.rows.append([f"I. Phòng mẫu {number % 7}", "", "", "", "", "", "", ""])
        elif chance < 0.002:
            self.rows.append([""] * len(HEADERS))

    def _damaged(self, row, received, due):
        row = list(row)
        row[RECEIVED], row[DUE] = f"{received:%d/%m/%Y %H:%M}", f"{due:%d/%m/%Y %H:%M}"
        name, words = self.rng.choice(DAMAGES)(self, row, due)
        if not name:
            return False
        self.bad[len(self.rows) + 2] = (name, words)
        self.rows.append(row)
        return True

    def write(self, path):
        if not self.workbook:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([HEADERS, *self.rows])
            return
        with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm", "constant_memory": True}) as book:
            tab = book.add_worksheet("Hồ sơ")
            for number, row in enumerate([HEADERS, *self.rows]):
                tab.write_row(number, 0, row)


def month_first(_log, row, due):
    row[DUE] = f"{due:%m/%d/%Y}"
    return ("month before day", "due_at: ") if due.day > 12 else ("", "")


def impossible_day(_log, row, due):
    row[DUE] = f"{due.year}".join(["31/02/", ""])
    return "a day that is none", "due_at: '31/02/"


def short_year(_log, row, due):
    row[DUE] = f"{due:%d/%m/%y}"
    return "a year of two digits", "due_at: "


def words_for_a_date(log, row, _due):
    row[RECEIVED] = log.rng.choice(["hôm kia", "chưa rõ", "Còn 2 ngày"])
    return "words for a date", "received_at: "


def far_year(log, row, due):
    row[DUE] = f"{due:%d/%m/}{log.rng.choice([1995, 2609, 1988])}"
    return "a year beyond reason", "due_at: "


def milliseconds(_log, row, due):
    row[DUE] = str(int(due.replace(tzinfo=UTC).timestamp() * 1000))
    return "milliseconds", "due_at: "


def finish_in_words(_log, row, _due):
    row[FINISHED] = "đã xong"
    return "a finish in words", "finished_at: "


def scientific(_log, row, _due):
    row[CODE] = f"{int(''.join(filter(str.isdigit, row[CODE]))) + 10**11:.5E}"
    return "a code in scientific notation", "its last digits are lost"


def zeros_lost(log, row, _due):
    if row[CODE].startswith("H"):
        return "", ""
    row[CODE] = float(row[CODE]) if log.workbook else row[CODE].lstrip("0") or "0"
    return "leading zeros lost", "has lost its leading zeros"


def no_code(_log, row, _due):
    row[CODE] = ""
    return "no code", "the row has dates but no code"


def name_for_a_code(_log, row, _due):
    row[CODE] = "Công dân mẫu"
    return "a name for a code", "a text and no code"


def unquoted_comma(log, row, _due):
    if log.workbook:
        return "", ""
    row[UNIT:UNIT] = ["Tổ 1"]
    return "a comma without quotes", "the row has 9 cells and the header 8"


def repeated(log, row, _due):
    if log.last is None:
        return "", ""
    row[CODE] = log.last[0][CODE]
    return "a code repeated with other values", f"stands in row {log.last[1]} already"


DAMAGES = (
    month_first, impossible_day, short_year, words_for_a_date, far_year, milliseconds, finish_in_words, scientific,
    zeros_lost, no_code, name_for_a_code, unquoted_comma, repeated,
)  # fmt: skip


def instant(at):
    return at.replace(tzinfo=ZONE)


def judged(log, path, database):
    """One import, and how far the store is from what was meant."""
    log.write(path)
    feed = SheetFeed("bench", path, ZONE, as_of=NOW)
    begin = time.perf_counter()
    counts = asyncio.run(Poll(database, rules(), feed, "all").take(feed.source(path), NOW))
    seconds = time.perf_counter() - begin
    with database.read() as connection:
        stored = {
            row.key: (row.received_at, row.due_at)
            for row in connection.execute(select(dossiers.c.key, dossiers.c.received_at, dossiers.c.due_at))
        }
        aside = {row.row: row.reason for row in connection.execute(select(quarantine.c.row, quarantine.c.reason))}
    meant = {key: (instant(received), instant(due)) for key, (received, due) in log.good.items()}
    other_reason = {at for at, (_, words) in log.bad.items() if at in aside and words not in aside[at]}
    swapped = sum(key in stored and stored[key] != when and _swaps(stored[key], when) for key, when in meant.items())
    rows = [
        ["rows in the file", len(log.rows)],
        ["good rows", len(meant)],
        ["  stored as they were meant", sum(stored.get(key) == when for key, when in meant.items())],
        ["  stored otherwise, or not", sum(stored.get(key) != when for key, when in meant.items())],
        ["stored that should not be", len(stored.keys() - meant.keys())],
        ["bad rows", len(log.bad)],
        ["  in quarantine for the right reason", len(log.bad.keys() & aside.keys()) - len(other_reason)],
        ["  in quarantine for another reason", len(other_reason)],
        ["in quarantine that should not be", len(aside.keys() - log.bad.keys())],
        ["day and month taken for each other", swapped],
        ["rows a second, read and stored", round(len(log.rows) / seconds)],
    ]
    kinds = Counter(name for name, _ in log.bad.values())
    return rows, kinds, counts.notes


def _swaps(stored, meant):
    """Whether one of the two dates has its day and month turned around."""
    return any(
        a is not None and (a.astimezone(ZONE).day, a.astimezone(ZONE).month) == (b.month, b.day)
        for a, b in zip(stored, meant, strict=True)
    )


def main():
    configure("ERROR")
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed} (ALERTD_SEED={seed} makes this run again)")
    with tempfile.TemporaryDirectory(prefix="alertd-bench-") as folder:
        for name, count, workbook in (("CSV", ROWS, False), ("XLSX", WORKBOOK_ROWS, True)):
            database = Database(f"sqlite:///{folder}/{name}.db")
            migrate.upgrade(database)
            log = Log(seed, count, workbook=workbook)
            rows, kinds, notes = judged(log, Path(folder, f"a.{name.lower()}"), database)
            database.close()
            table(f"{name}: {count:,} rows, {SHARE:.0%} damaged", ["what", "rows"], rows)
            table("damages", ["damage", "rows"], [list(each) for each in sorted(kinds.items())])
            for note in notes:
                print(f"  {note}")
            if any(number for what, number in rows if what.strip() in WRONG):
                sys.exit("bench: not every row went where it belongs")


if __name__ == "__main__":
    main()
