from __future__ import annotations

import json
import socket

import pytest

from alertd.channels.wire import Heard
from alertd.channels.zalo import oauth
from alertd.channels.zalo.oauth import Came, Endpoint
from tests.peers.loopback import Answer
from tests.peers.zalo_server import EMPTY, GATEWAY

SECRET = "TEST-secret-of-nobody"


def endpoint(url, timeout=5.0, secret=SECRET):
    return Endpoint(url, "1234567890", secret, timeout=timeout, pause=0.01)


async def exchange(url, token, **options):
    made = endpoint(url, **options)
    try:
        return await made.exchange(token)
    finally:
        await made.close()


async def test_a_refresh_token_is_exchanged_once(server):
    old = server.refresh
    first = await exchange(server.url, old)
    again = await exchange(server.url, old)

    assert (first.came, first.access, first.refresh, first.seconds) == (
        Came.FRESH, server.access, server.refresh, 90_000,
    )  # fmt: skip
    assert (again.came, again.code) == (Came.DEAD, "zoauth:empty")


def read(content, status=200):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return oauth.read(Heard(status, {}, body), "TEST-refresh-1", SECRET)


@pytest.mark.parametrize(
    ("answer", "came", "code"),
    [
        pytest.param(b"", Came.DEAD, "zoauth:empty", id="used before"),
        pytest.param(b" \n", Came.DEAD, "zoauth:empty", id="used before, with a blank"),
        pytest.param({"error": -14014}, Came.DEAD, "zoauth:-14014", id="dead"),
        pytest.param({"error": "-14014"}, Came.DEAD, "zoauth:-14014", id="dead, quoted"),
        pytest.param({"error": -14004}, Came.REFUSED, "zoauth:unclassified:-14004", id="another error"),
        pytest.param(b"<html>", Came.UNCERTAIN, "zoauth:http:200", id="200 in HTML"),
        pytest.param(b'{"access_token":"a', Came.UNCERTAIN, "zoauth:http:200", id="cut short"),
        pytest.param([], Came.UNCERTAIN, "zoauth:http:200", id="a list"),
        pytest.param({}, Came.UNCERTAIN, "zoauth:http:200", id="nothing"),
        pytest.param({"access_token": ""}, Came.UNCERTAIN, "zoauth:http:200", id="an empty token"),
        pytest.param({"access_token": 5}, Came.UNCERTAIN, "zoauth:http:200", id="a number for a token"),
        pytest.param({"error": 0}, Came.UNCERTAIN, "zoauth:http:200", id="success without a token"),
        pytest.param({"access_token": "a"}, Came.FRESH, "", id="without a refresh token"),
    ],
)
def test_each_shape_of_an_answer(answer, came, code):
    found = read(answer)

    assert (found.came, found.code) == (came, code)


def test_an_empty_answer_that_is_no_success_leaves_the_token_uncertain():
    assert read(b"", 502).came is Came.UNCERTAIN


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [("90000", 90_000), (3600, 3600), ("3600.0", 3600), (None, 90_000), ("soon", 90_000), ("-1", 90_000),
     ("0", 90_000), (1e300, 90_000), ("1" * 400, 90_000), ([], 90_000), ("nan", 90_000)],
)  # fmt: skip
def test_the_life_of_a_token_is_a_string_or_a_number_and_always_some(expires_in, seconds):
    assert read({"access_token": "a", "expires_in": expires_in}).seconds == seconds


def test_no_token_stands_in_a_detail_or_a_repr():
    said = read({"error": -14014, "error_name": f"Invalid TEST-refresh-1 {SECRET}"})
    fresh = read({"access_token": "TEST-access-9", "refresh_token": "TEST-refresh-9"})

    assert said.detail == "Invalid *** ***"
    assert "TEST" not in repr(fresh)


@pytest.mark.parametrize("fault", ["hang", "drip", "drop", "reset", "half", GATEWAY, EMPTY])
async def test_an_exchange_that_breaks_off_is_uncertain_and_is_not_repeated(server, fault):
    server.exchange_then(fault)
    found = await exchange(server.url, server.refresh, timeout=0.4)

    assert found.came is (Came.DEAD if fault is EMPTY else Came.UNCERTAIN)
    assert len(server.exchanges) == 1


async def test_a_request_that_never_left_uses_nothing_up():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        found = await exchange(f"http://127.0.0.1:{unused.getsockname()[1]}", "TEST-refresh-1")

    assert (found.came, found.code) == (Came.REFUSED, "zoauth:connect")


async def test_a_wrong_secret_uses_nothing_up(server):
    found = await exchange(server.url, server.refresh, secret="wrong")

    assert (found.came, found.code) == (Came.REFUSED, "zoauth:unclassified:-14004")


async def test_a_firewalls_page_is_not_zalos_word(server):
    server.fail_exchange(Answer(403, b"<html>blocked</html>"))

    assert (await exchange(server.url, server.refresh)).came is Came.UNCERTAIN
