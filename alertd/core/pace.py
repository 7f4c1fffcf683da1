"""How fast one credential may be used (delivery reference 7.5): its rate, its chats, its pauses.

Counted are the instants at which calls really begin, so that whatever holds up a claim, no second sees more of them
than the rate allows.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
#: What a channel without a rate may begin at once.
UNLIMITED = 1_000_000
#: The share of a burst that is kept for what is more urgent than a digest, and how large a burst is, in seconds.
KEPT, BURST = 0.2, 0.2
#: After a refusal the rate is halved; it comes back by so many points of its full value a minute.
RECOVERY, SLOWEST = 10, 5
#: Chats remembered before those long free are forgotten.
MOST_CHATS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows. `per_second` None is no limit.

    A chat rests for `chat_gap` after each call, a group (its id is negative) for `group_gap`. `pause` is kept after a
    refusal that names no instant, and doubles up to `longest_pause`.
    """

    per_second: float | None = None
    chat_gap: timedelta = timedelta()
    group_gap: timedelta = timedelta()
    group_per_minute: int | None = None
    pause: timedelta = SECOND
    longest_pause: timedelta = MINUTE


def limits(channel: str, per_second: float | None) -> Limits:
    """The limits of a channel's provider (delivery reference 7.2 and 7.5)."""
    if channel == "telegram":
        return Limits(per_second, timedelta(seconds=1.05), timedelta(seconds=3.2), 18)
    if channel == "zalo":  # its quota is counted by the minute
        return Limits(per_second, pause=MINUTE, longest_pause=MINUTE)
    if channel == "zalo_bot":
        return Limits(per_second, pause=MINUTE, longest_pause=timedelta(hours=1))
    return Limits(per_second)


@dataclass(frozen=True, slots=True)
class Slowed:
    """What has to survive a restart, of a credential or (`chat` is set) of one of its chats.

    `percent` of the rate was in use from `slowed_at` on.
    """

    chat: str = ""
    paused_until: datetime | None = None
    percent: int = 100
    slowed_at: datetime | None = None


