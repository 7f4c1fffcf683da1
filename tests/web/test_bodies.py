"""A body of 10 MB is refused on every address that takes one, whoever sends it."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
from fastapi.routing import APIRoute

from alertd.web.board.access import COOKIE
from alertd.web.providers import hooks
from tests.web.ground import Site, serving
from tests.web.test_hooks import SETTINGS
from tests.web.visitors import signed_in

LARGE = b"text=" + b"x" * 10_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


#: The action that stands for each form with several.
ACTIONS = {"/m": "explain", "/b/d": "ack", "/b/admin/outbox": "retry"}
#: Opens the board by the reference in its address: its body is never read.
UNREAD = "/m/{token}/board"


def posts(app):
    """Every address that is posted to; routers that are included keep their routes to themselves."""
    routes = [each for route in app.routes for each in getattr(route, "original_router", route_alone(route)).routes]
    return [route.path for route in routes if isinstance(route, APIRoute) and "POST" in route.methods]


def route_alone(route):
    """A route that stands in no router, as one of its own."""
    return SimpleNamespace(routes=[route])


def filled(path, token):
    """The address with something real in the place of each name."""
    action = next((name for begin, name in ACTIONS.items() if path.startswith(begin)), "")
    return path.format(token=token, number=1, action=action)


async def test_a_body_of_10_mb_is_refused_on_every_address(database):
    site = Site(database, hooks=tuple(hooks(SETTINGS))).seed()
    app = site.app()
    paths = posts(app)
    assert UNREAD in paths
    assert len(paths) >= 10
    cookie = signed_in(site, "an")
    before = site.everything()
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        for path in paths:
            if path != UNREAD:
                address = filled(path, site.token())
                answer = await client.post(address, content=LARGE, headers=FORM | {"Cookie": f"{COOKIE}={cookie}"})
                assert answer.status_code == 413, path
    assert site.everything() == before
