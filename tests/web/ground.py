"""What the tests of the web stand on: a message about three dossiers, and the real server on loopback."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import func, insert, select, update

from alertd.core.freshness import MaxAge
from alertd.core.signing import Signer
from alertd.feeds import Page
from alertd.jobs import escalate
from alertd.jobs.poll import Poll
from alertd.store import tables
from alertd.web.app import create
from alertd.web.server import WebServer
from tests.store.ground import FEED, ShownFeed, at, dossier, rules

KEY = b"k" * 32
SIGNER = Signer(KEY)
NOW = at("10/06 17:00")
MESSAGE, ANOTHER, OF_BINH = (f"m{digit * 24}" for digit in "abc")
PROCEDURE = 'Cải chính <b>hộ tịch</b> & "bản sao"'


@dataclass
class Site:
    """The application over one database, at an instant that the test sets."""

    database: object
    rules: object = field(default_factory=rules)
    signer: Signer | None = SIGNER
    now: datetime = NOW
    hooks: tuple = ()
    heard: int = 0
    channels: tuple = ("console",)
    weeks: object = None
    ages: dict = field(default_factory=lambda: {FEED: MaxAge(timedelta(hours=1))})
    jobs: object = None

    def app(self):
        return create(
            database=self.database, rules=self.rules, signer=self.signer, clock=lambda: self.now, hooks=self.hooks,
            heard=self._heard, ages=self.ages, channels=self.channels,
            weeks=self.weeks, jobs=self.jobs,
        )  # fmt: skip

    def _heard(self):
        self.heard += 1

    @asynccontextmanager
    async def served(self):
        """An HTTP client of the served site."""
        async with serving(self.app()) as url, httpx.AsyncClient(base_url=url) as client:
            yield client

    def token(self, message=MESSAGE, person="an", now=None):
        return self.signer.page(message, person, now or self.now)

    # --- what is stored -----------------------------------------------------------------------------------------------

    def seed(self):
        """Officer an was told of two overdue dossiers and one that is due soon, in one message; binh of another one."""
        shown = [
            dossier("HS-0001", due="10/06 08:00", procedure=PROCEDURE),
            dossier("HS-0002", due="10/06 16:00"),
            dossier("HS-0003", due="11/06 16:00", procedure="Đăng ký khai sinh"),
            dossier("HS-0004", due="10/06 16:00", officers=("tp.binh",)),
        ]
        self.poll(NOW, *shown)
        escalate.tick(self.database, self.rules, {FEED: MaxAge(timedelta(hours=1))}, NOW)
        self.tell(MESSAGE, "an", "HS-0001", "HS-0002", "HS-0003")
        self.tell(OF_BINH, "binh", "HS-0004")
        return self

    def poll(self, when, *shown):
        """One complete poll, in a thread of its own, so that an asynchronous test can call it."""
        job = Poll(self.database, self.rules, ShownFeed(FEED, [Page(list(shown), [])]), "all", True)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, job.tick(when)).result()

    def tell(self, message, person, *codes):
        """A message that was sent to somebody about these dossiers."""
        a = tables.alerts.c
        ids = [self.id_of(code) for code in codes]
        with self.database.write() as connection:
            connection.execute(
                update(tables.alerts)
                .where(a.person == person, a.dossier_id.in_(ids))
                .values(message=message, state="sent")
            )
            connection.execute(insert(tables.outbox).values(_part(message, person)))

    def id_of(self, code):
        with self.database.read() as connection:
            query = select(tables.dossiers.c.id).where(tables.dossiers.c.code == code)
            return connection.execute(query).scalar_one()

    def rows(self, table, *columns):
        """All rows of a table, oldest first."""
        found = getattr(tables, table)
        with self.database.read() as connection:
            query = select(*(found.c[name] for name in columns)).order_by(found.c.id)
            return [tuple(row) for row in connection.execute(query)]

    def everything(self):
        """All rows of all tables: equal means that nothing at all was changed."""
        with self.database.read() as connection:
            return {
                name: sorted(map(str, connection.execute(select(table)).all()))
                for name, table in tables.metadata.tables.items()
            }

    def count(self, table):
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(getattr(tables, table)))


@asynccontextmanager
async def serving(app):
    """The real server on a free port of loopback; gives its address."""
    server = WebServer(app, "127.0.0.1", 0)
    assert await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()


def _part(message, person):
    values = {
        "id": f"{message}.1", "message": message, "dedupe_key": message, "person": person, "kind": "digest",
        "urgency": "high", "priority": 2, "late": False, "part": 1, "parts": 1, "text": "…", "dossiers": [],
        "slot_at": NOW, "created_at": NOW, "not_before": None, "state": "accepted", "detail": "", "contact": 0,
        "attempts": 1, "transients": 0, "unknowns": 0, "repeat": False, "settled_at": datetime(2024, 6, 10, tzinfo=UTC),
        "channel": "", "pinned": False,
    }  # fmt: skip
    return {name: value for name, value in values.items() if name in tables.outbox.c}
