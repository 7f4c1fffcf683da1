"""Whoever asked waits until the answer is out, and not for what is still done behind it."""

from __future__ import annotations

import httpx
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse

from alertd import courtesy
from alertd.web.shield import Shield


async def seen(answer):
    """(somebody waits, what is done is for an answer): before it, and behind it."""
    found = []

    def look():
        found.append((not courtesy._nobody_waits.is_set(), courtesy.answers()))

    async def app(scope, receive, send):
        look()
        await answer(BackgroundTask(look))(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(Shield(app)), base_url="http://test") as client:
        await client.get("/")
    return found


async def test_nobody_waits_for_what_is_done_behind_an_answer():
    assert await seen(lambda later: PlainTextResponse("x", background=later)) == [(True, True), (False, False)]


async def test_an_answer_in_pieces_is_out_with_its_last_one():
    pieces = []

    async def body():
        for _ in range(3):
            pieces.append(courtesy.answers())
            yield b"x"

    assert await seen(lambda later: StreamingResponse(body(), background=later)) == [(True, True), (False, False)]
    assert pieces == [True] * 3
