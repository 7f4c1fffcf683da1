"""What an answer of Zalo says: errors come with HTTP 200 (delivery reference 1a, 1b and 7.4)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from alertd.channels import transport
from alertd.channels.plain import redacted
from alertd.channels.wire import number
from alertd.channels.zalo import codes, hours
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from alertd.channels.wire import Heard
    from alertd.channels.zalo.codes import Host

#: Below this share of the minute's rate the rest of the minute is left to others (reference 7.5).
RATE_RESERVE = 0.1


class Quota(NamedTuple):
    """What a day's quota of templates is, and what is left of it."""

    daily: int
    remaining: int


def classify(host: Host, heard: Heard, now: datetime, *, part_id: str, template: bool, secret: str) -> SendResult:
    """Turn an answer into a result. `secret` is the token used: it never stands in a detail.

    A code of Zalo's own counts whatever the status; without one a status below 500 certainly was no success.
    """
    answer = heard.json()
    code = number(answer.get("error")) if answer is not None else None
    if answer is not None and code == 0 and heard.status == HTTPStatus.OK:
        return SendResult(Outcome.ACCEPTED, provider_id=_id(answer), resume_at=resume_at(heard.headers, now))
    if answer is not None and code:
        said = redacted(str(answer.get("message") or ""), secret)
        row = codes.row(host, code, template=template)
        if row is not None:
            detail = f"{row.meaning}: {said}" if said else row.meaning
            retry_at = hours.instant(row.again, now, part_id) if row.again else None
            return SendResult(row.outcome, code=f"{host}:{code}", detail=detail, retry_at=retry_at, scope=row.scope)
        if heard.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return SendResult(Outcome.TRANSIENT, code=f"{host}:unclassified:{code}", detail=said)
    return _by_status(host, heard, now, is_json=answer is not None)


def resume_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The next minute, if less than a tenth of this minute's rate is left; None if there is room or no word of it."""
    limit, remain = number(headers.get("X-RateLimit-Limit")), number(headers.get("X-RateLimit-Remain"))
    if limit is None or remain is None or limit <= 0 or remain >= RATE_RESERVE * limit:
        return None
    return hours.next_minute(now)


def quota(heard: Heard) -> Quota | None:
    """The quota that an accepted template tells of, None if it tells of none."""
    answer = heard.json() or {}
    data = answer.get("data")
    told = data.get("quota") if isinstance(data, dict) else None
    if not isinstance(told, dict):
        return None
    daily, remaining = number(told.get("dailyQuota")), number(told.get("remainingQuota"))
    return None if daily is None or remaining is None or daily <= 0 else Quota(daily, remaining)


def _by_status(host: Host, heard: Heard, now: datetime, *, is_json: bool) -> SendResult:
    status, form = heard.status, "" if is_json else " with what is not JSON"
    code, detail = f"{host}:http:{status}", f"answered {status}{form}"
    if status == HTTPStatus.OK:
        code = f"{host}:no_code" if is_json else f"{host}:not_json"
        return SendResult(Outcome.UNKNOWN, code=code, detail=detail)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        at = transport.retry_after(heard.headers.get("Retry-After"), now) or hours.next_minute(now)
        return SendResult(Outcome.RATE_LIMITED, code=code, detail=detail, retry_at=at, scope=Scope.CHANNEL)
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT} or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendResult(Outcome.UNKNOWN, code=code, detail=detail)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return SendResult(Outcome.UNKNOWN, code=code, detail=detail)
    # A redirect, or a refusal without a code of Zalo: a wrong address, or a firewall speaks. It ends nobody's address.
    return SendResult(Outcome.CHANNEL_DOWN, code=code, detail=detail, scope=Scope.CHANNEL)


def _id(answer: Mapping[str, Any]) -> str | None:
    data = answer.get("data")
    if not isinstance(data, dict):
        return None
    given = data.get("message_id") or data.get("msg_id")  # of the OA, of a template by phone
    return str(given)[:200] if isinstance(given, str | int) and given else None
