"""Who is reading, and what they may see: from a cookie to a session to posts in the organisation.

A person comes by the link of a message and needs no account; what they may see follows from their posts on the day. An
account is for admins, and sees everything. Whoever the organisation calls its admin is one too, once a code has shown
that the chat is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from alertd.core.due_classes import bounds
from alertd.replies.scope import Scope, in_office
from alertd.store import sessions
from alertd.store.sessions import GOOD_FOR, Level

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request, Response
    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.signing import Signer

#: Browsers take a cookie of this name only with Secure, for the whole host, from this host.
COOKIE = "__Host-alertd"
LANGUAGE = "alertd-lang"
FORM = "form"


class NotSignedIn(Exception):  # noqa: N818 - not an error: the answer is a page that says how
    """There is no open session behind a request."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. `units` are those whose dossiers they may all see, None for all there are.

    `scope` is None for an account. `who` is what the audit log writes.
    """

    token: str
    who: str
    name: str
    level: Level
    channel: str
    now: datetime
    rules: Rules
    scope: Scope | None
    is_admin: bool

    @property
    def units(self) -> frozenset[str] | None:
        """The units whose dossiers they may all see; None: everything."""
        return None if self.scope is None or self.is_admin else self.scope.led

    @property
    def leads(self) -> bool:
        """Whether they look after more than their own dossiers."""
        return self.units is None or len(self.units) > 0

    @property
    def bounds(self) -> tuple[datetime, datetime, datetime]:
        """The instants between the classes of dossiers."""
        return bounds(self.rules, self.now)


def token_of(request: Request) -> str:
    """The session's cookie; empty when there is none."""
    return request.cookies.get(COOKIE, "")


def reader(connection: Connection, rules: Rules, token: str, now: datetime) -> Reader:
    """Who reads. Raises NotSignedIn when the session is over, or its person has left office."""
    row = sessions.found(connection, token, now) if token else None
    if row is None:
        raise NotSignedIn
    level = Level(row.level)
    if row.account is not None:
        return Reader(token, f"account:{row.account}", row.account, level, "", now, rules, None, is_admin=True)
    person = in_office(rules, row.person, now)
    if person is None:
        raise NotSignedIn
    scope = Scope.of(rules, person.id, now)
    is_admin = level is Level.CONFIRMED and person.id in scope.directory.admin()
    return Reader(token, f"person:{person.id}", person.name, level, row.channel, now, rules, scope, is_admin)


def require_form(signer: Signer, token: str, form: dict[str, str]) -> None:
    """Refuse a form that another site has posted."""
    if not signer.is_form(token, form.get(FORM, "")):
        raise HTTPException(403, "this form has expired; open the page again")


def let_in(response: Response, token: str, level: Level) -> None:
    """Give the browser its cookie."""
    response.set_cookie(
        COOKIE, token, max_age=int(GOOD_FOR[level].total_seconds()), path="/", secure=True, httponly=True,
        samesite="lax",
    )  # fmt: skip


def let_out(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
