from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from alertd.channels.zalo import hook
from alertd.core.conversation import Inbound, Kind
from tests.peers.zalo_server import ZaloServer

NOW = datetime(2024, 6, 4, 9, 0, 30, tzinfo=UTC)
USER = "3917283910482"
APP, SECRET = "1234567890", "TEST-secret-of-nobody"
JUDGE = ZaloServer(clock=NOW.timestamp)


def event(name, **content):
    return JUDGE.event(name, **content)


def read(name, **content):
    headers, body = event(name, **content)
    return hook.read(headers, body, NOW + timedelta(seconds=1))


def test_a_signature_over_the_headers_timestamp_is_genuine():
    headers, body = event("follow", follower={"id": USER})
    headers["X-ZEvent-Timestamp"] = "1717491631000"
    headers["X-ZEvent-Signature"] = JUDGE.sign(body, "1717491631000")

    assert hook.verify(headers, body, APP, SECRET) == "header"


def test_a_signature_over_the_bodys_timestamp_is_genuine_with_and_without_the_header():
    body = json.dumps({"event_name": "follow", "timestamp": "1717491630000"}).encode()
    signed = JUDGE.sign(body, "1717491630000")

    assert hook.verify({"x-zevent-signature": signed}, body, APP, SECRET) == "body"
    other = {"X-ZEVENT-SIGNATURE": signed, "X-ZEvent-Timestamp": "1"}
    assert hook.verify(other, body, APP, SECRET) == "body"


def test_a_timestamp_that_is_a_number_counts_as_it_is_written():
    body = b'{"event_name":"follow","timestamp":1717491630000}'

    assert hook.verify({"X-ZEvent-Signature": JUDGE.sign(body, "1717491630000")}, body, APP, SECRET) == "body"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda h, b: ({}, b), id="no signature"),
        pytest.param(lambda h, b: ({**h, "X-ZEvent-Signature": ""}, b), id="an empty one"),
        pytest.param(lambda h, b: ({**h, "X-ZEvent-Signature": "mac=" + "0" * 64}, b), id="a wrong one"),
        pytest.param(lambda h, b: ({**h, "X-ZEvent-Signature": "mac=ă€"}, b), id="no ASCII"),
        pytest.param(lambda h, b: (h, b + b" "), id="another body"),
        pytest.param(lambda h, b: (h, b.replace(b"follow", b"fellow")), id="a changed body"),
        pytest.param(lambda h, b: ({**h, "X-ZEvent-Timestamp": "1"}, b.replace(b"17174", b"17175")), id="other times"),
    ],
)
def test_what_is_not_genuine_is_refused(spoil):
    headers, body = spoil(*event("follow", follower={"id": USER}))

    assert hook.verify(headers, body, APP, SECRET) is None


def test_an_hmac_another_secret_and_no_timestamp_are_refused():
    headers, body = event("follow", follower={"id": USER})
    stamp = headers["X-ZEvent-Timestamp"]
    mac = hmac.new(SECRET.encode(), APP.encode() + body + stamp.encode(), hashlib.sha256).hexdigest()

    assert hook.verify({**headers, "X-ZEvent-Signature": f"mac={mac}"}, body, APP, SECRET) is None
    assert hook.verify(headers, body, APP, "another") is None
    assert hook.verify(headers, body, "999", SECRET) is None
    unstamped = b'{"event_name":"follow"}'
    assert hook.verify({"X-ZEvent-Signature": JUDGE.sign(unstamped, "")}, unstamped, APP, SECRET) is None
    nothing = "mac=" + hashlib.sha256(APP.encode() + body + stamp.encode()).hexdigest()
    assert hook.verify({**headers, "X-ZEvent-Signature": nothing}, body, APP, "") is None


def test_the_unsigned_check_of_a_new_address_is_known_and_says_nothing():
    assert hook.is_check(b"{}")
    assert hook.is_check(b" {}\n")
    assert hook.is_check(b"")
    assert not hook.is_check(b'{"event_name":"follow"}')
    assert hook.read({}, b"{}", NOW) == []


def test_a_person_who_follows_is_back_and_one_who_stops_is_gone():
    follow = read("follow", follower={"id": USER}, oa_id="42")
    unfollow = read("unfollow", follower={"id": USER}, oa_id="42")

    assert follow == [Inbound("zalo", f"follow:{USER}:1717491630000", Kind.BACK, USER, NOW)]
    assert [(one.kind, one.address) for one in unfollow] == [(Kind.GONE, USER)]
    assert follow[0].key != unfollow[0].key


