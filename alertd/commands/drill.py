"""`alertd drill`: a marked test message on every channel of a person, and who did not get it."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, configuration, say, stored, table
from alertd.config.nearest import nearest
from alertd.config.times import elapsed
from alertd.core.delivery import PartState
from alertd.core.errors import InputError, StoreError
from alertd.core.policy import Urgency
from alertd.jobs.reach import Reach
from alertd.messages import drill as template
from alertd.store import direct, drill, only_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from pathlib import Path

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.core.organisation import Person
    from alertd.jobs.deliver import Deliver
    from alertd.store.database import Database

LOOK_SECONDS = 0.2
HEADERS = ["người", "kênh", "kết quả"]


@dataclass(slots=True)
class Trial:
    """One person on one channel: the test message's id, '' where there was no way to send one."""

    person: str
    channel: str
    message: str = ""
    reached: bool = False
    result: str = ""


@click.command("drill")
@click.option("--person", "people", multiple=True, metavar="ID", help="Người nhận thử. / Whom to try, by id.")
@click.option("--all", "everybody", is_flag=True, help="Mọi người. / Everybody.")
@click.option("--wait", default="60s", show_default=True, help="Chờ kết quả bao lâu. / How long to wait: 60s, 5m.")
@config_option
def command(people: tuple[str, ...], everybody: bool, wait: str, folder: Path) -> None:
    """Gửi tin thử qua mọi kênh, báo ai không nhận được. / A test message on every channel; who did not get it."""
    if bool(people) == everybody:
        raise click.UsageError("name somebody with --person ID, or write --all.")
    patience = elapsed(wait)
    if patience is None:
        raise InputError(f"--wait: {wait!r} is no length of time; write it like 60s or 5m")
    loaded = configuration(folder)
    loaded.require_secrets()
    now = _now()
    chosen = _everybody(loaded, now) if everybody else [_named(loaded, name) for name in dict.fromkeys(people)]
    database = stored(loaded)
    with redirect_stdout(sys.stderr):  # where the console channel shows its messages
        trials = asyncio.run(tried(loaded, database, chosen, patience, now))
    table(HEADERS, [[trial.person, trial.channel or "-", trial.result] for trial in trials])
    without = [each.id for each in chosen if not any(t.reached for t in trials if t.person == each.id)]
    click.echo()
    click.echo(f"Không nhận được qua kênh nào: {', '.join(without)}" if without else "Mọi người đều nhận được.")
    if without:
        sys.exit(1)


def _named(loaded: Loaded, name: str) -> Person:
    people = loaded.rules.organisation.people
    if name not in people:
        raise InputError(f"--person: there is no {name!r} in organisation.yaml; {nearest(name, people)}")
    return people[name]


def _everybody(loaded: Loaded, now: datetime) -> list[Person]:
    """Everybody but those all of whose posts have ended."""
    day = loaded.rules.local_date(now)
    people = loaded.rules.organisation.people.values()
    return [each for each in people if not each.posts or any(day in post.span for post in each.posts)]


async def tried(
    loaded: Loaded, database: Database, people: Sequence[Person], patience: timedelta, now: datetime
) -> list[Trial]:
    """Order the messages, see to it that they are sent, and tell what came of them."""
    hold = await asyncio.to_thread(_become_sender, database)
    try:
        trials = await asyncio.to_thread(_order, loaded, database, people, now)
        ordered = [trial.message for trial in trials if trial.message]
        sending = [] if hold is None or not ordered else _deliverers(loaded, database, {t.channel for t in trials})
        await _wait(database, ordered, sending, patience)
    finally:
        if hold is not None:
            await asyncio.to_thread(hold.release)
    with database.read() as connection:
        _judge(connection, trials, patience)
    return trials