@dataclass
class Pace:
    """The pace of one credential. All instants are aware; the caller tells the present one."""

    limits: Limits = Limits()
    paused_until: datetime | None = None
    percent: int = 100
    slowed_at: datetime | None = None
    _paused_chats: dict[str, datetime] = field(default_factory=dict)
    _begun: deque[datetime] = field(default_factory=deque)
    _claimed: int = 0
    _tokens: float = 0.0
    _filled: datetime | None = None
    _free: dict[str, datetime] = field(default_factory=dict)
    _minutes: dict[str, deque[datetime]] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)

    # --- what may begin -----------------------------------------------------------------------------------------------

    @property
    def spaced(self) -> bool:
        """Whether a chat rests between two calls."""
        return bool(self.limits.chat_gap or self.limits.group_gap)

    def rate(self, now: datetime) -> float | None:
        """Calls in a second at present; None without a limit."""
        if self.limits.per_second is None:
            return None
        return self.limits.per_second * self._percent(now) / 100

    def room(self, now: datetime, *, urgent: bool = True) -> int:
        """How many calls may begin now; what is not `urgent` leaves the last fifth of a burst to what is."""
        if self.paused_until is not None and now < self.paused_until:
            return 0
        rate = self.rate(now)
        if rate is None:
            return UNLIMITED
        self._fill(now, rate)
        while self._begun and not now - SECOND < self._begun[0] <= now:
            self._begun.popleft()
        kept = 0.0 if urgent else KEPT * _burst(rate)
        in_second = max(math.floor(rate), 1) - len(self._begun) - self._claimed
        return max(min(int(self._tokens - kept + 1e-9), in_second), 0)

    def room_at(self, now: datetime) -> datetime:
        """The earliest instant at which anything may begin, if nothing else begins before."""
        if self.paused_until is not None and now < self.paused_until:
            return self.paused_until
        rate = self.rate(now)
        if rate is None or self.room(now, urgent=False):
            return now
        wanted = 1 + KEPT * _burst(rate) - self._tokens
        # rounded up, as a microsecond too early would find no room yet
        at = now + timedelta(seconds=max(wanted, 0) / rate, microseconds=1)
        full = len(self._begun) + self._claimed >= max(math.floor(rate), 1)
        return max(at, self._begun[0] + SECOND) if full and self._begun else at

    def free_at(self, chat: str, now: datetime) -> datetime:
        """The earliest instant at which a call for a chat may begin; at or before `now` when it is free."""
        free = max(self._paused_chats.get(chat, now), self._free.get(chat, now))
        if chat in self._busy:
            free = max(free, now + self._gap(chat))
        if self.limits.group_per_minute is not None and (minute := self._minutes.get(chat)):
            while minute and minute[0] <= now - MINUTE:
                minute.popleft()
            if len(minute) >= self.limits.group_per_minute:
                free = max(free, minute[-self.limits.group_per_minute] + MINUTE)
        return free

    # --- what happens -------------------------------------------------------------------------------------------------

    def claimed(self, chat: str) -> None:
        """A call for a chat will begin at once."""
        self._claimed += 1
        self._tokens -= 1
        if self.spaced:
            self._busy.add(chat)

    def began(self, now: datetime) -> None:
        """A claimed call begins."""
        self._claimed -= 1
        if self.limits.per_second is not None:
            self._begun.append(now)

    def ended(self, chat: str, now: datetime) -> None:
        """A call has its answer: the chat rests from now on, as nobody knows when in between it was counted."""
        self._busy.discard(chat)
        if not self.spaced:
            return
        if len(self._free) > MOST_CHATS:
            self._free = {name: at for name, at in self._free.items() if at > now}
        self._free[chat] = now + self._gap(chat)
        if _is_group(chat):
            self._minutes.setdefault(chat, deque()).append(now)

    def warm(self, calls: Iterable[tuple[str, datetime]], now: datetime) -> None:
        """Take into account the calls (chat, instant) that an earlier process made in the last minute."""
        for chat, at in calls:
            if now - SECOND < at <= now and self.limits.per_second is not None:
                self._begun.append(at)
            self.ended(chat, at)
        rate = self.rate(now)
        if rate is not None:
            self._fill(now, rate)
            self._tokens = max(self._tokens - len(self._begun), 0.0)

    # --- pauses -------------------------------------------------------------------------------------------------------

    def refused(self, chat: str, until: datetime, now: datetime, *, whole: bool) -> None:
        """The provider found this too fast: the chat rests until then, and if `whole` all chats, then at half the rate.

        A provider that does not say which of the two it means is taken to mean both.
        """
        self._paused_chats[chat] = max(until, self._paused_chats.get(chat, until))
        if not whole:
            return
        # calls that were under way together are refused together: that is one refusal
        if self.slowed_at is None or self.paused_until is None or now >= self.paused_until:
            self.percent = max(self._percent(now) // 2, SLOWEST)
            self.slowed_at = now
        self.pause(until)

    def pause(self, until: datetime) -> None:
        """Nothing begins before then."""
        self.paused_until = max(until, self.paused_until or until)

    def pause_after_refusal(self, now: datetime) -> timedelta:
        """How long to pause where the provider named no instant; doubles until the rate has recovered."""
        halvings: int = round(math.log2(100 / self._percent(now)))
        return min(self.limits.pause * float(2**halvings), self.limits.longest_pause)

    def slowed(self, now: datetime) -> list[Slowed]:
        """What has to survive a restart; the credential itself comes first."""
        self._paused_chats = {chat: until for chat, until in self._paused_chats.items() if until > now}
        own = Slowed("", self.paused_until, self.percent, self.slowed_at)
        return [own, *(Slowed(chat, until) for chat, until in self._paused_chats.items())]

    def restore(self, rows: Iterable[Slowed]) -> None:
        """Take up what an earlier process had to remember."""
        for row in rows:
            if row.chat and row.paused_until is not None:
                self._paused_chats[row.chat] = row.paused_until
            elif not row.chat:
                self.paused_until, self.percent, self.slowed_at = row.paused_until, row.percent, row.slowed_at

    # --- the inside ---------------------------------------------------------------------------------------------------

    def _percent(self, now: datetime) -> int:
        if self.slowed_at is None:
            return 100
        return min(100, self.percent + RECOVERY * max((now - self.slowed_at) // MINUTE, 0))

    def _fill(self, now: datetime, rate: float) -> None:
        most = _burst(rate)
        if self._filled is None:
            self._tokens += most
        else:
            self._tokens = min(self._tokens + max((now - self._filled).total_seconds(), 0) * rate, most)
        self._filled = now

    def _gap(self, chat: str) -> timedelta:
        return self.limits.group_gap if _is_group(chat) else self.limits.chat_gap


def _burst(rate: float) -> float:
    """At least one call, besides what is kept for the urgent."""
    return max(BURST * rate, 1 / (1 - KEPT))


def _is_group(chat: str) -> bool:
    return chat.startswith("-")
