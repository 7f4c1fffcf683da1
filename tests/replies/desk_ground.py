"""What the tests of the desk stand on: a district's dossiers, messages that were sent, and chats that write."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from sqlalchemy import insert, select, update

from alertd.core.conversation import Inbound, Kind
from alertd.core.freshness import MaxAge
from alertd.core.signing import Signer
from alertd.feeds import Page
from alertd.jobs import escalate
from alertd.jobs.poll import Poll
from alertd.replies.desk import Desk
from alertd.store import people, tables
from tests.store.ground import FEED, ShownFeed, at, dossier, rules

SIGNER = Signer(b"k" * 32)
NOW = at("10/06 14:00")  # a Monday
MESSAGE, OF_BINH = (f"m{digit * 24}" for digit in "ab")
_KEYS = count(1)


def shown():
    """Two of officer an that are overdue, one due today, one later; one of binh; one of the other office."""
    return [
        dossier("HS-1", due="06/06 16:00", procedure="Cải chính hộ tịch"),
        dossier("HS-2", due="10/06 10:00"),
        dossier("HS-3", due="10/06 16:00"),
        dossier("HS-4", due="11/06 16:00"),
        dossier("HS-5", due="07/06 16:00", officers=("tp.binh",)),
        dossier("HS-6", due="05/06 16:00", unit="NV", officers=("nv.ai",)),
    ]


@dataclass
class Office:
    """A desk over one database, and what people send to it."""

    database: object
    rules: object = field(default_factory=rules)
    signer: Signer | None = SIGNER
    page: str | None = None
    now: object = NOW

    def poll(self, *observations):
        job = Poll(self.database, self.rules, ShownFeed(FEED, [Page(list(observations), [])]), "all", True)
        asyncio.run(job.tick(self.now))
        escalate.tick(self.database, self.rules, {FEED: MaxAge(timedelta(hours=1))}, self.now)
        return self

    @property
    def desk(self):
        return Desk(self.database, self.rules, self.signer, lambda message, person, now: self.page)

    def event(self, text="", chat="1", channel="telegram", kind=Kind.TEXT, private=True):
        return Inbound(channel, str(next(_KEYS)), kind, chat, self.now, text, private)

    def hears(self, *args, **fields):
        """The whole reply to an event."""
        return self.desk.answer(self.event(*args, **fields), self.now)

    def says(self, *args, **fields):
        """The text of the reply, None if there is none."""
        reply = self.hears(*args, **fields)
        return reply and reply.text

    def invite(self, person="an", channel="telegram", token="T" * 43, valid=timedelta(hours=1)):
        with self.database.write() as connection:
            assert people.invite(connection, person, channel, token, self.now, self.now + valid)
        return token

    def connect(self, person="an", chat="1", channel="telegram", at=None):
        with self.database.write() as connection:
            assert people.connect(connection, person, channel, chat, at or self.now)
        return self

    def owner(self, chat="1", channel="telegram"):
        with self.database.read() as connection:
            return people.person_at(connection, channel, chat)

    def tell(self, message, person, *codes, settled=None):
        """A message that was sent to somebody about these dossiers, and accepted."""
        a, o = tables.alerts.c, tables.outbox.c
        ids = [self.stored(code).id for code in codes]
        with self.database.write() as connection:
            changed = connection.execute(
                update(tables.alerts).where(a.person == person, a.dossier_id.in_(ids))
                .values(message=message, state="sent")
            )  # fmt: skip
            assert changed.rowcount >= len(codes)
            values = dict.fromkeys((column.name for column in o), None) | {
                "id": f"{message}.1", "message": message, "dedupe_key": message, "person": person, "kind": "digest",
                "urgency": "high", "priority": 2, "late": False, "part": 1, "parts": 1, "text": "", "dossiers": [],
                "slot_at": self.now, "created_at": self.now, "state": "accepted", "detail": "", "contact": 0,
                "attempts": 1, "transients": 0, "unknowns": 0, "repeat": False, "settled_at": settled or self.now,
                "channel": "", "pinned": False,
            }  # fmt: skip
            connection.execute(insert(tables.outbox).values(values))
        return self

    def stored(self, code):
        with self.database.read() as connection:
            return connection.execute(select(tables.dossiers).where(tables.dossiers.c.code == code)).one()

    def rows(self, table):
        with self.database.read() as connection:
            return connection.execute(select(getattr(tables, table))).all()
