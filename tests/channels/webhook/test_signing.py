from __future__ import annotations

import pytest

from alertd.channels.webhook import signature, verify

SECRET, TIME, BODY = "chìa khóa", "1717491600", '{"text":"Quá hạn"}'.encode()
# printf '1717491600.{"text":"Quá hạn"}' | openssl dgst -sha256 -hmac 'chìa khóa'
SIGNED = "sha256=f1dcfdd43751117c82861d12861bf2dbeda6c84eecae9e9b275bae44bdbaecea"


def test_the_signature_is_the_hmac_of_timestamp_dot_body():
    assert signature(SECRET, TIME, BODY) == SIGNED


def test_a_genuine_request_is_recognised():
    assert verify(SECRET, TIME, BODY, SIGNED, now=1717491630.5)


@pytest.mark.parametrize(
    ("timestamp", "body", "signed", "now"),
    [
        pytest.param(TIME, BODY + b" ", SIGNED, 1717491600, id="another body"),
        pytest.param("1717491601", BODY, SIGNED, 1717491600, id="another time"),
        pytest.param(TIME, BODY, SIGNED[7:], 1717491600, id="without its prefix"),
        pytest.param(TIME, BODY, "", 1717491600, id="no signature"),
        pytest.param(TIME, BODY, "sha256=quá", 1717491600, id="not ASCII"),
        pytest.param(TIME, BODY, SIGNED, 1717491600 + 301, id="too old"),
        pytest.param(TIME, BODY, SIGNED, 1717491600 - 301, id="from the future"),
        pytest.param("", BODY, SIGNED, 1717491600, id="no time"),
        pytest.param("٣", BODY, SIGNED, 1717491600, id="time in other digits"),
        pytest.param("9" * 5000, BODY, SIGNED, 1717491600, id="endless time"),
    ],
)
def test_anything_else_is_refused(timestamp, body, signed, now):
    assert not verify(SECRET, timestamp, body, signed, now=now)


def test_another_secret_is_refused():
    assert not verify("another", TIME, BODY, SIGNED, now=1717491600)
