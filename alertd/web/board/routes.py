"""The routes of the board: the list, one dossier, the units."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask

from alertd.core.due_classes import bounds
from alertd.core.errors import AlertdError
from alertd.replies.refusal import Refused
from alertd.replies.slip import slip
from alertd.reports.agency import Agency
from alertd.store import audit, codes, snapshots
from alertd.web import body
from alertd.web.board import dossier as one
from alertd.web.board.access import Reader, reader, require_form, token_of
from alertd.web.board.cards import line
from alertd.web.board.figures import table
from alertd.web.board.lists import listed, place
from alertd.web.download import download

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.config.places import Places
    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.store.database import Database
    from alertd.web.board.pages import Pages
    from alertd.web.board.tally import Tally, Whole
    from alertd.web.board.weeks import Weeks
    from alertd.web.noting import Noting

#: An id has fewer digits on both engines.
MOST_DIGITS = 19
#: Weeks whose reports are offered: a year's.
WEEKS = 53


@dataclass(frozen=True)
class Board:
    """Every page reads in a thread; what was looked at goes into the audit log once the answer is on its way."""

    database: Database
    rules: Rules
    signer: Signer
    clock: Callable[[], datetime]
    pages: Pages
    tally: Tally
    noting: Noting
    weeks: Weeks | None = None
    agency: Agency = field(default_factory=Agency)
    places: Places | None = None

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(prefix="/b", include_in_schema=False)

        async def listing(request: Request) -> Response:
            return await asyncio.to_thread(self._list, request)

        async def units(request: Request) -> Response:
            return await asyncio.to_thread(self._units, request)

        async def find(request: Request) -> Response:
            return await asyncio.to_thread(self._find, request)

        async def dossier(request: Request, number: str) -> Response:
            return await asyncio.to_thread(self._dossier, request, number)

        async def act(request: Request, number: str, action: str) -> Response:
            return await asyncio.to_thread(self._act, request, number, action, await body.form(request))

        made.add_api_route("/", listing, methods=["GET", "HEAD"])
        made.add_api_route("/units", units, methods=["GET", "HEAD"])
        made.add_api_route("/find", find, methods=["GET", "HEAD"])
        made.add_api_route("/d/{number}", dossier, methods=["GET", "HEAD"])

        async def apology(request: Request, number: str) -> Response:
            return await asyncio.to_thread(self._slip, request, number)

        made.add_api_route("/d/{number}/slip", apology, methods=["GET"])
        made.add_api_route("/d/{number}/{action}", act, methods=["POST"])
        return made

    def _reader(self, connection: Connection, request: Request) -> Reader:
        return reader(connection, self.rules, token_of(request), self.clock())

    def _whole(self) -> Whole:
        """What is open; asked for before anything else, so that nobody waits for it with a connection in hand."""
        return self.tally.whole(bounds(self.rules, self.clock()))

    def _list(self, request: Request) -> Response:
        asked = request.query_params
        unit = asked.get("unit") or None
        whole = self._whole()
        with self.database.read() as connection:
            who = self._reader(connection, request)
            own = not who.leads or asked.get("own") == "1"
            found = listed(connection, who, whole, asked.get("class", ""), place(asked.get("after", "")), unit, own=own)
        named = who.rules.organisation.units.get(unit or "")
        answer = self.pages.show(
            request, "board/list.html", who, found=found, own=own, unit=unit or "",
            unit_name=named.name if named else "",
            lines=[line(row, who, acknowledged=row.id in found.acknowledged) for row in found.rows],
        )  # fmt: skip
        return self._noted(answer, who, "list", subject=f"{found.shown} {unit or ('own' if own else 'led')}")

    def _units(self, request: Request) -> Response:
        whole = self._whole()
        with self.database.read() as connection:
            who = self._reader(connection, request)
            if not who.leads:
                return RedirectResponse(".", 303)
            report = self.weeks.newest(connection) if self.weeks is not None else None
            earlier = snapshots.labels(connection, WEEKS) if report is not None else ()
        mine = [(unit, here) for unit, here in whole.counts.items() if who.units is None or unit in who.units]
        names = {code: unit.name for code, unit in who.rules.organisation.units.items()}
        mine.sort(key=lambda row: (-row[1]["overdue"], -row[1]["due_today"], names.get(row[0] or "", ""), row[0] or ""))
        weeks = self.weeks
        seen = weeks.rows(report, who) if weeks is not None and report is not None else ()
        return self.pages.show(
            request, "board/units.html", who, rows=mine, names=names, report=report, rates=table(seen),
            earlier=earlier, may_see_all=weeks is not None and weeks.may_see_all(who), counted_at=whole.at,
        )  # fmt: skip

    def _find(self, request: Request) -> Response:
        """A dossier by its code, if the reader may see it."""
        code = request.query_params.get("code", "").strip()[:200]
        with self.database.read() as connection:
            who = self._reader(connection, request)
            rows = [row for row in _by_code(connection, code) if one.visible(connection, who, row.id) is not None]
        if len(rows) == 1:
            return RedirectResponse(f"d/{rows[0].id}", 303)
        lines = [line(row, who, acknowledged=False) for row in rows]
        return self.pages.show(request, "board/found.html", who, code=code, lines=lines)

    def _dossier(self, request: Request, number: str, refused: str = "", text: str = "", status: int = 200) -> Response:
        with self.database.read() as connection:
            who = self._reader(connection, request)
            row = _seen(connection, who, number)
            if row is None:
                return self.pages.show(request, "board/nothing.html", who, 404)
            shown = one.shown(connection, who, row, self.places)
        answer = self.pages.show(
            request, "board/dossier.html", who, status, shown=shown, refused=refused, text=text,
            done=request.query_params.get("done", ""),
        )  # fmt: skip
        return self._noted(answer, who, "view", dossier_id=row.id)

    def _slip(self, request: Request, number: str) -> Response:
        """The filled-in slip of apology; who took it stands in the audit log."""
        with self.database.read() as connection:
            who = self._reader(connection, request)
            row = _seen(connection, who, number)
        if row is None:
            return self.pages.show(request, "board/nothing.html", who, 404)
        try:
            name, content = slip(who.rules, self.agency, row, who.now)
        except AlertdError as error:
            return self._dossier(request, number, str(error), status=409)
        return self._noted(download(name, content), who, "slip", dossier_id=row.id)

    def _act(self, request: Request, number: str, action: str, form: dict[str, str]) -> Response:
        try:
            with self.database.write() as connection:
                who = self._reader(connection, request)
                require_form(self.signer, who.token, form)
                row = _seen(connection, who, number)
                if row is None or action not in one.ACTIONS or who.scope is None:
                    return self.pages.show(request, "board/nothing.html", who, 404)
                one.act(connection, who, row, action, form)
                audit.note(connection, who.who, action, who.now, dossier_id=row.id)
        except Refused as refused:
            return self._dossier(request, number, str(refused), form.get("text", ""), 422)
        return RedirectResponse(f"../{number}?done={action}", 303)

    def _noted(self, answer: Response, who: Reader, action: str, **about: Any) -> Response:
        """The audit log is written after the answer: nobody waits for the lock that a poll holds."""
        answer.background = BackgroundTask(self.noting.note, who.who, action, who.now, **about)
        return answer


def _by_code(connection: Connection, code: str) -> list[Row[Any]]:
    return codes.find(connection, code) if code else []


def _seen(connection: Connection, who: Reader, number: str) -> Row[Any] | None:
    if not number.isdecimal() or len(number) >= MOST_DIGITS:
        return None
    return one.visible(connection, who, int(number))
