from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import httpx
import pytest

from alertd.channels.webhook import WebhookChannel, verify
from alertd.channels.webhook.channel import MAX_ANSWER_BYTES
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome
from tests.channels.samples import NOW, now, outgoing
from tests.peers.loopback import Answer, json_answer
from tests.peers.webhook_receiver import WebhookReceiver

SECRET = "chìa khóa"


@asynccontextmanager
async def channel_to(url, secret=SECRET, timeout=5.0):  # noqa: ASYNC109 - the channel's own
    channel = WebhookChannel(url, secret, now=now, timeout=timeout)
    try:
        yield channel
    finally:
        await channel.close()


async def send(receiver, *, timeout=5.0, **changes):  # noqa: ASYNC109
    async with channel_to(receiver.url, timeout=timeout) as channel:
        return await channel.send(outgoing(**changes))


async def test_the_body_has_exactly_the_fields_of_the_design_and_its_text_is_readable_utf_8():
    async with WebhookReceiver(SECRET) as receiver:
        result = await send(receiver)

    assert result.outcome is Outcome.ACCEPTED
    assert receiver.violations == []
    assert json.loads(receiver.raw[0]) == {
        "id": "m-1.1",
        "person": "truong-phong-tu-phap",
        "person_name": "Trưởng phòng Tư pháp",
        "phone": "84900000001",
        "unit": "TP",
        "kind": "digest",
        "urgency": "high",
        "late": False,
        "text": outgoing().text,
        "part": 1,
        "parts": 1,
        "dossiers": [
            {"code": "H27.35-240531-0007", "step": "overdue", "due_at": "2024-06-03T17:00:00+07:00", "url": None},
        ],
    }
    assert "Trưởng phòng Tư pháp".encode() in receiver.raw[0]


async def test_the_headers_name_the_id_the_time_and_the_signature_of_the_very_bytes():
    async with WebhookReceiver(SECRET) as receiver:
        await send(receiver)

    headers = receiver.seen[0].headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["idempotency-key"] == "m-1.1"
    assert headers["x-alertd-timestamp"] == "1717491600"
    assert receiver.seen[0].signed is True
    assert verify(SECRET, "1717491600", receiver.raw[0], headers["x-alertd-signature"], now=NOW.timestamp())


async def test_without_a_secret_nothing_is_signed():
    async with WebhookReceiver() as receiver, channel_to(receiver.url, secret=None) as channel:
        await channel.send(outgoing())

    assert "x-alertd-signature" not in receiver.seen[0].headers
    assert receiver.violations == []


async def test_another_secret_is_seen_by_the_receiver():
    async with WebhookReceiver("another") as receiver:
        await send(receiver)

    assert receiver.violations == ["the signature is wrong or missing"]


async def test_a_part_sent_again_keeps_its_id():
    async with WebhookReceiver(SECRET) as receiver:
        await send(receiver)
        await send(receiver, text="(gửi lại) Quá hạn")

    assert receiver.repeated == {"m-1.1": 2}
    assert [seen.repeat for seen in receiver.seen] == [0, 1]


async def test_a_receiver_that_checks_everything_takes_it():
    async with WebhookReceiver(SECRET, strict=True, now=NOW.timestamp) as receiver:
        result = await send(receiver)

    assert (result.outcome, receiver.seen[0].refused, receiver.violations) == (Outcome.ACCEPTED, "", [])


async def test_a_page_is_not_among_the_fields():
    async with WebhookReceiver(SECRET) as receiver:
        await send(receiver, page="https://alertd.example/m/token")

    assert receiver.violations == []
    assert b"alertd.example" not in receiver.raw[0]


async def test_nothing_else_about_a_dossier_leaves():
    dossier = {"code": "A", "step": "soon", "due_at": None, "url": "https://x/A", "applicant": "không ai được biết"}

    async with WebhookReceiver(SECRET) as receiver:
        await send(receiver, dossiers=[dossier])

    assert receiver.violations == []
    assert "không ai" not in receiver.raw[0].decode()


async def test_half_a_character_does_not_stop_a_message():
    async with WebhookReceiver(SECRET) as receiver:
        result = await send(receiver, text="hồ sơ \ud83d")

    assert result.outcome is Outcome.ACCEPTED
    assert receiver.seen[0].body["text"] == "hồ sơ ?"


