"""The account's tokens: handed out, exchanged in time, never lost (delivery reference 7.7).

The order is what protects them: the state is on disk before a refresh token is given away, and its successor is on
disk before anyone uses it. Where they are kept is a `Vault`, given from outside; `store.credentials` has one.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.channels.zalo.oauth import Came
from alertd.core.errors import StoreError
from alertd.core.grant import Grant, GrantState
from alertd.failpoints import reached
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels.zalo.oauth import Endpoint, Exchange
    from alertd.channels.zalo.vault import Vault

log = get("zalo")
#: A new access token that is refused at once is not exchanged again so soon: something else is wrong.
YOUNG = timedelta(minutes=5)
#: How long the grant in memory is handed out before the database is asked again.
FRESH_FOR = timedelta(seconds=60)
#: The age of a configured access token is not known: it is tried for as long as one lives.
CONFIGURED_LIFE = timedelta(hours=25)
#: Looks at another process's exchange, and the seconds between them: together longer than an exchange may take.
LOOKS, LOOK_SECONDS = 40, 0.4
NO_GRANT = "chưa có refresh token Zalo; quản trị viên OA cần cấp quyền lần đầu"
NEEDS_HUMAN = "không đổi được token Zalo; quản trị viên OA cần cấp quyền lại"
LOST = "chưa rõ kết quả đổi token Zalo; sẽ thử lại"
REFUSED = "Zalo từ chối đổi token; kiểm tra app_id, secret_key và đường mạng"
NOT_STORED = "token Zalo mới chưa ghi được vào cơ sở dữ liệu; kiểm tra đĩa và cơ sở dữ liệu"


class Tokens:
    """Hands out the access token of one account, and keeps it fresh.

    `access_token` and `refresh_token` are the configured first grant: taken once, and again when another refresh
    token is configured and the stored one is dead. `now` returns an aware instant. `on_trouble` is called once for
    each new trouble, with the sentence that `trouble` then holds, until an exchange succeeds.
    """

    def __init__(
        self,
        vault: Vault,
        endpoint: Endpoint,
        *,
        now: Callable[[], datetime],
        access_token: str | None = None,
        refresh_token: str | None = None,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        self.trouble: str | None = None
        self._vault = vault
        self._endpoint = endpoint
        self._now = now
        self._configured = (access_token or "", refresh_token or "")
        self._on_trouble = on_trouble
        self._lock = asyncio.Lock()
        self._grant: Grant | None = None
        self._read_at: datetime | None = None
        self._unsaved: Grant | None = None
        self._under_way: asyncio.Task[Grant | None] | None = None

    @property
    def needs_human(self) -> bool:
        """Whether no exchange can help any more: there is no refresh token, or it is dead."""
        return self._grant is None or not self._grant.refresh or self._grant.state is GrantState.DEAD

    async def current(self) -> Grant | None:
        """The grant to use for a call; None when there is no access token that could work. Raises StoreError."""
        now = self._now()
        if self._grant is not None and self._grant.is_usable(now) and self._is_recent(now):
            return self._grant
        async with self._lock:
            grant = await self._load(now)
            if grant is not None and not grant.is_usable(now):
                grant = await self._exchange(grant, now)
            return grant if grant is not None and grant.is_usable(now) else None

    async def renew(self, used: Grant) -> Grant | None:
        """A newer grant than the one whose access token was refused, None if there is none to be had.

        However many ask at the same time, at most one exchange is made. Raises StoreError.
        """
        async with self._lock:
            now = self._now()
            grant = await self._load(now)
            if grant is None or grant.version > used.version:
                return grant
            if not grant.imported and grant.access and timedelta() <= now - grant.access_issued_at < YOUNG:
                return None
            return await self._exchange(grant, now)

    async def tick(self, now: datetime) -> None:
        """Exchange the token at half its life, or again after a lost answer. Never raises but CancelledError."""
        async with self._lock:
            try:
                grant = await self._load(now)
                wanted = grant is not None and (grant.is_due(now) or grant.state is not GrantState.IDLE)
                if grant is not None and wanted and grant.may_refresh(now):
                    await self._exchange(grant, now)
            except StoreError as error:
                log.error("the tokens cannot be read or kept", reason=str(error))

    async def close(self) -> None:
        """Let an exchange under way end: a token given away and not kept is lost for good. Close the connections."""
        if self._under_way is not None:
            await asyncio.gather(self._under_way, return_exceptions=True)
        await self._endpoint.close()

    def _is_recent(self, now: datetime) -> bool:
        return self._read_at is not None and timedelta() <= now - self._read_at < FRESH_FOR

    async def _load(self, now: datetime) -> Grant | None:
        """What is stored, with the configured grant in place of nothing or of a dead one."""
        try:
            grant = await asyncio.to_thread(self._vault.load)  # imports what was written beside the database
            if self._unsaved is not None:
                await asyncio.to_thread(self._vault.save, self._unsaved)
                grant, self._unsaved = await asyncio.to_thread(self._vault.load), None
            if self._is_wanting(grant):
                grant = await asyncio.to_thread(self._vault.adopt, self._first(now))
                log.info("the configured tokens are taken", version=grant.version)
        except StoreError:
            if self._unsaved is None:
                raise
            grant = self._unsaved
        self._grant, self._read_at = grant, now
        if grant is not None and grant.state is GrantState.DEAD:
            self._say(NEEDS_HUMAN)
        elif grant is None or not grant.refresh:
            self._say(NO_GRANT)
        elif grant.state is GrantState.IDLE and self._unsaved is None:
            self.trouble = None
        return grant

    def _is_wanting(self, grant: Grant | None) -> bool:
        access, refresh = self._configured
        if not access and not refresh:
            return False
        return grant is None or (grant.state is GrantState.DEAD and bool(refresh) and grant.seed != _print(refresh))

    def _first(self, now: datetime) -> Grant:
        access, refresh = self._configured
        return Grant(
            access=access,
            refresh=refresh,
            access_issued_at=now,
            access_expires_at=now + CONFIGURED_LIFE if access else now,
            refresh_issued_at=now,
            version=0,
            state=GrantState.IDLE,
            state_since=now,
            seed=_print(refresh),
            imported=True,
        )

    async def _exchange(self, grant: Grant, now: datetime) -> Grant | None:
        """Exchange under the lock; it runs on when the caller is cancelled."""
        if not grant.may_refresh(now):
            return await self._other(grant) if grant.state is GrantState.IN_FLIGHT else None
        self._under_way = asyncio.create_task(self._exchanged(grant, now))
        return await asyncio.shield(self._under_way)

    async def _exchanged(self, grant: Grant, now: datetime) -> Grant | None:
        begun = await asyncio.to_thread(self._vault.mark, grant, GrantState.IN_FLIGHT, "", now)
        if begun is None:
            return await self._other(grant)
        exchange = await self._endpoint.exchange(grant.refresh)
        if exchange.came is Came.FRESH:
            return await self._take(begun, exchange, now)
        await self._failed(grant, begun, exchange, now)
        return None

    async def _take(self, begun: Grant, exchange: Exchange, now: datetime) -> Grant | None:
        """Persist before use."""
        fresh = replace(
            begun,
            access=exchange.access,
            refresh=exchange.refresh or begun.refresh,
            access_issued_at=now,
            access_expires_at=now + timedelta(seconds=exchange.seconds),
            refresh_issued_at=now if exchange.refresh else begun.refresh_issued_at,
            version=begun.version + 1,
            state=GrantState.IDLE,
            state_since=now,
            detail="",
            imported=False,
        )
        try:
            saved = await asyncio.to_thread(self._vault.save, fresh)
        except StoreError as error:
            return await self._journal(fresh, now, error)
        if not saved:  # another process took over meanwhile: what it stored counts
            return await self._load(now)
        reached("token-refreshed")
        self._grant, self._read_at, self.trouble = fresh, now, None
        log.info("tokens exchanged", version=fresh.version, expires_at=fresh.access_expires_at.isoformat())
        return fresh

    async def _journal(self, fresh: Grant, now: datetime, error: StoreError) -> Grant:
        log.error("new tokens could not be stored", version=fresh.version, reason=str(error))
        try:
            await asyncio.to_thread(self._vault.keep, fresh)
        except OSError as failed:
            # The old pair is void: a token in memory alone is better than none while this process lives.
            log.error("new tokens could not be written beside the database either", reason=failed.strerror)
        self._unsaved = self._grant = fresh
        self._read_at = now
        self._say(NOT_STORED)
        return fresh

    async def _failed(self, before: Grant, begun: Grant, exchange: Exchange, now: datetime) -> None:
        state, trouble = _AFTER[exchange.came]
        if exchange.came is Came.UNCERTAIN and before.state is not GrantState.IDLE:
            state = GrantState.LASTING if before.state is not GrantState.REFUSED else state
        log.error("tokens not exchanged", state=state.value, code=exchange.code, detail=exchange.detail)
        detail = f"{exchange.code} {exchange.detail}".strip()
        self._say(f"{trouble} ({exchange.code})")
        marked = await asyncio.to_thread(self._vault.mark, begun, state, detail, now)
        await self._load(now) if marked is None or state is GrantState.DEAD else self._remember(marked, now)

    def _remember(self, grant: Grant, now: datetime) -> None:
        self._grant, self._read_at = grant, now

    async def _other(self, seen: Grant) -> Grant | None:
        """Another process exchanges: wait for what it stores, None if that is nothing newer."""
        for _ in range(LOOKS):
            grant = await asyncio.to_thread(self._vault.load)
            if grant is None or grant.version > seen.version or grant.state is not GrantState.IN_FLIGHT:
                break
            await asyncio.sleep(LOOK_SECONDS)
        if grant is None or grant.version <= seen.version:
            return None
        self._remember(grant, self._now())
        return grant

    def _say(self, trouble: str) -> None:
        """One alarm for one trouble: what was said is not said again until an exchange succeeds."""
        if self.trouble is not None and trouble.partition(" (")[0] == self.trouble.partition(" (")[0]:
            return
        self.trouble = trouble
        log.error("trouble with the tokens", trouble=trouble)
        if self._on_trouble is not None:
            self._on_trouble(trouble)


_AFTER = {
    Came.DEAD: (GrantState.DEAD, NEEDS_HUMAN),
    Came.UNCERTAIN: (GrantState.UNCERTAIN, LOST),
    Came.REFUSED: (GrantState.REFUSED, REFUSED),
}


def _print(token: str) -> str:
    """A fingerprint that tells one configured token from another and gives nothing of it away."""
    return hashlib.sha256(b"alertd seed " + token.encode()).hexdigest()[:16] if token else ""
