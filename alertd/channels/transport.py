"""What a failure of the connection tells about a message: was it sent? (delivery reference, sections 2 and 7.4)."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpcore
import httpx

from alertd.core.outcome import Outcome, Scope, SendResult

# A provider that asks for more is asked again after this: no answer may put an alert off for good.
LONGEST_WAIT = timedelta(days=1)


class Row(NamedTuple):
    """One kind of failure: its class, what it means, its code without the channel's prefix, and a sentence."""

    error: type[Exception]
    outcome: Outcome
    code: str
    detail: str

    def fits(self, error: BaseException) -> bool:
        """Whether it is this failure: what httpx gives others is called by the same names in httpcore beneath it."""
        return isinstance(error, (self.error, getattr(httpcore, self.error.__name__, self.error)))


ROWS = (
    Row(httpx.ConnectError, Outcome.TRANSIENT, "connect", "no connection, nothing was sent"),
    Row(httpx.ConnectTimeout, Outcome.TRANSIENT, "connect_timeout", "no connection in time, nothing was sent"),
    Row(httpx.PoolTimeout, Outcome.TRANSIENT, "pool_timeout", "no connection was free, nothing was sent"),
    # A proxy refuses before it opens the tunnel, so that the provider never saw the request.
    Row(httpx.ProxyError, Outcome.TRANSIENT, "proxy", "the proxy refused, nothing was sent"),
    Row(httpx.UnsupportedProtocol, Outcome.CHANNEL_DOWN, "protocol", "the address is neither http:// nor https://"),
    Row(httpx.ReadTimeout, Outcome.UNKNOWN, "read_timeout", "no answer in time"),
    Row(httpx.WriteTimeout, Outcome.UNKNOWN, "write_timeout", "the request could not be written in time"),
    Row(httpx.ReadError, Outcome.UNKNOWN, "read", "the connection broke before the answer"),
    Row(httpx.WriteError, Outcome.UNKNOWN, "write", "the connection broke while the request was written"),
    Row(httpx.CloseError, Outcome.UNKNOWN, "close", "the connection broke while it was closed"),
    Row(httpx.RemoteProtocolError, Outcome.UNKNOWN, "protocol_error", "the answer broke off or was not HTTP"),
    Row(TimeoutError, Outcome.UNKNOWN, "timeout", "no whole answer in time"),
)


def classify(error: BaseException, channel: str) -> SendResult:
    """Turn a failed call into a result; `channel` prefixes the code (`webhook:connect`).

    What is not in the table is UNKNOWN: it may have been sent.
    """
    for row in ROWS:
        if row.fits(error):
            scope = Scope.CHANNEL if row.outcome is Outcome.CHANNEL_DOWN else Scope.MESSAGE
            return SendResult(row.outcome, code=f"{channel}:{row.code}", detail=_detail(row, error), scope=scope)
    name = type(error).__name__
    return SendResult(Outcome.UNKNOWN, code=f"{channel}:unclassified:{name}", detail=f"the call failed with {name}")


def _detail(row: Row, error: BaseException) -> str:
    # The system's own words ("Connection refused") help only where nothing was sent that they could echo.
    said = str(error) if row.outcome is Outcome.TRANSIENT else ""
    return f"{row.detail}: {said[:120]}" if said else row.detail


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """Read a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date) as an instant in UTC, at most a day ahead.

    None if it is absent, unreadable or not in the future: then the queue's own back-off applies.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return wait_until(float(text), now)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:  # "-0000": UTC without a place
        date = date.replace(tzinfo=UTC)
    return wait_until((date - now).total_seconds(), now)


def wait_until(seconds: float, now: datetime) -> datetime | None:
    """Give the instant in UTC that lies `seconds` after `now`, at most a day; None if it is not in the future."""
    if seconds <= 0:
        return None
    return now.astimezone(UTC) + timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))


def keep_urls_out_of_logs(*loggers: str) -> None:
    """Raise httpx, httpcore and the named loggers to WARNING: below it they write URLs, and a bot's holds its token."""
    for name in ("httpx", "httpcore", *loggers):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
