"""What came of one call to a provider, and what to do next (delivery reference, 7.1, 7.2 and 7.4; DESIGN section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Outcome(StrEnum):
    """The class of an answer. Only TRANSIENT is certainly not sent and worth the same call again."""

    ACCEPTED = "accepted"
    PERM_RECIPIENT = "perm_recipient"
    PERM_PAYLOAD = "perm_payload"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    DEFER = "defer"
    AUTH = "auth"
    CHANNEL_DOWN = "channel_down"


class Scope(StrEnum):
    """What an outcome speaks about."""

    MESSAGE = "message"
    RECIPIENT = "recipient"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class SendResult:
    """One call, one classified result.

    `code` is the provider's own, prefixed (`tg:403`, `webhook:503`); `detail` carries no secret and no citizen's data;
    `retry_at` is set when the provider named an instant; `new_address` when it moved the chat. `resume_at` says, on any
    answer, that the whole channel asks for calm until then.
    """

    outcome: Outcome
    provider_id: str | None = None
    code: str = ""
    detail: str = ""
    retry_at: datetime | None = None
    scope: Scope = Scope.MESSAGE
    new_address: str | None = None
    resume_at: datetime | None = None
