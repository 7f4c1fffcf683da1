"""What every answer carries, and what becomes of a failure: around the whole application."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from alertd import courtesy
from alertd.core.errors import StoreError
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = get("web")
#: Nothing from elsewhere and nothing written into a page runs; forms go only to where they came from.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Files carry their version in their address.
STATIC = "/static/"
_FOREVER, _NEVER = "public, max-age=31536000, immutable", "no-store"


class Shield:
    """Sets the headers, and turns any failure into one line in the log: never an address, a query or a body."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is what is inside."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with ExitStack() as waits:
            waits.enter_context(courtesy.waiting())
            await self._guard(scope, receive, send, waits.close)

    async def _guard(self, scope: Scope, receive: Receive, send: Send, answered: Callable[[], None]) -> None:
        """One request; `answered` once all of the answer is on its way, whatever is still done behind it."""
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _dress(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                answered()

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, alerts go on and the reader gets an answer
            _tell(error, scope)
            if not begun:
                failed = PlainTextResponse("Hệ thống đang bận. Vui lòng thử lại sau ít phút.", 503)
                await failed(scope, receive, guarded)


def _dress(headers: MutableHeaders, path: str, status: int) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    lasting = path.startswith(STATIC) and status < 400  # noqa: PLR2004
    headers["Cache-Control"] = _FOREVER if lasting else _NEVER


def _tell(error: Exception, scope: Scope) -> None:
    # the route and not the path: a path may hold somebody's page reference
    route: Any = scope.get("route")
    kind = str(error) if isinstance(error, StoreError) else type(error).__name__
    log.error("a request failed", page=getattr(route, "path", "unknown"), reason=kind)
