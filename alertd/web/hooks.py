"""Providers' hooks: a genuine event is stored and answered with 200 at once, anything else is refused in one line."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from alertd.log import get
from alertd.store import inbound
from alertd.web import body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from alertd.core.conversation import Inbound
    from alertd.store.database import Database

log = get("web")
#: Zalo tells an event again for at most an hour (delivery reference 1a): what is older is a recording.
OLDEST = timedelta(hours=2)


@dataclass(frozen=True)
class Hook:
    """One provider's hook at `/hooks/NAME`.

    `genuine` checks the signature of (headers, body); `read` gives the events that a genuine call tells; `said_at` is
    the provider's own time of it, None where it tells none. `is_check` knows the call by which a provider tries a new
    address, which is not signed and must be answered 200.
    """

    name: str
    genuine: Callable[[Mapping[str, str], bytes], bool]
    read: Callable[[Mapping[str, str], bytes, datetime], Sequence[Inbound]]
    said_at: Callable[[Mapping[str, str], bytes], datetime | None]
    is_check: Callable[[bytes], bool]


def router(
    hooks: Sequence[Hook], database: Database, clock: Callable[[], datetime], heard: Callable[[], None]
) -> APIRouter:
    """The hooks that are configured. `heard` is called when there is something new to handle."""
    made = APIRouter(prefix="/hooks")
    for hook in hooks:
        made.add_api_route(f"/{hook.name}", _endpoint(hook, database, clock, heard), methods=["POST"])
    return made


def _endpoint(
    hook: Hook, database: Database, clock: Callable[[], datetime], heard: Callable[[], None]
) -> Callable[..., object]:
    async def told(request: Request) -> Response:
        headers = dict(request.headers)  # names in lower case
        try:
            raw = await body.read(request, body.HOOK_LIMIT)
        except HTTPException as error:
            log.warning("a call of a hook was refused", hook=hook.name, reason=error.detail)
            raise
        now = clock()
        if not hook.genuine(headers, raw):
            if hook.is_check(raw):
                return Response()
            return _refuse(hook, "the signature is missing or wrong")
        said_at = hook.said_at(headers, raw)
        if said_at is not None and now - said_at > OLDEST:
            return _refuse(hook, "it is older than 2 hours: a replay, or this machine's clock is wrong")
        events = hook.read(headers, raw, now)
        if await asyncio.to_thread(_store, database, events, now):
            heard()
        return Response()

    return told


def _store(database: Database, events: Sequence[Inbound], now: datetime) -> int:
    if not events:
        return 0
    with database.write() as connection:
        return sum(inbound.put(connection, event, now) for event in events)


def _refuse(hook: Hook, reason: str) -> Response:
    log.warning("a call of a hook was refused", hook=hook.name, reason=reason)
    return Response(status_code=401)
