"""A digest of more than 5,000 characters with everything that a portal may write, over each channel (reference 7.12)."""

from __future__ import annotations

import unicodedata
from itertools import count

import pytest

from alertd.channels.email import EmailChannel
from alertd.channels.telegram import TelegramChannel
from alertd.channels.webhook import WebhookChannel
from alertd.channels.zalo import Endpoint, Forms, Tokens, ZaloChannel
from alertd.channels.zalo_bot import ZaloBotChannel
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.store import people
from alertd.store.credentials import Credentials
from tests.peers.mail_server import MailServer
from tests.peers.telegram_server import TelegramServer
from tests.peers.webhook_receiver import WebhookReceiver
from tests.peers.zalo_bot_server import ZaloBotServer
from tests.peers.zalo_server import ZaloServer
from tests.store.ground import World, at, dossier, organisation, person, rules

START = at("05/06 16:00")
COUNT = 60
TITLE = "Cấp đổi <b>giấy</b> & bản sao 🏛️👨‍👩‍👧 [@cả nhóm] &amp; «ở nước ngoài» "


def telegram(server, _):
    return TelegramChannel(server.token, now=lambda: START, base_url=server.base_url)


def webhook(server, _):
    return WebhookChannel(server.url, "s3cret", now=server.clock)


def zalo(server, vault):
    endpoint = Endpoint(server.url, server.app_id, server.secret_key)
    tokens = Tokens(vault, endpoint, now=lambda: START, access_token=server.access, refresh_token=server.refresh)
    return ZaloChannel(tokens, Forms({"default": "1"}), now=lambda: START, base_url=server.url, phone_url=server.url)


def zalo_bot(server, _):
    return ZaloBotChannel(server.token, base_url=server.url)


def email(server, _):
    return EmailChannel(
        "127.0.0.1", "alertd@office.example", port=server.port, security="none", now=lambda: START, timeout=5.0
    )


def receiver():
    made = WebhookReceiver("s3cret", strict=True, now=START.timestamp)
    made.clock = lambda: START
    return made


#: The fake, the channel that talks to it, the contact, and the texts that arrived.
CHANNELS = {
    # a clock on which every look is two seconds after the last: the pace is not what is tried here
    "telegram": (lambda: TelegramServer(clock=count(0, 2).__next__), telegram, Contact("telegram", "4711"),
                 lambda s: [each.text for each in s.taken]),
    "zalo in a consultation": (lambda: ZaloServer(clock=START.timestamp), zalo, Contact("zalo", "77"),
                               lambda s: s.texts),
    "zalo in a group": (lambda: ZaloServer(clock=START.timestamp), zalo, Contact("zalo", group="g1"),
                        lambda s: s.texts),
    "zalo bot": (ZaloBotServer, zalo_bot, Contact("zalo_bot", "c1"), lambda s: [each.text for each in s.taken]),
    "email": (MailServer, email, Contact("email", "post@office.example"), lambda s: [each.text for each in s.mails]),
    "webhook": (receiver, webhook, Contact("webhook"), lambda s: [each.body["text"] for each in s.seen]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANNELS)
async def test_every_dossier_arrives_in_parts_that_each_channel_takes(database, tmp_path, name):
    make, channel_of, contact, texts = CHANNELS[name]
    async with make() as server:
        channel = channel_of(server, Credentials(database, b"k" * 32, "zalo", "42", tmp_path / "journal"))
        an = person("an", "staff@TP", ids=("tp.an",), contacts=(contact,))
        world = World(database, rules(org=organisation(an)), channels={channel.name: channel},
                      max_age=MaxAge(working_days=9))  # fmt: skip
        if contact.channel == "zalo" and contact.address:
            with database.write() as connection:
                people.connect(connection, "an", "zalo", contact.address, START)
        title = unicodedata.normalize("NFD", TITLE)
        world.run(START, *[dossier(f"HS-{n:03}", procedure=title) for n in range(COUNT)])
        await world.send(START)
        await channel.close()
        arrived = texts(server)
        assert server.violations == []
    rows = world.rows("outbox", person="an")
    assert {(row.state, row.attempts) for row in rows} == {("accepted", 1)}
    assert len(arrived) == len(rows) > 1
    whole = "\n".join(arrived)
    assert len(unicodedata.normalize("NFD", whole)) > 5000
    assert [whole.count(f". HS-{n:03} ·") for n in range(COUNT)] == [1] * COUNT
    assert whole.count("<b>giấy</b> & bản sao 🏛️") == COUNT, "as it was written, in any order of marks"
    for text in arrived:
        assert unicodedata.is_normalized("NFC", text)
        assert len(text) <= 2000
        assert len(text.encode("utf-16-le")) // 2 <= 4096