def _become_sender(database: Database) -> only_one.Hold | None:
    """Make this process the one that sends, unless a daemon runs that does."""
    try:
        hold = only_one.hold(database, lambda: None)
    except StoreError as error:
        if "another alertd" not in str(error):
            raise
        say("alertd run đang chạy và sẽ gửi tin thử. / the daemon runs and sends them.")
        return None
    say("alertd run không chạy: lệnh này tự gửi, cả tin đến lượt trên các kênh đó. / "
        "no daemon runs: this command sends, what else is due on these channels too.")  # fmt: skip
    return hold


def _order(loaded: Loaded, database: Database, people: Sequence[Person], now: datetime) -> list[Trial]:
    """One message for each channel that a person has; what has no living way is told at once."""
    reach = Reach(database, loaded.rules, set(loaded.settings.channels.names))
    urgency = Urgency.NORMAL
    if assembly.slots(loaded).is_quiet(now, loaded.rules.calendar):
        say("đang trong giờ yên lặng; tin thử vẫn gửi ngay. / these are quiet hours; the test is sent all the same.")
        urgency = Urgency.CRITICAL  # nothing else leaves now
    trials = []
    with database.write() as connection:
        for person in people:
            ways = reach.ways(connection, person.id, now)
            for channel in dict.fromkeys(way.channel for way in ways):
                if any(way.channel == channel and not way.dead for way in ways):
                    text = template.text(channel, now, loaded.rules.zone)
                    message = direct.order(
                        connection, person.id, channel, text, step=drill.STEP, urgency=urgency, now=now
                    )
                    trials.append(Trial(person.id, channel, message))
                else:
                    known = any(way.address.removeprefix("uid:") for way in ways if way.channel == channel)
                    told = "địa chỉ hỏng" if known else f"chưa kết nối: alertd invite {person.id}"
                    trials.append(Trial(person.id, channel, result=told))
            if not ways:
                trials.append(Trial(person.id, "", result="không có liên hệ nào trên các kênh đã khai báo"))
    return trials


def _deliverers(loaded: Loaded, database: Database, channels: set[str]) -> list[Deliver]:
    """Delivery over these channels, as the daemon has it."""
    made = assembly.channels(loaded, database, _now)
    return [deliver for deliver in assembly.delivery(loaded, database, made, _now).channels if deliver.name in channels]


def _now() -> datetime:
    return datetime.now(UTC)


async def _wait(database: Database, messages: Sequence[str], sending: Sequence[Deliver], patience: timedelta) -> None:
    """Until every message is settled or patience ends; `sending` do their work meanwhile."""
    until = time.monotonic() + patience.total_seconds()
    tasks = [asyncio.create_task(_keep_sending(deliver)) for deliver in sending]
    try:
        while messages and time.monotonic() < until and not any(task.done() for task in tasks):
            if await asyncio.to_thread(_all_settled, database, messages):
                return
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        for deliver in sending:
            deliver.stopping = True
        await asyncio.gather(*tasks)
        for deliver in sending:
            await deliver.channel.close()


async def _keep_sending(deliver: Deliver) -> None:
    await asyncio.to_thread(deliver.start, _now())
    while not deliver.stopping:
        await deliver.tick(_now())
        await asyncio.sleep(LOOK_SECONDS)


def _all_settled(database: Database, messages: Sequence[str]) -> bool:
    with database.read() as connection:
        return all(row.settled_at is not None for row in drill.results(connection, messages).values())


def _judge(connection: Connection, trials: Sequence[Trial], patience: timedelta) -> None:
    found = drill.results(connection, [trial.message for trial in trials if trial.message])
    for trial in trials:
        row = found.get(trial.message)
        if row is None:
            continue
        trial.reached = row.state == PartState.ACCEPTED
        why = row.detail or row.code or "chưa đến lượt"
        trial.result = {
            PartState.ACCEPTED: "đã nhận",
            PartState.FAILED: f"không nhận: {why}",
            PartState.UNKNOWN: f"không rõ đã nhận hay chưa: {why}",
        }.get(row.state, f"chưa xong sau {patience.total_seconds():g} giây: {why}")
