"""The read-only JSON API, `/api/v1`: what the board shows, for other programs. Its contract is `/api/v1/openapi.json`.

It takes the cookie of the board, or `Authorization: Bearer TOKEN` with a token of `alertd account token NAME`. What is
seen follows from who asks, as on the board. Instants are ISO 8601 in the configured zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - FastAPI reads it
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import JSONResponse

from alertd.core.freshness import is_fresh
from alertd.store import history, polls
from alertd.web.board.access import NotSignedIn, Reader, reader, token_of
from alertd.web.board.dossier import visible
from alertd.web.board.lists import listed, place
from alertd.web.board.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Row

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.store.database import Database
    from alertd.web.board.tally import Tally
    from alertd.web.noting import Noting

ClassName = Literal["open", "overdue", "late_accept", "due_today", "due_soon", "paused", "no_due", "missing"]
MOST_DIGITS = 18


@dataclass(frozen=True)
class Problem:
    """Why a request is not answered."""

    detail: str


@dataclass(frozen=True)
class Unit:
    """Open dossiers of a processing unit by class; `unit` is null for those that fit none."""

    unit: str | None
    name: str
    open: int
    due_soon: int
    due_today: int
    overdue: int
    late_accept: int
    paused: int
    no_due: int
    missing: int


@dataclass(frozen=True)
class Dossier:
    """One dossier; never who the citizen is. `officers` are ids of people, `unmatched` names that fit nobody."""

    id: int
    code: str
    procedure: str
    unit: str | None
    unit_as_shown: str
    officers: list[str]
    unmatched: list[str]
    phase: str
    received_at: datetime | None
    due_at: datetime | None
    paused_since: datetime | None
    missing_since: datetime | None
    url: str


@dataclass(frozen=True)
class Dossiers:
    """A page of one class; `after` asks for the next one, empty on the last."""

    counts: dict[str, int]
    shown: str
    dossiers: list[Dossier]
    after: str


@dataclass(frozen=True)
class Event:
    """One thing that happened to a dossier, in words."""

    at: datetime
    vi: str
    en: str


@dataclass(frozen=True)
class Story:
    """A dossier and what happened to it, oldest first."""

    dossier: Dossier
    events: list[Event]


@dataclass(frozen=True)
class Feed:
    """How a feed fares; `as_of` is the instant of its newest complete data."""

    feed: str
    state: str
    fresh: bool
    as_of: datetime | None
    rows: int


_bearer = HTTPBearer(auto_error=False, description="A token of `alertd account token NAME`, or the board's cookie.")


def asking(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Reader:
    """Who asks. Raises NotSignedIn."""
    api: Api = request.app.state.api
    token = given.credentials if given is not None else token_of(request)
    with api.database.read() as connection:
        return reader(connection, api.rules, token, api.clock())


Who = Annotated[Reader, Depends(asking)]


@dataclass(frozen=True)
class Api:
    """`ages` are the feeds' `max_age` by name; `clock` tells the instant (aware)."""

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    clock: Callable[[], datetime]
    tally: Tally
    noting: Noting

    def app(self) -> FastAPI:
        """An application of its own, so that only these addresses stand in its description."""
        refused: dict[int | str, dict[str, Any]] = {401: {"model": Problem}}
        unknown = {**refused, 404: {"model": Problem}}
        made = FastAPI(title="alertd", version="1", openapi_url="/openapi.json", docs_url=None, redoc_url=None)
        made.state.api = self
        made.add_exception_handler(NotSignedIn, _not_signed_in)
        made.add_api_route("/units", self.units, methods=["GET"], responses=refused)
        made.add_api_route("/dossiers", self.dossiers, methods=["GET"], response_model=Dossiers, responses=refused)
        made.add_api_route("/dossiers/{number}", self.dossier, methods=["GET"], response_model=Story, responses=unknown)
        made.add_api_route("/feeds", self.feeds, methods=["GET"], responses=refused)
        return made

    def units(self, who: Who) -> list[Unit]:
        """Units that the asker looks after, worst first."""
        counts = self.tally.whole(who.bounds).counts
        mine = [self._unit(unit, here) for unit, here in counts.items() if who.units is None or unit in who.units]
        return sorted(mine, key=lambda unit: (-unit.overdue, unit.unit or ""))

    def dossiers(
        self,
        who: Who,
        later: BackgroundTasks,
        class_: Annotated[ClassName | None, Query(alias="class")] = None,
        unit: Annotated[str | None, Query(max_length=200)] = None,
        after: Annotated[str, Query(max_length=100)] = "",
        own: Annotated[bool, Query()] = False,
    ) -> Dossiers:
        """A page of open dossiers of one class, in its order; without a class the most urgent that is not empty."""
        whole = self.tally.whole(who.bounds)
        with self.database.read() as connection:
            found = listed(connection, who, whole, class_ or "", place(after), unit, own=own or not who.leads)
        later.add_task(self.noting.note, who.who, "list", who.now, subject=f"api {found.shown} {unit or ''}".strip())
        return Dossiers(found.counts, found.shown, [self._dossier(row) for row in found.rows], found.after)

    def dossier(
        self, who: Who, later: BackgroundTasks, number: Annotated[int, Path(ge=1, lt=10**MOST_DIGITS)]
    ) -> Story:
        """One dossier with what happened to it."""
        with self.database.read() as connection:
            row = visible(connection, who, number)
            if row is None:
                raise HTTPException(404, "there is no such dossier, or it is not yours to see")
            events = timeline(history.record(connection, row, who.now), self.rules)
        later.add_task(self.noting.note, who.who, "view", who.now, dossier_id=row.id, subject="api")
        return Story(self._dossier(row), [Event(self._local(each.at), *each.text) for each in events])

    def feeds(self, who: Who) -> list[Feed]:
        """The feeds, and how old their data are."""
        with self.database.read() as connection:
            states = polls.states(connection)
        found = []
        for name, limit in self.ages.items():
            row = states.get(name)
            as_of = row.as_of if row is not None else None
            fresh = is_fresh(as_of, limit, self.rules.calendar, who.now)
            found.append(Feed(name, row.state if row else "never", fresh, self._local(as_of), row.rows if row else 0))
        return found

    def _unit(self, unit: str | None, counts: Mapping[str, int]) -> Unit:
        known = self.rules.organisation.units.get(unit or "")
        return Unit(unit=unit, name=known.name if known else "", **counts)

    def _dossier(self, row: Row[Any]) -> Dossier:
        directory = self.rules.organisation.on(self.rules.local_date(self.clock()))
        officers = directory.officers(row.unit, tuple(row.officers), row.handed_to)
        return Dossier(
            id=row.id, code=row.code, procedure=row.procedure, unit=row.unit, unit_as_shown=row.unit_text,
            officers=list(officers.people), unmatched=list(officers.unmatched), phase=row.phase,
            received_at=self._local(row.received_at), due_at=self._local(row.due_at),
            paused_since=self._local(row.paused_since), missing_since=self._local(row.missing_since), url=row.url,
        )  # fmt: skip

    def _local(self, at: datetime | None) -> Any:
        return at.astimezone(self.rules.zone) if at else None


def _not_signed_in(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "sign in, or give a token"}, 401, {"WWW-Authenticate": "Bearer"})