@pytest.mark.parametrize(
    ("answer", "provider_id"),
    [
        pytest.param(json_answer({"id": "gw-7"}), "gw-7", id="text"),
        pytest.param(json_answer({"id": 7}), "7", id="number"),
        pytest.param(json_answer({"id": "x" * 300}), "x" * 200, id="cut"),
        pytest.param(json_answer({"id": True}), None, id="not an id"),
        pytest.param(json_answer({"id": None}), None, id="null"),
        pytest.param(json_answer([1]), None, id="a list"),
        pytest.param(json_answer({}), None, id="no id"),
        pytest.param(Answer(200, b"OK"), None, id="not JSON"),
        pytest.param(Answer(200, b"[" * 60_000), None, id="nested without end"),
        pytest.param(Answer(204), None, id="no content"),
        pytest.param(json_answer({"id": "x", "rest": "." * MAX_ANSWER_BYTES}), None, id="more than 64 KiB"),
        pytest.param(json_answer({"id": "x", "rest": "." * 10_000_000}), None, id="10 MB"),
        pytest.param(json_answer({"id": "gw-7"}, fault="half"), None, id="body cut half-way"),
    ],
)
async def test_any_2xx_is_accepted_and_its_id_kept_if_it_gives_one(answer, provider_id):
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(answer)
        result = await send(receiver)

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, provider_id)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.PERM_PAYLOAD),
        (401, Outcome.PERM_PAYLOAD),
        (410, Outcome.PERM_PAYLOAD),
        (429, Outcome.RATE_LIMITED),
        (500, Outcome.UNKNOWN),
        (503, Outcome.RATE_LIMITED),
    ],
)
async def test_a_status_is_classified_and_asked_for_once(status, outcome):
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(Answer(status, b"a phone number: 84900000001"))
        result = await send(receiver)

    assert (result.outcome, result.code) == (outcome, f"webhook:{status}")
    assert "84900000001" not in result.detail
    assert len(receiver.seen) == 1


async def test_retry_after_becomes_an_instant():
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(Answer(503, headers={"Retry-After": "Tue, 04 Jun 2024 09:10:00 GMT"}))
        result = await send(receiver)

    assert result.retry_at == NOW.replace(minute=10)


async def test_a_redirect_is_not_followed():
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(Answer(307, headers={"Location": f"{receiver.url}/elsewhere?key=secret"}))
        result = await send(receiver)

    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "webhook:307")
    assert "redirect" in result.detail
    assert "key=secret" not in result.detail
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "webhook:read_timeout"),
        ("drip", "webhook:timeout"),
        ("drop", "webhook:protocol_error"),
        ("reset", "webhook:read"),
    ],
)
async def test_an_answer_that_never_comes_leaves_unknown_what_the_receiver_has(fault, code):
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(Answer(fault=fault))
        result = await send(receiver, timeout=0.3)

    assert (result.outcome, result.code) == (Outcome.UNKNOWN, code)
    assert len(receiver.seen) == 1


async def test_a_refused_connection_is_certainly_not_sent():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        async with channel_to(f"http://127.0.0.1:{unused.getsockname()[1]}/hook") as channel:
            result = await channel.send(outgoing())

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "webhook:connect")


async def test_a_connection_that_is_not_taken_up_is_certainly_not_sent():
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for other in (first, second):  # fill the queue of connections that nobody accepts
            other.setblocking(False)
            other.connect_ex(busy.getsockname())
        async with channel_to(f"http://127.0.0.1:{busy.getsockname()[1]}/hook", timeout=0.6) as channel:
            result = await channel.send(outgoing())

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "webhook:connect_timeout")


async def test_a_cancelled_send_is_cancelled():
    async with WebhookReceiver(SECRET, default=Answer(fault="hang")) as receiver, channel_to(receiver.url) as channel:
        task = asyncio.create_task(channel.send(outgoing()))
        async with asyncio.timeout(10):
            while not receiver.seen:  # noqa: ASYNC110 - the fake keeps a list, no event
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_send_after_closing_is_a_result_and_not_an_error():
    async with WebhookReceiver(SECRET) as receiver:
        async with channel_to(receiver.url) as channel:
            pass
        result = await channel.send(outgoing())

    assert result.outcome is Outcome.UNKNOWN
    assert receiver.seen == []


async def test_no_address_and_no_secret_reach_a_log_or_a_detail(talkative):
    async with WebhookReceiver(SECRET) as receiver:
        receiver.answer(200, 500, 302, Answer(fault="drop"))
        async with channel_to(f"{receiver.url}?key=gateway-password") as channel:
            results = [await channel.send(outgoing()) for _ in range(4)]

    assert len(receiver.seen) == 4
    for text in [talkative.text, *(result.detail for result in results)]:
        assert "gateway-password" not in text
        assert SECRET not in text


@pytest.mark.parametrize(
    "url", ["", "gateway/hook", "ftp://gateway/hook", "http://", "http://[::1", "file:///etc/hosts"]
)
def test_an_address_that_cannot_be_used_is_a_clear_error(url):
    with pytest.raises(InputError, match=r"channels\.webhook\.url"):
        WebhookChannel(url, None, now=now)


@pytest.mark.parametrize("secret", ["", "  "])
def test_an_empty_secret_is_an_error_and_not_a_missing_signature(secret):
    with pytest.raises(InputError, match=r"channels\.webhook\.secret"):
        WebhookChannel("http://gateway/hook", secret, now=now)


async def test_a_password_in_the_address_becomes_basic_authentication():
    async with WebhookReceiver() as receiver:
        url = str(httpx.URL(receiver.url).copy_with(username="user", password="word"))
        async with channel_to(url, secret=None) as channel:
            result = await channel.send(outgoing())

    assert result.outcome is Outcome.ACCEPTED
    assert receiver.seen[0].headers["authorization"].startswith("Basic ")
