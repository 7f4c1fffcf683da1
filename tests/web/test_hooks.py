"""Providers' hooks over HTTP: what is genuine is stored once and answered at once, anything else is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from alertd.config.channels import Channels
from alertd.config.secrets import Secret
from alertd.core.conversation import Kind
from alertd.core.errors import StoreError
from alertd.core.outcome import Outcome, SendResult
from alertd.jobs.hear import Hear
from alertd.replies import words
from alertd.replies.desk import Desk
from alertd.store import inbound
from alertd.web.body import HOOK_LIMIT
from alertd.web.providers import hooks
from tests.store.ground import HOUR, MINUTE
from tests.web.ground import NOW, Site

APP, SECRET, BOT_SECRET = "4312", "khoa-bi-mat-cua-oa", "bi-mat-cua-bot"
WRITTEN = "LIENKET 12345678"
SETTINGS = Channels.model_construct(
    zalo=type("Zalo", (), {"app_id": APP, "secret_key": Secret(SECRET), "webhook_secret": None}),
    zalo_bot=type("ZaloBot", (), {"webhook_secret": Secret(BOT_SECRET)}),
)


@pytest.fixture
def site(database):
    return Site(database, hooks=tuple(hooks(SETTINGS)))


def stamp(at=NOW):
    return str(int(at.timestamp() * 1000))


def said(text=WRITTEN, msg_id="msg-1", at=NOW):
    """What Zalo posts when a person has written."""
    event = {
        "app_id": APP, "event_name": "user_send_text", "timestamp": stamp(at), "sender": {"id": "2468"},
        "recipient": {"id": "1357"}, "message": {"msg_id": msg_id, "text": text},
    }  # fmt: skip
    return json.dumps(event).encode()


def signed(body, secret=SECRET, at=NOW, given=None):
    mac = hashlib.sha256(APP.encode() + body + (given or stamp(at)).encode() + secret.encode()).hexdigest()
    return {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}


def bot_said(msg_id="b-1"):
    message = {
        "from": {"id": "777"}, "chat": {"id": "777", "chat_type": "PRIVATE"}, "text": WRITTEN, "message_id": msg_id,
        "date": int(stamp()),
    }  # fmt: skip
    return json.dumps({"ok": True, "result": {"event_name": "message.text.received", "message": message}}).encode()


def stored(site):
    with site.database.read() as connection:
        return [each.event for each in inbound.take(connection, 100)]


async def test_a_genuine_event_is_stored_as_understood_and_wakes_who_handles_it(site):
    async with site.served() as client:
        answer = await client.post("/hooks/zalo", content=said(), headers=signed(said()))
    assert (answer.status_code, answer.content) == (200, b"")
    (event,) = stored(site)
    assert (event.channel, event.kind, event.text, event.at) == ("zalo", Kind.TEXT, WRITTEN, NOW)
    assert site.heard == 1


async def test_an_event_that_is_told_again_is_answered_and_stored_once(site):
    async with site.served() as client:
        for num_retry in range(5):
            headers = signed(said()) | {"num_retry": str(num_retry)}
            assert (await client.post("/hooks/zalo", content=said(), headers=headers)).status_code == 200
    assert len(stored(site)) == 1
    assert site.heard == 1


async def test_an_event_of_the_bot_is_stored(site):
    async with site.served() as client:
        headers = {"X-Bot-Api-Secret-Token": BOT_SECRET}
        assert (await client.post("/hooks/zalo-bot", content=bot_said(), headers=headers)).status_code == 200
    assert [event.channel for event in stored(site)] == ["zalo_bot"]


BODY = said()
REFUSED = {
    "no signature": ("zalo", BODY, {}),
    "another's secret": ("zalo", BODY, signed(BODY, secret="another")),
    "another body's": ("zalo", BODY, signed(said("khác"))),
    "not even text": ("zalo", BODY, {"X-ZEvent-Signature": "mac=\xff\xfe"}),
    "an empty one": ("zalo", BODY, {"X-ZEvent-Signature": ""}),
    "the bot's no secret": ("zalo-bot", bot_said(), {}),
    "the bot's wrong secret": ("zalo-bot", bot_said(), {"X-Bot-Api-Secret-Token": "wrong"}),
    "unsigned emptiness for the bot": ("zalo-bot", b"{}", {}),
    "nearly the check": ("zalo", b'{"event_name": "follow"}', {}),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_genuine_is_refused_with_one_line_and_without_its_words(site, case):
    name, content, headers = REFUSED[case]
    before = site.everything()
    with capture_logs() as logs:
        async with site.served() as client:
            raw = {key: value.encode("latin-1") for key, value in headers.items()}
            answer = await client.post(f"/hooks/{name}", content=content, headers=raw)
    assert answer.status_code == 401
    (line,) = [line for line in logs if line["log_level"] != "info"]
    assert (line["hook"], line["reason"]) == (name, "the signature is missing or wrong")
    assert_no_words(logs)
    assert site.everything() == before
    assert site.heard == 0


@pytest.mark.parametrize(("age", "status"), [(HOUR, 200), (2 * HOUR, 200), (2 * HOUR + MINUTE, 401)])
async def test_a_recording_is_refused_and_the_last_try_of_zalo_is_not(site, age, status):
    body = said(at=NOW - age)
    with capture_logs() as logs:
        async with site.served() as client:
            answer = await client.post("/hooks/zalo", content=body, headers=signed(body, at=NOW - age))
    assert answer.status_code == status
    assert len(stored(site)) == (status == 200)
    refused = [line["reason"] for line in logs if line["log_level"] == "warning"]
    assert refused == (
        [] if status == 200 else ["it is older than 2 hours: a replay, or this machine's clock is wrong"]
    )


async def test_a_recording_of_a_year_ago_is_refused_too(site):
    at = NOW - timedelta(days=365)
    body = said(at=at)
    async with site.served() as client:
        assert (await client.post("/hooks/zalo", content=body, headers=signed(body, at=at))).status_code == 401
        # without a time of its own, the one that was signed with it counts
        bare = json.dumps({"event_name": "follow", "follower": {"id": "2468"}}).encode()
        headers = signed(bare, at=at) | {"X-ZEvent-Timestamp": stamp(at)}
        assert (await client.post("/hooks/zalo", content=bare, headers=headers)).status_code == 401
    assert stored(site) == []


async def test_zalos_look_at_a_new_address_is_answered(site):
    before = site.everything()
    async with site.served() as client:
        assert (await client.post("/hooks/zalo", content=b"{}")).status_code == 200
    assert site.everything() == before


@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_are_refused_with_one_line(site, chunked):
    async def pieces():
        for _ in range(10):
            yield b"x" * 1_000_000

    content = pieces() if chunked else b"x" * 10_000_000
    with capture_logs() as logs:
        async with site.served() as client:
            answer = await client.post("/hooks/zalo", content=content)
    assert answer.status_code == 413
    (line,) = [line for line in logs if line["log_level"] != "info"]
    assert line["reason"] == "the body is larger than 262144 bytes"


async def test_the_limit_itself_still_fits(site):
    room = HOOK_LIMIT - len(said(""))
    body = said("x" * room)
    assert len(body) == HOOK_LIMIT
    async with site.served() as client:
        assert (await client.post("/hooks/zalo", content=body, headers=signed(body))).status_code == 200
        assert (await client.post("/hooks/zalo", content=body + b" ", headers=signed(body + b" "))).status_code == 413


@pytest.mark.parametrize("body", [b"[]", b"null", b"\xff\xfe", b'{"event_name": 5}', b"[" * 200_000])
async def test_a_signed_body_in_no_known_shape_breaks_nothing(site, body):
    headers = signed(body) | {"X-ZEvent-Timestamp": stamp()}
    async with site.served() as client:
        answer = await client.post("/hooks/zalo", content=body, headers=headers)
        assert answer.status_code == 200
        assert (await client.post("/hooks/zalo", content=said(), headers=signed(said()))).status_code == 200


async def test_a_store_that_is_away_lets_the_provider_try_again(site, monkeypatch):
    def away():
        raise StoreError("the database is away")

    monkeypatch.setattr(site.database, "write", away)
    with capture_logs() as logs:
        async with site.served() as client:
            answer = await client.post("/hooks/zalo", content=said(), headers=signed(said()))
    assert answer.status_code == 503
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert line["reason"] == "the database is away"
    assert_no_words(logs)


async def test_only_what_is_configured_is_served(database):
    async with Site(database).served() as client:
        assert (await client.post("/hooks/zalo", content=b"{}")).status_code == 404
        assert (await client.post("/hooks/zalo-bot", content=b"{}")).status_code == 404


def test_a_bot_without_a_secret_has_no_hook():
    bare = Channels.model_construct(zalo=None, zalo_bot=type("ZaloBot", (), {"webhook_secret": None}))
    assert hooks(bare) == []


async def test_a_hook_is_only_posted_to(site):
    async with site.served() as client:
        assert (await client.get("/hooks/zalo")).status_code == 405


async def test_what_a_stranger_asks_over_the_hook_is_answered_on_zalo(site):
    class Chat:
        said = ()

        async def answer(self, address, reply):
            self.said = (*self.said, (address, reply.text))
            return SendResult(Outcome.ACCEPTED)

    chat, desk = Chat(), Desk(site.database, site.rules, site.signer, lambda *_: None)
    async with site.served() as client:
        for _ in range(2):
            body = said("QUAHAN")
            await client.post("/hooks/zalo", content=body, headers=signed(body))
    assert await Hear(site.database, desk.answer, {"zalo": chat}).tick(NOW) == 1
    assert chat.said == (("2468", words.stranger("zalo")),)


def assert_no_words(logs):
    for word in (WRITTEN, "12345678", "2468", SECRET, BOT_SECRET):
        assert word not in str(logs)
