from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from alertd.channels import transport
from alertd.channels.telegram.classify import BAD_REQUESTS, classify
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import NOW


def caused(error, cause):
    """As `raise error from cause` leaves it."""
    error.__cause__ = cause
    return error


NOT_JSON = TelegramError("Invalid server response")
BLOCK_PAGE = "(403). Parsing the server response b'<html>' failed"


@pytest.mark.parametrize(
    ("text", "outcome", "scope"),
    [
        ("Bad Request: chat not found", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: PEER_ID_INVALID", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: CHAT_ID_INVALID", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: chat_id is empty", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: user not found", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: user is deactivated", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: INPUT_USER_DEACTIVATED", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        ("Bad Request: group is deactivated", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: group chat was deactivated", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: group chat was upgraded to a supergroup chat", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: not enough rights to send text messages to the chat", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: have no rights to send a message", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: need administrator rights in the channel chat", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", Outcome.PERM_RECIPIENT, Scope.GROUP),
        ("Bad Request: message is too long", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: MESSAGE_TOO_LONG", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: can't parse entities: unsupported start tag", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: BUTTON_DATA_INVALID", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: message text is empty", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: text must be non-empty", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        ("Bad Request: strings must be encoded in UTF-8", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    ],
)
def test_each_known_text_of_a_400_has_its_outcome(text, outcome, scope):
    result = classify(BadRequest(text), NOW)

    assert (result.outcome, result.scope, result.code) == (outcome, scope, "tg:400")


def test_no_row_of_the_table_is_hidden_by_an_earlier_one():
    for row in BAD_REQUESTS:
        assert next(other for other in BAD_REQUESTS if other.fragment in row.fragment) is row


@pytest.mark.parametrize(
    "text",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: bot is not a member of the channel chat",
        "Forbidden: a text of tomorrow",
    ],
)
def test_every_403_is_about_the_recipient_and_for_good(text):
    result = classify(Forbidden(text), NOW)

    assert (result.outcome, result.scope, result.code) == (Outcome.PERM_RECIPIENT, Scope.RECIPIENT, "tg:403")
    assert result.detail == text


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        pytest.param(InvalidToken("Unauthorized"), Outcome.CHANNEL_DOWN, "tg:401", id="401"),
        pytest.param(InvalidToken("Not Found"), Outcome.CHANNEL_DOWN, "tg:401", id="404"),
        pytest.param(Conflict("Conflict: terminated by other"), Outcome.TRANSIENT, "tg:409", id="409"),
        pytest.param(NetworkError("Too Many Requests: slow"), Outcome.RATE_LIMITED, "tg:429", id="429 without a time"),
        pytest.param(NetworkError("Internal Server Error"), Outcome.UNKNOWN, "tg:server_error", id="500 in JSON"),
        pytest.param(
            caused(NetworkError("Bad Gateway (502). Parsing the server response b'' failed"), NOT_JSON),
            Outcome.UNKNOWN,
            "tg:502",
            id="502 in HTML",
        ),
        pytest.param(
            caused(NetworkError("Request Timeout (408). Parsing the server response b'' failed"), NOT_JSON),
            Outcome.UNKNOWN,
            "tg:408",
            id="408 in HTML",
        ),
        pytest.param(
            caused(NetworkError("Unknown error in HTTP implementation: ..."), ValueError()),
            Outcome.UNKNOWN,
            "tg:call_failed",
            id="a fault within the library",
        ),
        pytest.param(NOT_JSON, Outcome.UNKNOWN, "tg:not_json", id="200 in HTML"),
        pytest.param(KeyError("result"), Outcome.UNKNOWN, "tg:unclassified:KeyError", id="200 without a result"),
        pytest.param(TimeoutError(), Outcome.UNKNOWN, "tg:timeout", id="our own limit"),
        pytest.param(BadRequest("news"), Outcome.TRANSIENT, "tg:unclassified:BadRequest", id="unknown 400"),
        pytest.param(TelegramError("news"), Outcome.TRANSIENT, "tg:unclassified:TelegramError", id="unknown"),
    ],
)
def test_each_other_error_has_its_outcome(error, outcome, code):
    result = classify(error, NOW)

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    "error",
    [
        Forbidden(f"Forbidden {BLOCK_PAGE}"),
        BadRequest(f"Bad Request {BLOCK_PAGE}"),
        InvalidToken(f"Not Found {BLOCK_PAGE}"),
        Conflict(f"Conflict {BLOCK_PAGE}"),
        NetworkError("Found (302). Parsing the server response b'<html>' failed"),
        NetworkError("Unavailable For Legal Reasons (451). Parsing the server response b'<html>' failed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_block_page_takes_the_channel_down_and_not_the_person(error):
    result = classify(caused(error, NOT_JSON), NOW)

    assert (result.outcome, result.scope, result.code) == (Outcome.CHANNEL_DOWN, Scope.CHANNEL, "tg:intercepted")
    assert "<html>" not in result.detail


@pytest.mark.parametrize("row", [row for row in transport.ROWS if issubclass(row.error, httpx.HTTPError)])
@pytest.mark.parametrize("wrapper", [NetworkError("httpx failed"), TimedOut()], ids=["NetworkError", "TimedOut"])
def test_a_failed_connection_counts_by_its_cause(row, wrapper):
    result = classify(caused(wrapper, row.error("")), NOW)

    assert (result.outcome, result.code) == (row.outcome, f"tg:{row.code}")


@pytest.mark.parametrize("given", [7, timedelta(seconds=7)], ids=["int", "timedelta"])
def test_retry_after_becomes_an_instant_with_timedeltas(given, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")

    result = classify(RetryAfter(given), NOW)

    assert (result.outcome, result.scope, result.code) == (Outcome.RATE_LIMITED, Scope.CHANNEL, "tg:429")
    assert result.retry_at == NOW + timedelta(seconds=7)


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_retry_after_becomes_an_instant_with_plain_numbers(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "false")

    assert classify(RetryAfter(7), NOW).retry_at == NOW + timedelta(seconds=7)


def test_a_pause_of_a_week_is_asked_about_again_after_a_day():
    assert classify(RetryAfter(timedelta(days=7)), NOW).retry_at == NOW + timedelta(days=1)


def test_a_group_that_moved_gives_its_new_address_and_nothing_was_sent():
    result = classify(ChatMigrated(-1001234567890), NOW)

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "tg:migrated")
    assert result.new_address == "-1001234567890"
