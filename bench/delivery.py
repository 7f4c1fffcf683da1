"""Delivery against the fake providers: `./do bench delivery`, or one part of it: `./do bench delivery:pace`."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta

import structlog

from alertd.core.organisation import Contact
from alertd.core.pace import limits
from bench import digest, outage, outbox
from bench.ground import databases, table
from bench.office import PROVIDERS, office

PEOPLE = 200
PACES = {"telegram": 25.0, "zalo": 40.0}
CROWD, BLOCKED = 40, 20


# --- 200 people at once -----------------------------------------------------------------------------------------------


async def _at_once(database, name, rate):
    contacts = [(PROVIDERS[name].contact(n),) for n in range(PEOPLE)]
    async with office(database, [name], contacts, {name: limits(name, rate)}) as made:
        (provider,) = made.providers
        made.read(*made.shown())
        begin = made.clock()
        await made.send_all(seconds=60)
        seconds = (made.clock() - begin).total_seconds()
        least = len(provider.taken) / rate
        return [
            f"{rate:g}/s", len(provider.taken), f"{seconds:.2f}", f"{seconds / least:.2f}",
            made.outcomes()["rate_limited"], len(provider.server.violations),
        ]  # fmt: skip


def pace(quick):
    """Everybody is told at once; the time counts from composing to the last answer on record."""
    rows = []
    with databases() as makers:
        for engine, make in makers.items():
            for name, rate in PACES.items():
                database = make()
                rows.append([engine, name, *asyncio.run(_at_once(database, name, rate))])
                database.close()
            if quick:
                break
    table(
        f"{PEOPLE} people at once",
        ["engine", "channel", "pace", "messages", "seconds", "to messages/pace", "429", "violations"],
        rows,
    )


# --- twenty who blocked the bot ---------------------------------------------------------------------------------------


async def _blocked(database):
    """Three rounds of messages to forty people, of whom every second one has blocked the bot."""
    contacts = [(PROVIDERS["telegram"].contact(n), Contact("webhook")) for n in range(CROWD)]
    paces = {"telegram": limits("telegram", 25.0)}
    async with office(database, ["telegram", "webhook"], contacts, paces) as made:
        telegram, webhook = made.providers
        gone = range(0, CROWD, CROWD // BLOCKED)
        for n in gone:
            telegram.server.block(1000 + n)
        seen = []
        for round_ in range(3):
            seen += made.shown(round_ * CROWD)
            made.read(*seen)
            await made.send_all(seconds=30)
            made.clock.move(timedelta(minutes=1))
        calls = telegram.server.refused
        reached = Counter(who for who, _ in webhook.taken if who.startswith("p"))
        told = Counter(row.subject for row in made.world.rows("alerts", step="address"))
        return [
            len(gone), f"{min(calls.values())} to {max(calls.values())}", sum(reached.values()) / 3, len(reached),
            len(told), max(told.values(), default=0),
            len(telegram.server.violations) + len(webhook.server.violations),
        ]  # fmt: skip


def blocked(quick):
    """What a chat that refuses costs, and who hears of it."""
    rows = []
    with databases() as makers:
        for engine, make in makers.items():
            database = make()
            rows.append([engine, *asyncio.run(_blocked(database))])
            database.close()
            if quick:
                break
    table(
        f"{BLOCKED} of {CROWD} people have blocked the bot, three rounds of messages",
        ["engine", "blocked", "calls each", "messages a round by the next channel", "to people", "admin told of",
         "times each, at most", "violations"],
        rows,
    )  # fmt: skip


PARTS = {"pace": pace, "digest": digest.main, "blocked": blocked, "outage": outage.main, "outbox": outbox.main}


def main(part=None, *, quick=False):
    """Run one part, or all of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name in [part] if part else PARTS:
        PARTS[name](quick)
