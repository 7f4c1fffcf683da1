"""The pace against a Bot API server that measures it and refuses what is too fast (delivery reference 7.5)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from alertd.channels.telegram import TelegramChannel
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.pace import limits
from tests.peers.telegram_server import TelegramServer
from tests.store.ground import World, at, dossier, organisation, person, rules

START = at("05/06 16:00")


class Telegram:
    """A world in which so many officers are told by telegram; time goes by as it does, from 16:00 on."""

    def __init__(self, database, server, people, dossiers=1):
        officers = [
            person(f"p{n}", "staff@TP", ids=(f"tp.p{n}",), contacts=(Contact("telegram", str(1000 + n)),))
            for n in range(people)
        ]
        began = datetime.now(UTC)
        clock = lambda: START + (datetime.now(UTC) - began)  # noqa: E731
        self.channel = TelegramChannel(server.token, now=clock, base_url=server.base_url)
        self.world = World(
            database, rules(org=organisation(*officers)), channels={"telegram": self.channel},
            max_age=MaxAge(working_days=9), limits={"telegram": limits("telegram", 25.0)},
        )  # fmt: skip
        self.clock = clock
        self.world.run(START, *[
            dossier(f"HS-{n}-{d}", officers=(f"tp.p{n}",), procedure="Thủ tục " * 12)
            for n in range(people) for d in range(dossiers)
        ])  # fmt: skip
        self.world.compose(START)
        self.started("first")

    def started(self, holder):
        """A process of this name takes over."""
        self.world.deliver = self.world.delivery(holder)
        for deliver in self.world.deliver.each.values():
            deliver.clock = self.clock
        self.world.deliver.start(self.clock())

    @property
    def job(self):
        return self.world.deliver.each["telegram"]

    async def send_all(self):
        while {row.state for row in self.world.rows("outbox")} - {"accepted"}:
            assert self.clock() < START + timedelta(minutes=1), Counter(
                (row.state, row.detail) for row in self.world.rows("outbox")
            )
            self.world.deliver.route.tick(self.clock())
            await self.job.tick(self.clock())


async def test_two_hundred_people_at_once_get_their_messages_without_one_refusal(database):
    async with TelegramServer(enforce=True) as server:
        telegram = Telegram(database, server, 200)
        await telegram.send_all()
        await telegram.channel.close()
    assert server.violations == []
    assert {row.outcome for row in telegram.world.rows("attempts")} == {"accepted"}
    assert len(server.taken) == 200


async def test_parts_to_one_chat_are_a_second_apart_also_over_a_restart(database):
    async with TelegramServer(enforce=True) as server:
        telegram = Telegram(database, server, 2, dossiers=60)
        seen = []

        def stop_soon(claimed):
            seen.extend(claimed)
            telegram.job.stopping = len(seen) >= 4

        begin = telegram.job._begin
        telegram.job._begin = lambda claimed: (stop_soon(claimed), begin(claimed))
        telegram.world.deliver.route.tick(telegram.clock())
        await telegram.job.tick(telegram.clock())
        assert telegram.job.stopping
        telegram.started("second")
        await telegram.send_all()
        await telegram.channel.close()
    assert server.violations == []
    assert len(server.taken) == len(telegram.world.rows("outbox")) > 8


async def test_a_restart_in_the_middle_of_a_refusal_waits_for_its_end(database):
    async with TelegramServer(enforce=True) as server:
        telegram = Telegram(database, server, 40)
        server.refuse(429, "Too Many Requests: retry after 2", retry_after=2)
        telegram.world.deliver.route.tick(telegram.clock())
        await telegram.job.tick(telegram.clock())
        assert [row.percent for row in telegram.world.rows("paces", scope="telegram")] == [50]
        telegram.started("second")
        await telegram.send_all()
        await telegram.channel.close()
    assert server.violations == []
    outcomes = [row.outcome for row in telegram.world.rows("attempts")]
    assert (outcomes.count("rate_limited"), outcomes.count("accepted")) == (1, 40)
