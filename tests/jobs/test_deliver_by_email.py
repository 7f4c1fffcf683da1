"""Delivery over a real mail channel: what a judge of mails sees of repeats, refusals and failover."""

from __future__ import annotations

from datetime import timedelta

from alertd.channels.email import EmailChannel
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from tests.peers.mail_server import MailServer
from tests.store.ground import RecordingChannel, World, at, dossier, organisation, person, rules

START = at("05/06 16:00")
CONTACTS = (Contact("email", "an@office.example"), Contact("console"))


def make(database, server):
    an = person("an", "staff@TP", ids=("tp.an",), contacts=CONTACTS)
    world = World(database, rules(org=organisation(an)), channels={"console": RecordingChannel()},
                  max_age=MaxAge(working_days=9))  # fmt: skip
    world.channels["email"] = EmailChannel(
        "127.0.0.1", "alertd@office.example", port=server.port, security="none", now=lambda: world.now, timeout=0.5
    )
    world.deliver = world.delivery(world.holder)
    world.run(START, dossier())
    return world


async def test_a_lost_answer_is_repeated_marked_under_the_same_message_id(database):
    async with MailServer(after_dot="drop") as server:
        world = make(database, server)
        await world.send(START)
        server.after_dot = None
        await world.send(START + timedelta(minutes=3))
    first, again = server.mails
    assert first.headers["Message-ID"] == again.headers["Message-ID"]
    assert again.headers["Subject"].startswith("(gửi lại) ")
    assert server.violations == []
    assert [row.outcome for row in world.rows("attempts")] == ["unknown", "accepted"]
    assert world.sent == []


async def test_a_mailbox_that_does_not_exist_is_tried_once_and_the_next_contact_follows(database):
    async with MailServer() as server:
        server.refuse("an@office.example")
        world = make(database, server)
        await world.send(START)
        world.run("06/06 16:00", dossier(), dossier("HS-2", due="11/06 16:00"))
        await world.send("06/06 16:00")
    assert server.commands.count("RCPT") == 1
    assert {part.person for part in world.sent} >= {"an"}
    assert [(row.channel, row.reason) for row in world.rows("addresses")] == [("email", "smtp:550")]


async def test_a_greylisted_mail_is_accepted_when_it_comes_again(database):
    async with MailServer() as server:
        server.greylist("an@office.example")
        world = make(database, server)
        await world.send(START)
        await world.send(START + timedelta(minutes=4))
        assert server.mails == []
        await world.send(START + timedelta(minutes=6))
    assert [row.outcome for row in world.rows("attempts")] == ["transient", "accepted"]
    assert len(server.mails) == 1
