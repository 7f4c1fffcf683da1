"""The web application: the board, pages that need no login, providers' hooks, what machines ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse

from alertd.reports.agency import Agency
from alertd.web import hooks as hook_routes
from alertd.web.answer import AnswerPage
from alertd.web.api import Api
from alertd.web.board.access import NotSignedIn
from alertd.web.board.entry import Entry
from alertd.web.board.figures import FiguresPages
from alertd.web.board.operation import Operation
from alertd.web.board.pages import Pages
from alertd.web.board.routes import Board
from alertd.web.board.tally import Tally
from alertd.web.noting import Noting
from alertd.web.shield import Shield
from alertd.web.templates import STATIC, Templates
from alertd.web.vitals import Vitals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from alertd.config.places import Places
    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.core.signing import Signer
    from alertd.core.vitality import Jobs
    from alertd.store.database import Database
    from alertd.web.board.weeks import Weeks
    from alertd.web.hooks import Hook


def create(
    *,
    database: Database,
    rules: Rules,
    signer: Signer | None,
    clock: Callable[[], datetime],
    hooks: Sequence[Hook] = (),
    heard: Callable[[], None] = lambda: None,
    ages: Mapping[str, MaxAge] | None = None,
    channels: Sequence[str] = (),
    weeks: Weeks | None = None,
    agency: Agency = Agency(),  # noqa: B008 - frozen
    places: Places | None = None,
    jobs: Jobs | None = None,
) -> FastAPI:
    """Everything that is served. `clock` tells the instant (aware); `heard` is called when a hook has stored an event.

    `ages` are the feeds' `max_age` by name, `channels` the names of those that are configured, `agency` issues
    letters; without `weeks` no frozen week is shown. `places` says where the rules are written. `jobs` are what must
    run for a heartbeat to be sent, where one is.

    Without a signer no page can be genuine, and none is served.
    """
    # no page that describes this to strangers, and no version of it
    app = FastAPI(title="alertd", docs_url=None, redoc_url=None, openapi_url=None)
    templates = Templates()
    app.include_router(Vitals(database, rules, ages or {}, clock, jobs).router())
    app.include_router(hook_routes.router(hooks, database, clock, heard))
    if signer is not None:
        links = AnswerPage(database, rules, signer, clock, templates, agency)
        pages, tally, noting = Pages(templates, signer), Tally(database), Noting(database)
        # before the page of a message, whose forms have any name
        app.include_router(Entry(database, rules, signer, clock, links, pages).router())
        app.include_router(links.router())
        app.include_router(Board(database, rules, signer, clock, pages, tally, noting, weeks, agency, places).router())
        if weeks is not None:
            app.include_router(FiguresPages(database, rules, clock, pages, weeks).router())
        operation = Operation(database, rules, signer, clock, pages, ages or {}, tuple(channels))
        app.include_router(operation.router())
        app.add_api_route("/", _to_the_board, methods=["GET", "HEAD"], include_in_schema=False)
        app.add_exception_handler(NotSignedIn, lambda request, _error: pages.sign_in(request, "over", 401))
        app.mount("/api/v1", Api(database, rules, ages or {}, clock, tally, noting).app())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:  # noqa: PLR2004
            return templates.page(request, "closed.html", status=404)
        return PlainTextResponse(error.detail, error.status_code, headers=error.headers)

    app.add_exception_handler(HTTPException, refused)
    app.add_middleware(Shield)
    return app


async def _to_the_board() -> Response:
    """Whoever types the bare address; relative, for a proxy may put a path before it."""
    return RedirectResponse("b/", 303)
