"""The way onto the demo's board: an address that is itself the authority, so that nobody has to sign in.

The board is served once more below a path that nobody can guess, as behind a proxy that puts a path before it; whoever
asks there is the reader of one session. The browser gets no cookie: cookies know no ports, and that of another alertd
on this machine is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.web.board.access import COOKIE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    #: An application as servers call it.
    App = Callable[[Any, Any, Any], Awaitable[None]]

SIGN_OUT = "/b/sign-out"


def door(inside: App, token: str) -> App:
    """The application `inside`, and below `/TOKEN` the same as the reader of that session sees it, until it ends."""
    before = f"/{token}"
    cookie = (b"cookie", f"{COOKIE}={token}".encode())

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{before}/"):
            await inside(scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        path, raw = scope["path"].removeprefix(before), scope["raw_path"].removeprefix(before.encode())
        if path == SIGN_OUT:  # the address is what lets in: there is nothing to leave
            await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"./")]})
            await send({"type": "http.response.body"})
            return
        within = {**scope, "path": path, "raw_path": raw, "headers": [*headers, cookie]}
        await inside(within, receive, _without_cookies(send))

    return answer


def _without_cookies(send: Any) -> Any:
    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].lower() != b"set-cookie"]
            message = {**message, "headers": kept}
        await send(message)

    return sent
