"""The signed page of one message: `/m/TOKEN` shows it, and takes what the person answers (delivery reference 7.10).

The token is all the authority there is: no login, no cookie. Asking for the page changes nothing, because chat programs
fetch every address that is written in a chat.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from alertd.core.errors import AlertdError
from alertd.replies.acknowledge import acknowledge
from alertd.replies.explain import LONGEST, SHORTEST, explain
from alertd.replies.hand_over import hand_over
from alertd.replies.refusal import Refused
from alertd.replies.scope import in_office
from alertd.replies.slip import slip
from alertd.reports.agency import Agency
from alertd.store import answers, attachments, audit
from alertd.web import body, view
from alertd.web.download import download
from alertd.web.strangers import Strangers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.store.database import Database
    from alertd.web.templates import Templates

VIA = "page"
#: A reference that is genuine at this instant but not now has expired.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A line at the top of the page, Vietnamese and English; `look` as in the style sheet."""

    look: str
    text: str
    english: str


DONE = {
    "ack": Told("good", "Đã ghi nhận: đã nhận tin.", "Acknowledged."),
    "explain": Told("good", "Đã lưu giải trình.", "Your explanation is saved."),
    "handover": Told("good", "Đã chuyển hồ sơ cho đồng nghiệp.", "Handed over."),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that could not be taken, so that what was typed is not lost."""

    action: str
    dossier: int
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token opens: a message of a person."""

    message: str
    person: str


@dataclass(frozen=True)
class AnswerPage:
    """The page and its three forms."""

    database: Database
    rules: Rules
    signer: Signer
    clock: Callable[[], datetime]
    templates: Templates
    agency: Agency = field(default_factory=Agency)
    _strangers: Strangers = field(default_factory=Strangers)

    def router(self) -> APIRouter:
        """The page's routes."""
        made = APIRouter(prefix="/m")

        async def show(request: Request, token: str) -> Response:
            return await asyncio.to_thread(self._show, request, token)

        async def take(request: Request, token: str, action: str) -> Response:
            if action not in DONE:
                return self._closed(request)
            return await asyncio.to_thread(self._take, request, token, action, await body.form(request))

        async def fetch(request: Request, token: str) -> Response:
            return await asyncio.to_thread(self._fetch, request, token)

        async def apology(request: Request, token: str, dossier: str) -> Response:
            return await asyncio.to_thread(self._slip, request, token, dossier)

        made.add_api_route("/{token}/file", fetch, methods=["GET"])
        made.add_api_route("/{token}/slip/{dossier}", apology, methods=["GET"])
        made.add_api_route("/{token}", show, methods=["GET", "HEAD"])
        made.add_api_route("/{token}/{action}", take, methods=["POST"])
        return made

    def _show(self, request: Request, token: str) -> Response:
        now = self.clock()
        opened = self.open(request, token, now)
        if isinstance(opened, Response):
            return opened
        return self._page(request, token, opened, now, DONE.get(request.query_params.get("done", "")))

    def _fetch(self, request: Request, token: str) -> Response:
        """The file that went with the message; who fetched it stands in the audit log."""
        now = self.clock()
        opened = self.open(request, token, now)
        if isinstance(opened, Response):
            return opened
        with self.database.read() as connection:
            file = attachments.of_message(connection, opened.message)
        if file is None:
            return self._closed(request)
        with self.database.write() as connection:
            audit.note(connection, f"person:{opened.person}", "download", now, subject=file.name)
        return download(file.name, file.content)

    def _slip(self, request: Request, token: str, dossier: str) -> Response:
        """The filled-in slip of apology for a dossier that the message names; noted in the audit log."""
        now = self.clock()
        opened = self.open(request, token, now)
        if isinstance(opened, Response):
            return opened
        with self.database.read() as connection:
            found = _named(connection, opened.message, dossier)
            row = answers.dossier(connection, found) if found is not None else None
        if row is None:
            return self._closed(request)
        try:
            name, content = slip(self.rules, self.agency, row, now)
        except AlertdError as error:
            told = Told("late", str(error), "There is no slip for this dossier.")
            return self._page(request, token, opened, now, told, status=409)
        with self.database.write() as connection:
            audit.note(connection, f"person:{opened.person}", "slip", now, dossier_id=row.id)
        return download(name, content)

    def _take(self, request: Request, token: str, action: str, form: dict[str, str]) -> Response:
        now = self.clock()
        opened = self.open(request, token, now)
        if isinstance(opened, Response):
            return opened
        dossier = 0
        try:
            with self.database.write() as connection:
                if action == "ack":
                    acknowledge(connection, self.rules, opened.message, opened.person, now, VIA)
                else:
                    found = _named(connection, opened.message, form.get("dossier", ""))
                    if found is None:
                        return self._closed(request)
                    dossier = found
                    if action == "explain":
                        explain(connection, self.rules, dossier, opened.person, form.get("text", ""), now, VIA)
                    else:
                        hand_over(connection, self.rules, dossier, opened.person, form.get("taker", ""), now, VIA)
        except Refused as refusal:
            told = Told("late", f"Chưa ghi nhận. {refusal}", "This could not be done; nothing was changed.")
            return self._page(request, token, opened, now, told, Failed(action, dossier, form.get("text", "")))
        return RedirectResponse(f"../{token}?done={action}", 303)

    def open(self, request: Request, token: str, now: datetime) -> Opened | Response:
        """What the token opens, or the page that says that it opens nothing: forged, foreign and unknown look alike."""
        client = request.client.host if request.client else ""
        wait = self._strangers.wait(client, now)
        if wait:
            answer = self.templates.page(request, "wait.html", status=429)
            answer.headers["Retry-After"] = str(wait)
            return answer
        with self.database.read() as connection:
            whose: dict[str, str | None] = {}

            def person_of(message: str) -> str | None:
                return whose.setdefault(message, answers.message_person(connection, message))

            message = self.signer.open_page(token, now, person_of)
            expired = message is None and self.signer.open_page(token, _EVER, person_of) is not None
        person = in_office(self.rules, whose.get(message) if message else None, now)
        if message and person is not None:
            return Opened(message, person.id)
        if not message and not expired:
            self._strangers.wrong(client, now)
            return self._closed(request)
        return self._closed(request, status=410)

    def _closed(self, request: Request, status: int = 404) -> Response:
        return self.templates.page(request, "closed.html", status=status)

    def _page(
        self,
        request: Request,
        token: str,
        opened: Opened,
        now: datetime,
        told: Told | None,
        failed: Failed | None = None,
        status: int = 200,
    ) -> Response:
        with self.database.read() as connection:
            cards = view.cards(connection, self.rules, opened.message, opened.person, now)
            file = attachments.of_message(connection, opened.message)
        values = {
            "name": self.rules.organisation.people[opened.person].name,
            "posts": view.posts(self.rules, opened.person, now),
            "cards": cards,
            "file": file,
            "summary": view.summary(cards),
            "unread": sum(card.open for card in cards),
            "confirmed": any(card.acknowledged for card in cards),
            "until": view.clock(_until(token), self.rules),
            "token": token,
            "told": told,
            "failed": failed,
            "shortest": SHORTEST,
            "longest": LONGEST,
        }
        return self.templates.page(request, "message.html", values, status=422 if failed else status)


def _until(token: str) -> datetime:
    """When a genuine reference expires."""
    return datetime.fromtimestamp(int(token.split("-")[1], 16), UTC)


def _named(connection: Connection, message: str, dossier: str) -> int | None:
    """The dossier's id, if the message names it."""
    return next((row.id for row in answers.message_dossiers(connection, message) if str(row.id) == dossier), None)