def test_what_a_person_writes_is_a_text_with_zalos_own_id():
    found = read("user_send_text", sender={"id": USER}, recipient={"id": "42"},
                 message={"text": "LIENKET 12345678\x00", "msg_id": "96d3cdf3af150460909"})  # fmt: skip

    assert found == [Inbound("zalo", "96d3cdf3af150460909", Kind.TEXT, USER, NOW, "LIENKET 12345678")]


@pytest.mark.parametrize("name", ["user_send_image", "user_send_sticker", "user_send_location"])
def test_a_picture_is_a_sign_of_life_without_words(name):
    found = read(name, sender={"id": USER}, message={"msg_id": "1", "attachments": []})

    assert [(one.kind, one.text, one.private) for one in found] == [(Kind.TEXT, "", True)]


def test_a_text_in_a_group_is_not_private_and_is_answered_there():
    found = read("user_send_group_text", sender={"id": USER}, recipient={"id": "f414"},
                 message={"text": "chào", "msg_id": "2"})  # fmt: skip

    assert [(one.address, one.private) for one in found] == [("group:f414", False)]


def test_a_delivery_receipt_names_the_part():
    message = {"delivery_time": "1717491630000", "msg_id": "a1", "tracking_id": "m0123-1"}
    headers, body = event("user_received_message", message=message, recipient={"id": "84912345678"})
    found = hook.read({**headers, "X-ZEvent-Server": "ZNS"}, body, NOW)

    assert found == [Inbound("zalo", "received:a1", Kind.RECEIPT, "", NOW, "m0123-1")]


def test_a_receipt_without_the_id_of_a_part_says_nothing():
    assert read("user_received_message", message={"msg_ids": ["1"]}) == []


@pytest.mark.parametrize("name", ["change_oa_daily_quota", "change_template_status"])
def test_a_word_about_the_account_is_a_notice(name):
    found = read(name, quota={"prev_quota": "500", "new_quota": "2000"})

    assert [(one.kind, one.text, one.address) for one in found] == [(Kind.NOTICE, name, "")]
    assert found == read(name, quota={"prev_quota": "500", "new_quota": "2000"}), "the same event has the same key"


@pytest.mark.parametrize("name", ["oa_send_text", "oa_send_image", "user_seen_message"])
def test_an_echo_of_what_was_sent_says_nothing(name):
    assert read(name, sender={"id": "42"}, message={"text": "a", "msg_id": "3"}) == []


def test_an_unknown_event_is_seen_and_personal_data_are_not_taken():
    found = read("user_submit_info", sender={"id": USER}, info={"phone": "84912345678", "name": "TEST name"})

    assert [(one.kind, one.text) for one in found] == [(Kind.NOTICE, "unknown:user_submit_info")]
    assert "84912345678" not in str(found)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"5", b"not json", b"[" * 100_000, b"\xff\xfe", b'{"event_name":5}'[:0],
        b'{"event_name":"user_send_text"}',
        b'{"event_name":"user_send_text","sender":[],"message":"x"}',
        b'{"event_name":"user_send_text","sender":{"id":"1"},"message":{"text":"a"}}',
        b'{"event_name":"follow","follower":"1"}',
        b'{"event_name":"follow","follower":{"id":null}}',
        b'{"event_name":"user_send_group_text","message":{"msg_id":"1"}}',
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_says_nothing(body):
    assert hook.read({}, body, NOW) == []
    assert hook.verify({"X-ZEvent-Signature": "mac=0", "X-ZEvent-Timestamp": "1"}, body, APP, SECRET) is None


@pytest.mark.parametrize("stamp", ["soon", "", None, "9" * 30, "-1", "0", 1.5, "17174916300000"])
def test_a_time_that_cannot_be_is_the_time_of_arrival(stamp):
    body = json.dumps({"event_name": "follow", "timestamp": stamp, "follower": {"id": USER}}).encode()

    assert hook.read({}, body, NOW)[0].at == NOW


def test_ids_and_texts_are_bounded_and_can_be_stored():
    message = {"text": "x" * 9000, "msg_id": "\x00\n" + "1" * 500}
    found = read("user_send_text", sender={"id": 3917283910482}, message=message)[0]

    assert (len(found.text), len(found.key), found.address) == (4000, 200, USER)
    assert "\x00" not in found.key
