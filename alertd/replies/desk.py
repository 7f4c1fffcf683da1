"""The desk: takes what comes in from a channel to whoever answers it, and gives the reply (delivery reference 7.10).

Who writes is known by the chat: the one they connected, or the one the configuration gives them. Nobody else hears
anything about any dossier.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from alertd.core.conversation import Inbound, Kind, Reply
from alertd.core.text import clean
from alertd.core.ways import ZALO
from alertd.log import get
from alertd.messages.words import cut
from alertd.replies import connect, errands, pressed, questions, words
from alertd.replies.asked import Ask, Asked, asked
from alertd.replies.scope import Scope, in_office
from alertd.store import people, reserved, settling
from alertd.store.reserved import NEWS

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.store.database import Database

log = get("desk")

#: A question that only reads, still to be answered.
Question = Callable[["Connection"], str]

#: Of what a provider says about its channel so much is passed on.
_NOTICE = 200
#: How an event begins that alertd has no name for.
UNKNOWN = "unknown:"


class Desk:
    """Answers events, each written in one transaction of its own. Synchronous and safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        rules: Rules,
        signer: Signer | None,
        page_url: Callable[[str, str, datetime], str | None],
    ) -> None:
        """`page_url` gives the signed page of a message (id) for a person (id) at an instant, None where there is none.

        Without a `signer` (no key is configured) nothing personal is answered.
        """
        self._database = database
        self._rules = rules
        self._signer = signer
        self._page_url = page_url
        self._configured = {
            (contact.channel, contact.address): person.id
            for person in rules.organisation.people.values()
            for contact in person.contacts
            if contact.address
        }

    def answer(self, event: Inbound, now: datetime) -> Reply | None:
        """Do what an event asks for; gives what to say to it, None for nothing. Raises StoreError."""
        reply = self._done(event, now)
        if not callable(reply):
            return reply
        # a head's question may read for long, and must hold up no writer
        with self._database.read() as connection:
            return Reply(reply(connection))

    def _done(self, event: Inbound, now: datetime) -> Reply | Question | None:
        with self._database.write() as connection:
            if event.kind is Kind.RECEIPT:
                settling.receipt(connection, event.text, now)
                return None
            if event.kind is Kind.NOTICE:
                note = cut(clean(event.text), _NOTICE)
                log.warning("the provider says something about the channel", channel=event.channel, note=note)
                # what a public account's other followers do is no alarm; it is in the log
                if not note.startswith(UNKNOWN):
                    reserved.channel_alarm(connection, self._rules, event.channel, NEWS + note, now)
                return None
            owner = self._owner(connection, event)
            if event.kind in (Kind.GONE, Kind.BACK):
                return self._moved(connection, event, owner, now)
            if event.kind is Kind.BUTTON:
                return self._pressed(connection, event, owner, now)
            return self._said(connection, event, owner, now)

    def _owner(self, connection: Connection, event: Inbound) -> str | None:
        """Whose chat it is, in the configuration or not."""
        return people.person_at(connection, event.channel, event.address) or self._configured.get(
            (event.channel, event.address)
        )

    def _moved(self, connection: Connection, event: Inbound, owner: str | None, now: datetime) -> Reply | None:
        if owner is None:
            # whoever follows the account for the first time has opened it to connect
            return Reply(words.stranger(event.channel)) if event.kind is Kind.BACK and event.channel == ZALO else None
        if event.kind is Kind.GONE:
            people.gone(connection, owner, event.channel, event.address, now)
            log.warning("the person blocked the channel", channel=event.channel, person=owner)
            return None
        people.back(connection, owner, event.channel, event.address, now)
        self._spoke(connection, event, owner, now)
        log.info("the person is back on the channel", channel=event.channel, person=owner)
        return None

    def _pressed(self, connection: Connection, event: Inbound, owner: str | None, now: datetime) -> Reply:
        if not event.private:
            return Reply(toast=words.GROUP)
        if self._signer is None:
            return Reply(toast=words.NO_KEY)
        if owner is None:
            return Reply(toast=words.NOT_CONNECTED)
        if in_office(self._rules, owner, now) is None:
            return Reply(toast=words.LEFT)
        self._spoke(connection, event, owner, now)
        return pressed.answer(connection, self._rules, self._signer, self._page_url, event, owner, now)

    def _said(
        self, connection: Connection, event: Inbound, owner: str | None, now: datetime
    ) -> Reply | Question | None:
        found = asked(event.text)
        if not event.private:
            return Reply(words.GROUP) if found is not None else None
        if owner is None and found is None and event.channel == ZALO:
            return None  # the account is public: citizens write to it about other things
        if self._signer is None:
            return Reply(words.NO_KEY)
        if owner is not None:
            self._spoke(connection, event, owner, now)
        text = self._text(connection, event, found, owner, now)
        return Reply(text) if isinstance(text, str) else text

    def _text(
        self, connection: Connection, event: Inbound, found: Asked | None, owner: str | None, now: datetime
    ) -> str | Question | None:
        if found is not None and found.rest and found.ask in (Ask.START, Ask.CONNECT):
            return self._connect(connection, event, found, owner, now)
        if owner is None:
            return words.stranger(event.channel)
        if found is not None and found.ask is Ask.CANCEL:
            return connect.cancel(connection, event.channel, event.address, owner, now)
        if in_office(self._rules, owner, now) is None:
            return words.LEFT
        if found is None:
            return words.unknown_text(event.channel)
        return self._asked(connection, event.channel, found, Scope.of(self._rules, owner, now), now)

    def _asked(self, connection: Connection, channel: str, found: Asked, scope: Scope, now: datetime) -> str | Question:
        """The answer to somebody in office about what is theirs."""
        match found.ask:
            case Ask.OVERDUE:
                return partial(questions.overdue, scope=scope, now=now)
            case Ask.TODAY:
                return partial(questions.today, scope=scope, now=now)
            case Ask.DOSSIER | Ask.EXPLAIN | Ask.HAND_OVER if not found.rest:
                return words.usage(found.ask, channel)
            case Ask.DOSSIER:
                return partial(questions.dossier, scope=scope, code=found.rest, now=now)
            case Ask.EXPLAIN:
                return errands.explain(connection, scope, found.rest, now, channel)
            case Ask.HAND_OVER:
                return errands.hand_over(connection, scope, found.rest, now, channel)
        return words.help_(channel)

    def _connect(
        self, connection: Connection, event: Inbound, found: Asked, owner: str | None, now: datetime
    ) -> str | None:
        token = found.rest if found.ask is Ask.START else "".join(found.rest.split())
        configured = self._configured.get((event.channel, event.address))
        return connect.connect(connection, self._rules, event.channel, event.address, token, configured or owner, now)

    def _spoke(self, connection: Connection, event: Inbound, owner: str, now: datetime) -> None:
        """A word of the person opens Zalo's seven days; a chat that only the configuration knows is noted for that."""
        at = min(event.at, now)
        if event.channel == ZALO and people.connected_at(connection, event.channel, event.address) is None:
            people.connect(connection, owner, event.channel, event.address, at)
        else:
            people.spoke(connection, event.channel, event.address, at)
        if event.kind is not Kind.BACK and people.has_written(connection, owner, event.channel, event.address, now):
            log.info("the person writes from a chat that was refused: it is tried again", channel=event.channel,
                     person=owner)  # fmt: skip
