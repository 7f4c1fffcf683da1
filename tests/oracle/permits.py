"""A made-up log of permits: as a real one is written, with everything odd that simulate must decide about."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
HEADERS = [
    "case", "received_at", "deadline", "finished_at", "department", "responsible", "channel",
    "procedure_code", "procedure", "field", "submitted_at", "accept_by",
]  # fmt: skip
DEPARTMENTS = [
    "PERM", "General", "GENERAL", "general  affairs", "Permits", "SPEC", "Experts", "Specialists", "DESK",
    "Customer contact", "FRONT", "Front office", "ARCH", "Archive", "LEGAL", "Pháp chế", "phap che", "ISLE",
    "MUN", "Harbour", "",
]  # fmt: skip
OFFICERS = [
    "Resource01", "Resource02", "Resource04", "Resource05", "Resource06", "Resource11", "Resource21", "res-2",
    "Resource01##Resource11", "Resource02; Resource04", "nobody#Resource06", "Resource99", "Chuyên viên",
    "Cán bộ một cửa", "Nguyễn Đường", "nguyen duong", "",
]  # fmt: skip
CHANNELS = ["Internet", "Internet", "Internet", "Desk", "Post", "e-mail", "online", ""]
PROCEDURES = [("TREE-1", "Tree permit"), ("TREE-9", "Felling a tree"), ("BLD-2", "Building"), ("", "")]
FIELDS = ["Water", "Roads", ""]


def iso(at, form="milliseconds"):
    return at.astimezone(ZONE).isoformat(timespec=form)


def instant(rng, first, last):
    """An instant: on a whole quarter of an hour, or any microsecond."""
    seconds = rng.randrange(int((last - first).total_seconds()))
    if rng.random() < 0.4:
        return first + timedelta(seconds=seconds // 900 * 900)
    return first + timedelta(seconds=seconds, microseconds=rng.randrange(10**6))


def deadline(rng, received):
    """Mostly a midnight with its offset; else an instant, a date, a midnight or a time without an offset."""
    far = received + timedelta(days=rng.choice([0, 1, 7, 14, 56, 56, 56, 120]))
    midnight = datetime.combine(far.astimezone(ZONE).date(), time(0), ZONE)
    kind = rng.random()
    if kind < 0.05:  # in the hour that came twice: 02:00 to 03:00 summer time, then 02:00 to 03:00 winter time
        twice = datetime(2011, 10, 30, 0, 0, tzinfo=UTC) + timedelta(minutes=rng.randrange(120))
        return twice, iso(twice)
    if kind < 0.45:
        return midnight, iso(midnight)
    if kind < 0.70:
        return far, iso(far, "microseconds")
    if kind < 0.82:
        return midnight, midnight.date().isoformat()
    if kind < 0.88:
        return midnight, midnight.strftime("%d/%m/%Y")
    if kind < 0.92:
        return midnight, midnight.strftime("%Y-%m-%d %H:%M:%S")
    if kind < 0.96:
        noon = midnight.replace(hour=rng.choice([9, 12, 16, 23]), minute=rng.choice([0, 30]))
        return noon, noon.strftime("%Y-%m-%dT%H:%M:%S")
    return midnight, ""


def submission(rng, received):
    """When it was submitted, some days before its receipt or after it, and by when it is to be accepted, as texts."""
    submitted = instant(rng, received - timedelta(days=4), received + timedelta(hours=12))
    by = submitted + timedelta(hours=rng.choice([1, 8, 30, 100]))
    return (
        rng.choices([iso(submitted, "auto"), submitted.astimezone(ZONE).date().isoformat(), ""], [80, 10, 10])[0],
        rng.choices(["", iso(by, "auto"), by.astimezone(ZONE).date().isoformat()], [70, 20, 10])[0],
    )


def write_permits(path, seed, count):
    """A CSV file of `count` dossiers between September 2010 and January 2012; the same seed gives the same file."""
    rng, odd = random.Random(seed), random.Random(f"submissions of {seed}")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        for number in range(count):
            received = instant(rng, datetime(2010, 9, 1, tzinfo=UTC), datetime(2012, 1, 25, tzinfo=UTC))
            due, due_text = deadline(rng, received)
            received_text = rng.choices(
                [iso(received, "auto"), received.astimezone(ZONE).date().isoformat(), ""], [92, 5, 3]
            )[0]
            finished = ""
            if rng.random() < 0.8:  # most before their deadline, some long after, a few before their receipt
                around = rng.choice([received, due, due, due + timedelta(days=30)])
                finished = iso(around + timedelta(seconds=rng.randrange(-20 * 86400, 40 * 86400)))
                if rng.random() < 0.05:
                    finished = finished[:10]
            rows.writerow(
                [
                    rng.choice(["case-{}", "case-{}", " case-{} ", "Hồ sơ-{}"]).format(number),
                    received_text,
                    due_text,
                    finished,
                    rng.choice(DEPARTMENTS),
                    rng.choice(OFFICERS),
                    rng.choice(CHANNELS),
                    *rng.choice(PROCEDURES),
                    rng.choice(FIELDS),
                    *submission(odd, received),
                ]
            )
