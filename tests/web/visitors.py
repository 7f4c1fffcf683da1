"""People at the board: each with a cookie of their own, as a browser would send it."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import httpx

from alertd.store import sessions
from alertd.store.sessions import Level
from alertd.web.board.access import COOKIE
from tests.web.ground import serving


def signed_in(site, person=None, account=None, level=None, channel="console"):
    """A session of somebody; gives the cookie's value."""
    level = level or (Level.ACCOUNT if account else Level.LINK)
    with site.database.write() as connection:
        return sessions.begin(connection, level, site.now, person=person, account=account, channel=channel)


@asynccontextmanager
async def visiting(site, cookie=None):
    """A client of the served site; the cookie is sent as a browser over HTTPS would."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    async with serving(site.app()) as url, httpx.AsyncClient(base_url=url, headers=headers) as client:
        yield client


def cookie_of(answer):
    """The session that an answer gives."""
    found = re.search(rf"{COOKIE}=([^;]+)", answer.headers.get("set-cookie", ""))
    return found[1] if found else None


def mark(page):
    """What the page's forms carry."""
    return re.search(r'name="form" value="([0-9a-f]+)"', page.text)[1]


def ids(page):
    """The dossiers that a page links to."""
    return [int(found) for found in re.findall(r"/b/d/(\d+)\"", page.text)]
