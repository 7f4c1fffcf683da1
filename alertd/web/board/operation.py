"""What admins look at when something is wrong, and what they can do there: feeds, outbox, channels, people, the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from alertd.core.errors import AlertdError
from alertd.core.freshness import is_fresh
from alertd.jobs.reach import Reach
from alertd.messages import words
from alertd.store import audit, audits, circuits, configurations, operate, overview, polls, reachability, storms
from alertd.web import body
from alertd.web.board.access import reader, require_form, token_of
from alertd.web.board.words import DONE, FEED_STATES, PART_STATES
from alertd.web.view import posts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.store.database import Database
    from alertd.web.board.access import Reader
    from alertd.web.board.pages import Pages

ACTIONS = ("retry", "release", "discard")
#: Lines of one list; the whole stands in `alertd status --format json`.
MOST = 100
SHORTEST_REASON = 5
#: Channels on which people connect a chat of their own; the others write to an address of the organisation file.
CHATS = frozenset({"telegram", "zalo", "zalo_bot"})
#: Configurations shown, and letters of each one's changes; `alertd config show` has all.
VERSIONS, LETTERS = 10, 4000


@dataclass(frozen=True)
class Operation:
    """The page for admins and its forms. `channels` are those that are configured."""

    database: Database
    rules: Rules
    signer: Signer
    clock: Callable[[], datetime]
    pages: Pages
    ages: Mapping[str, MaxAge]
    channels: tuple[str, ...]

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(prefix="/b/admin", include_in_schema=False)

        async def show(request: Request) -> Response:
            return await asyncio.to_thread(self._show, request)

        async def act(request: Request, action: str) -> Response:
            return await asyncio.to_thread(self._act, request, action, await body.form(request))

        made.add_api_route("", show, methods=["GET", "HEAD"])
        made.add_api_route("/outbox/{action}", act, methods=["POST"])
        return made

    def _show(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        with self.database.read() as connection:
            who = reader(connection, self.rules, token_of(request), self.clock())
            if not who.is_admin:
                return self.pages.show(request, "board/nothing.html", who, 404)
            found = {
                "feeds": self._feeds(connection, who),
                "aside": overview.quarantine_rows(connection, MOST),
                "stuck": operate.stuck(connection, who.now)[:MOST],
                "audited": audits.last(connection),
                "storms": storms.held(connection),
                "channels": self._channels(connection, who),
                "grants": reachability.grants(connection),
                "unreachable": self._unreachable(connection, who),
                "log": audit.latest(connection, MOST),
                "versions": configurations.listed(connection, VERSIONS),
                "strange_units": overview.unmatched_units(connection)[:MOST],
                "strange_statuses": overview.unknown_statuses(connection)[:MOST],
            }
        return self.pages.show(
            request, "board/operation.html", who, status, trouble=trouble, done=request.query_params.get("done", ""),
            clock=lambda at: f"{at.astimezone(self.rules.zone):%H:%M %d/%m/%Y}" if at else "—", letters=LETTERS,
            part_states=PART_STATES, feed_states=FEED_STATES, actions=DONE, called=self._name, **found,
        )  # fmt: skip

    def _act(self, request: Request, action: str, form: dict[str, str]) -> Response:
        message, reason = form.get("message", ""), form.get("reason", "").strip()
        try:
            with self.database.write() as connection:
                who = reader(connection, self.rules, token_of(request), self.clock())
                if not who.is_admin or action not in ACTIONS:
                    return self.pages.show(request, "board/nothing.html", who, 404)
                require_form(self.signer, who.token, form)
                self._do(connection, who, action, message, reason)
                audit.note(connection, who.who, f"outbox {action}", who.now, subject=f"{message} {reason}".strip())
        except AlertdError as error:
            return self._show(request, str(error), 422)
        return RedirectResponse(f"../../admin?done={action}", 303)

    def _do(self, connection: Connection, who: Reader, action: str, message: str, reason: str) -> None:
        """One decision on one message, or on a whole storm (`storm:N`). Raises AlertdError."""
        storm = message.removeprefix("storm:") if message.startswith("storm:") else ""
        if action == "discard" and len(reason) < SHORTEST_REASON:
            raise AlertdError("Ghi lý do bỏ tin. / Say why it is discarded.")
        if storm.isdecimal():
            self._do_storm(connection, who, action, int(storm), reason)
        elif action == "retry":
            reach = Reach(self.database, self.rules, self.channels)
            operate.retry(connection, message, lambda person: reach.route(connection, person, who.now), who.now)
        elif action == "release":
            operate.release(connection, message, who.now)
        else:
            operate.discard(connection, message, reason, who.now)

    def _do_storm(self, connection: Connection, who: Reader, action: str, storm: int, reason: str) -> None:
        if action == "release":
            storms.release(connection, storm, who.now)
        elif action == "discard":
            storms.discard(connection, storm, reason, who.now)

    def _feeds(self, connection: Connection, who: Reader) -> list[dict[str, Any]]:
        states, aside = polls.states(connection), overview.quarantined(connection)
        found = []
        for name, limit in self.ages.items():
            row = states.get(name)
            as_of = row.as_of if row is not None else None
            found.append({
                "name": name, "row": row, "aside": aside.get(name, 0),
                "fresh": is_fresh(as_of, limit, self.rules.calendar, who.now),
                "age": words.elapsed(who.now - as_of) if as_of else "",
            })  # fmt: skip
        return found

    def _channels(self, connection: Connection, who: Reader) -> list[dict[str, Any]]:
        out, pauses = circuits.open_circuits(connection), reachability.pauses(connection, who.now)
        queued, dead = reachability.queued(connection), reachability.dead(connection)
        connected = reachability.connected(connection)
        return [
            {
                "name": name, "circuit": out.get(name), "pause": pauses.get(name), "waiting": queued.get(name, (0, 0)),
                "dead": dead.get(name, 0), "connected": connected.get(name, 0) if name in CHATS else None,
            }
            for name in self.channels
        ]  # fmt: skip

    def _unreachable(self, connection: Connection, who: Reader) -> list[str]:
        """People in office without a way that works, by name."""
        reach = Reach(self.database, self.rules, self.channels)
        day = self.rules.local_date(who.now)
        return [
            f"{person.name} ({person.id})"
            for person in self.rules.organisation.people.values()
            if (not person.posts or any(day in post.span for post in person.posts))
            and not reach.route(connection, person.id, who.now)
        ]

    def _name(self, who: str) -> str:
        """Somebody's name and posts; `person:ID` or `account:NAME` as the log writes them, or an id alone."""
        kind, _, id_ = who.rpartition(":")
        if kind == "account":
            return id_
        person = self.rules.organisation.people.get(id_)
        if person is None:
            return who
        held = posts(self.rules, id_, self.clock())
        return f"{person.name} ({'; '.join(held)})" if held else person.name
