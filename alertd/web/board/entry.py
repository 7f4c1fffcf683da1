"""Ways onto the board and off it: the link of a message, a code in the same chat, an admin's password."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from alertd.core.policy import Urgency
from alertd.log import get
from alertd.messages import sign_in
from alertd.store import accounts, answers, audit, direct, people, sessions
from alertd.store.sessions import CODE_FOR, Level
from alertd.web import body
from alertd.web.board.access import COOKIE, NotSignedIn, let_in, let_out, reader, require_form, token_of
from alertd.web.strangers import Strangers, network

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.store.database import Database
    from alertd.web.answer import AnswerPage
    from alertd.web.board.pages import Pages

log = get("web")
#: Under this name wrong passwords are counted, by the address that they came from and the account: whoever only knows
#: an account's name must not be able to keep its owner out.
BOARD = "board"
LONGEST_NAME = 64
#: The reserved step and kind of a message with a code.
STEP = "code"


@dataclass(frozen=True)
class Entry:
    """The routes of signing in and out."""

    database: Database
    rules: Rules
    signer: Signer
    clock: Callable[[], datetime]
    links: AnswerPage
    pages: Pages
    _strangers: Strangers = field(default_factory=Strangers)

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(include_in_schema=False)

        async def by_link(request: Request, token: str) -> Response:
            return await asyncio.to_thread(self._by_link, request, token)

        async def show(request: Request) -> Response:
            return self.pages.sign_in(request)

        async def by_password(request: Request) -> Response:
            return await asyncio.to_thread(self._by_password, request, await body.form(request))

        async def send_code(request: Request) -> Response:
            return await asyncio.to_thread(self._send_code, request, await body.form(request))

        async def take_code(request: Request) -> Response:
            return await asyncio.to_thread(self._take_code, request, await body.form(request))

        async def leave(request: Request) -> Response:
            return await asyncio.to_thread(self._leave, request, await body.form(request))

        made.add_api_route("/m/{token}/board", by_link, methods=["POST"])
        made.add_api_route("/b/sign-in", show, methods=["GET", "HEAD"])
        made.add_api_route("/b/sign-in", by_password, methods=["POST"])
        made.add_api_route("/b/code", send_code, methods=["POST"])
        made.add_api_route("/b/code/confirm", take_code, methods=["POST"])
        made.add_api_route("/b/sign-out", leave, methods=["POST"])
        return made

    def _by_link(self, request: Request, token: str) -> Response:
        """From a message's page: a short session of its person."""
        _refuse_other_sites(request)
        now = self.clock()
        opened = self.links.open(request, token, now)
        if isinstance(opened, Response):
            return opened
        with self.database.write() as connection:
            channel = answers.accepted_on(connection, opened.message) or ""
            made = sessions.begin(connection, Level.LINK, now, person=opened.person, channel=channel)
            audit.note(connection, f"person:{opened.person}", "sign-in", now, subject="link")
        answer = RedirectResponse("../../b/", 303)
        let_in(answer, made, Level.LINK)
        return answer

    def _by_password(self, request: Request, form: dict[str, str]) -> Response:
        """An admin's account. After five wrong passwords an address is not heard on it for a quarter of an hour."""
        _refuse_other_sites(request)
        now = self.clock()
        client = request.client.host if request.client else ""
        name, password = form.get("name", "").strip()[:LONGEST_NAME], form.get("password", "")
        tries = f"{network(client)} {name}"
        with self.database.write() as connection:
            heard = not self._strangers.wait(client, now) and people.may_try(connection, BOARD, tries, now)
            stored = accounts.stored(connection, name)
        if not heard:
            return self.pages.sign_in(request, "wait", status=429)
        # outside the transaction: it takes long on purpose, and nobody else is to wait for it
        if not accounts.is_right(password, stored):
            self._strangers.wrong(client, now)
            log.warning("a wrong password on the board", client=client)
            with self.database.write() as connection:
                people.wrong(connection, BOARD, tries, now)
            return self.pages.sign_in(request, "wrong", status=403)
        with self.database.write() as connection:
            people.forgive(connection, BOARD, tries)
            made = sessions.begin(connection, Level.ACCOUNT, now, account=name)
            audit.note(connection, f"account:{name}", "sign-in", now, subject="password")
        answer = RedirectResponse("../b/", 303)
        let_in(answer, made, Level.ACCOUNT)
        return answer

    def _send_code(self, request: Request, form: dict[str, str]) -> Response:
        """A code to the chat whose link began the session."""
        token, now = token_of(request), self.clock()
        with self.database.write() as connection:
            who = reader(connection, self.rules, token, now)
            require_form(self.signer, token, form)
            if who.scope is None or who.level is not Level.LINK or not who.channel:
                return RedirectResponse("../b/", 303)
            code = sessions.ask_code(connection, token, now)
            if code is not None:
                text = sign_in.text(code, now + CODE_FOR, self.rules.zone)
                # somebody waits for it: no slot and no quiet hour keeps it
                direct.order(
                    connection, who.scope.person, who.channel, text, step=STEP, urgency=Urgency.CRITICAL, now=now
                )
        return self.pages.code(request, who)

    def _take_code(self, request: Request, form: dict[str, str]) -> Response:
        token, now = token_of(request), self.clock()
        with self.database.write() as connection:
            who = reader(connection, self.rules, token, now)
            require_form(self.signer, token, form)
            made = sessions.confirm(connection, token, "".join(form.get("code", "").split()), now)
            if made is not None:
                audit.note(connection, who.who, "sign-in", now, subject="code")
        if made is None:
            return self.pages.code(request, who, "wrong", status=403)
        answer = RedirectResponse("../../b/", 303)
        let_in(answer, made, Level.CONFIRMED)
        return answer

    def _leave(self, request: Request, form: dict[str, str]) -> Response:
        token = token_of(request)
        with self.database.write() as connection:
            try:
                who = reader(connection, self.rules, token, self.clock())
            except NotSignedIn:
                who = None
            if who is not None:
                require_form(self.signer, token, form)
                sessions.end(connection, token)
        answer = RedirectResponse("../b/sign-in", 303)
        if COOKIE in request.cookies:
            let_out(answer)
        return answer


def _refuse_other_sites(request: Request) -> None:
    """Nobody is to be signed in as somebody else by a page of another site; every present browser says where from."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403, "sign in on the board's own page")
