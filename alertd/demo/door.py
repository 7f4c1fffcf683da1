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


def door(inside: App, token: str) -> App:
    """The application `inside`, and below `/TOKEN` the same as the reader of that session sees it."""
    before = f"/{token}"
    cookie = (b"cookie", f"{COOKIE}={token}".encode())

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{before}/"):
            headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
            path, raw = scope["path"].removeprefix(before), scope["raw_path"].removeprefix(before.encode())
            scope = {**scope, "path": path, "raw_path": raw, "headers": [*headers, cookie]}
        await inside(scope, receive, send)

    return answer
