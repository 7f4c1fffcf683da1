from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta, timezone

import httpcore
import httpx
import pytest

from alertd.channels import transport
from alertd.core.outcome import Outcome, Scope

NOW = datetime(2024, 6, 4, 9, 0, 0, 250, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (httpx.ConnectError("Connection refused"), Outcome.TRANSIENT, "x:connect"),
        (httpx.ConnectTimeout(""), Outcome.TRANSIENT, "x:connect_timeout"),
        (httpx.PoolTimeout(""), Outcome.TRANSIENT, "x:pool_timeout"),
        (httpx.ProxyError("407 Proxy Authentication Required"), Outcome.TRANSIENT, "x:proxy"),
        (httpx.UnsupportedProtocol("gopher://"), Outcome.CHANNEL_DOWN, "x:protocol"),
        (httpx.ReadTimeout(""), Outcome.UNKNOWN, "x:read_timeout"),
        (httpx.WriteTimeout(""), Outcome.UNKNOWN, "x:write_timeout"),
        (httpx.ReadError(""), Outcome.UNKNOWN, "x:read"),
        (httpx.WriteError(""), Outcome.UNKNOWN, "x:write"),
        (httpx.CloseError(""), Outcome.UNKNOWN, "x:close"),
        (httpx.RemoteProtocolError("disconnected"), Outcome.UNKNOWN, "x:protocol_error"),
        (httpcore.ConnectError("Connection refused"), Outcome.TRANSIENT, "x:connect"),
        (httpcore.ConnectTimeout(""), Outcome.TRANSIENT, "x:connect_timeout"),
        (httpcore.PoolTimeout(""), Outcome.TRANSIENT, "x:pool_timeout"),
        (httpcore.ProxyError("407"), Outcome.TRANSIENT, "x:proxy"),
        (httpcore.ReadTimeout(""), Outcome.UNKNOWN, "x:read_timeout"),
        (httpcore.WriteTimeout(""), Outcome.UNKNOWN, "x:write_timeout"),
        (httpcore.ReadError(""), Outcome.UNKNOWN, "x:read"),
        (httpcore.WriteError(""), Outcome.UNKNOWN, "x:write"),
        (httpcore.RemoteProtocolError("disconnected"), Outcome.UNKNOWN, "x:protocol_error"),
        (httpcore.LocalProtocolError(""), Outcome.UNKNOWN, "x:unclassified:LocalProtocolError"),
        (TimeoutError(), Outcome.UNKNOWN, "x:timeout"),
        (httpx.LocalProtocolError(""), Outcome.UNKNOWN, "x:unclassified:LocalProtocolError"),
        (httpx.DecodingError(""), Outcome.UNKNOWN, "x:unclassified:DecodingError"),
        (RuntimeError("anything"), Outcome.UNKNOWN, "x:unclassified:RuntimeError"),
    ],
)
def test_each_failure_of_the_connection_says_whether_the_message_may_have_been_sent(error, outcome, code):
    result = transport.classify(error, "x")

    assert (result.outcome, result.code) == (outcome, code)
    assert result.scope is (Scope.CHANNEL if outcome is Outcome.CHANNEL_DOWN else Scope.MESSAGE)
    assert result.detail


def test_every_row_of_the_table_is_reached_by_its_own_class():
    for row in transport.ROWS:
        error = row.error("")
        assert transport.classify(error, "x").code == f"x:{row.code}"


def test_what_the_system_said_is_quoted_only_where_nothing_was_sent():
    refused = transport.classify(httpx.ConnectError("Connection refused"), "x")
    broken = transport.classify(httpx.RemoteProtocolError("illegal line: 84900000001"), "x")

    assert "Connection refused" in refused.detail
    assert "84900000001" not in broken.detail


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        (" 7 ", NOW + timedelta(seconds=7)),
        ("1.5", NOW + timedelta(seconds=1.5)),
        ("Tue, 04 Jun 2024 09:02:00 GMT", datetime(2024, 6, 4, 9, 2, tzinfo=UTC)),
        ("Tue, 04 Jun 2024 16:02:00 +0700", datetime(2024, 6, 4, 9, 2, tzinfo=UTC)),
        ("Tue, 04 Jun 2024 09:02:00 -0000", datetime(2024, 6, 4, 9, 2, tzinfo=UTC)),
        ("Tuesday, 04-Jun-24 09:02:00 GMT", datetime(2024, 6, 4, 9, 2, tzinfo=UTC)),
        ("Tue Jun  4 09:02:00 2024", datetime(2024, 6, 4, 9, 2, tzinfo=UTC)),
        ("99999999999999999999", NOW + timedelta(days=1)),
        ("9" * 400, NOW + timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(days=1)),
        ("0", None),
        ("Tue, 04 Jun 2024 08:59:00 GMT", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("Tue, 99 Jun 2024 09:02:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_and_never_puts_off_for_more_than_a_day(header, expected):
    assert transport.retry_after(header, NOW) == expected


def test_retry_after_gives_an_instant_in_utc_whatever_the_zone_of_now():
    local = NOW.astimezone(timezone(timedelta(hours=7)))

    assert transport.retry_after("60", local).tzinfo is UTC


def test_the_loggers_that_write_urls_are_raised_to_warning_and_never_lowered():
    logging.getLogger("test.quiet").setLevel(logging.DEBUG)
    logging.getLogger("test.silent").setLevel(logging.ERROR)

    transport.keep_urls_out_of_logs("test.quiet", "test.silent")

    assert logging.getLogger("test.quiet").level == logging.WARNING
    assert logging.getLogger("test.silent").level == logging.ERROR
    assert logging.getLogger("httpx").level >= logging.WARNING
    assert logging.getLogger("httpcore").level >= logging.WARNING
