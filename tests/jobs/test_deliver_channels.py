"""Channels that are slow, too fast, out of order or gone (delivery reference 7.4 to 7.6, DESIGN section 7)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Limits, limits
from alertd.core.policy import Urgency
from alertd.store import addresses, outbox, people, tables
from tests.store.ground import (
    HOUR,
    MINUTE,
    RecordingChannel,
    World,
    at,
    dossier,
    organisation,
    person,
    rules,
    step,
)

START = at("05/06 16:00")
SECOND = timedelta(seconds=1)
DOWN = SendResult(Outcome.CHANNEL_DOWN, code="telegram:401")
WORKS = SendResult(Outcome.ACCEPTED)
CROWD = 12


def somebody(ident, *contacts):
    return person(ident, "staff@TP", ids=(f"tp.{ident}",), contacts=contacts)


def make(database, *crowd, names=("telegram", "console"), ladder=(), **world):
    made = rules(*ladder, org=organisation(*crowd))
    channels = {name: RecordingChannel(name) for name in names}
    return World(database, made, channels=channels, max_age=MaxAge(working_days=9), **world)


def crowd(count=CROWD, *more):
    return [somebody(f"p{n}", Contact("telegram", str(100 + n)), *more) for n in range(count)]


def shown(count=CROWD, due="10/06 16:00"):
    return [dossier(f"HS-{n:03}", due=due, officers=(f"tp.p{n}",)) for n in range(count)]


def people_of(channel):
    return [part.person for part in channel.parts]


def states(world, **where):
    return {row.person: row.state for row in world.rows("outbox", **where)}


# --- circuits ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def down(database):
    """Twelve people on telegram, then on the console; telegram's token is revoked."""
    world = make(database, *crowd(CROWD, Contact("console")))
    world.run(START, *shown())
    world.channels["telegram"].answers = [DOWN] * 40
    return world


async def test_a_channel_out_of_order_gets_no_more_than_what_was_under_way_and_the_admin_hears_of_it_by_another(down):
    await down.send(START)
    calls = len(down.channels["telegram"].parts)
    assert calls == CROWD
    assert [(row.person, row.subject, row.note) for row in down.rows("alerts", step="channel")] == [
        ("admin", "telegram", "channel_down telegram:401")
    ]
    await down.send(START + 30 * SECOND)
    assert len(down.channels["telegram"].parts) == calls
    assert people_of(down.channels["console"]) == ["admin"]


async def test_one_part_a_minute_tries_whether_it_works_again_and_then_all_follow(down):
    await down.send(START)
    await down.send(START + MINUTE)
    assert len(down.channels["telegram"].parts) == CROWD + 1
    await down.send(START + MINUTE + 59 * SECOND)
    assert len(down.channels["telegram"].parts) == CROWD + 1
    down.channels["telegram"].answers = []
    await down.send(START + 2 * MINUTE)
    assert {row.channel for row in down.rows("attempts", outcome="accepted")} >= {"telegram"}
    assert {state for who, state in states(down).items() if who != "admin"} == {"accepted"}
    assert down.rows("circuits") == []


async def test_a_channel_that_can_be_asked_risks_no_message_while_it_says_no(down):
    await down.send(START)
    down.channels["telegram"].probes = [DOWN, DOWN, WORKS]
    for n in (1, 2):
        await down.send(START + n * MINUTE)
    assert len(down.channels["telegram"].parts) == CROWD
    down.channels["telegram"].answers = []
    await down.send(START + 3 * MINUTE)
    assert {state for who, state in states(down).items() if who != "admin"} == {"accepted"}


async def test_when_patience_ends_the_next_contact_takes_over_and_counts_no_attempt_of_it(down):
    await down.send(START)
    for n in range(1, 15):
        await down.send(START + n * MINUTE)
    assert set(people_of(down.channels["console"])) == {"admin"}
    await down.send(START + 15 * MINUTE + SECOND)
    assert set(people_of(down.channels["console"])) == {"admin"} | {f"p{n}" for n in range(CROWD)}
    assert {state for _, state in states(down).items()} == {"accepted"}
    assert len(down.rows("alerts", step="channel")) == 1


async def test_who_blocked_the_next_contact_gets_it_by_the_first_one_once_that_works_again(down):
    blocked = SendResult(Outcome.PERM_RECIPIENT, code="console:403", scope="recipient")
    await down.send(START)
    down.channels["telegram"].probes = [DOWN] * 15
    for n in range(1, 15):
        await down.send(START + n * MINUTE)
    down.channels["console"].answers = [blocked] * CROWD
    await down.send(START + 15 * MINUTE + SECOND)
    assert set(states(down).values()) == {"accepted", "retry"}
    assert down.rows("alerts", step="delivery") == []
    down.channels["telegram"].answers, down.channels["telegram"].probes = [], []
    await down.send(START + HOUR)
    assert set(states(down).values()) == {"accepted"}
    assert len([who for who in people_of(down.channels["console"]) if who != "admin"]) == CROWD, "one call each"


async def test_what_moved_to_a_channel_that_is_out_of_order_too_goes_back_when_the_first_works_again(database):
    world = make(database, *crowd(CROWD, Contact("email", "p@x.vn")), names=("telegram", "email", "console"))
    world.run(START, *shown())
    first, second = world.channels["telegram"], world.channels["email"]
    for channel in (first, second):
        channel.answers, channel.probes = [DOWN] * 400, [DOWN] * 400
    await world.send(START)
    for n in range(1, 17):
        await world.send(START + n * MINUTE)
        await world.send(START + n * MINUTE + SECOND)
    assert {row.channel for row in world.rows("outbox", state="retry")} == {"email"}
    first.answers, first.probes = [], [WORKS] * 400
    for n in range(17, 34):
        await world.send(START + n * MINUTE)
        await world.send(START + n * MINUTE + SECOND)
    assert set(states(world).values()) == {"accepted"}


async def test_what_is_more_urgent_has_less_patience(database):
    ladder = (step("fire", "-1d", "officer", urgency="critical"), step("soon", "-1h", "head"))
    head = person("head", "head@TP", contacts=(Contact("telegram", "1"), Contact("console")))
    world = make(database, head, *crowd(1, Contact("console")), ladder=ladder)
    world.channels["telegram"].answers = [DOWN] * 40
    for when in ("05/06 16:00", "05/06 17:00"):
        world.run(when, *shown(1, due="05/06 17:30"))
    await world.send("05/06 17:00")
    for seconds in range(10, 180, 10):
        await world.send(at("05/06 17:00") + seconds * SECOND)
    assert states(world)["p0"] == "accepted"
    assert states(world)["head"] == "retry"


async def test_with_no_other_contact_it_waits_and_nothing_is_lost(database):
    world = make(database, *crowd())
    world.run(START, *shown())
    world.channels["telegram"].answers = [DOWN] * (CROWD + 1)
    await world.send(START)
    for hours in (1, 30, 72):
        await world.send(START + hours * HOUR)
    assert {state for who, state in states(world).items() if who != "admin"} == {"accepted"}
    assert {part.late for part in world.channels["telegram"].parts[-CROWD:]} == {True}


async def test_ten_failures_in_a_row_open_it_and_a_restart_leaves_it_open(database):
    world = make(database, *crowd())
    world.run(START, *shown())
    world.channels["telegram"].answers = [Outcome.TRANSIENT] * 40
    await world.send(START)
    (row,) = world.rows("circuits")
    assert (row.channel, row.reason) == ("telegram", "transient telegram:transient")
    calls = len(world.channels["telegram"].parts)
    world.deliver = world.delivery("another")
    world.deliver.start(START + 30 * SECOND)
    await world.send(START + 30 * SECOND)
    assert len(world.channels["telegram"].parts) == calls
    await world.send(START + 61 * SECOND)
    assert len(world.channels["telegram"].parts) == calls + 1


async def test_calls_that_a_crash_left_without_an_answer_open_nothing(database):
    world = make(database, *crowd())
    world.run(START, *shown())
    forever, all_called = asyncio.Event(), asyncio.Event()

    async def hang(outgoing):
        if len(world.channels["telegram"].parts) == CROWD:
            all_called.set()
        await forever.wait()

    world.channels["telegram"].before = hang
    running = asyncio.create_task(world.send(START))
    await all_called.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    world.channels["telegram"].before = None
    world.deliver = world.delivery("another")
    assert world.deliver.start(START + SECOND) == CROWD
    assert world.rows("circuits") == []
    await world.send(START + 4 * MINUTE)
    assert set(states(world).values()) == {"accepted"}


async def test_the_escalation_clock_does_not_stop_for_a_broken_channel(down):
    await down.send(START)
    down.channels["telegram"].answers = [DOWN] * 400
    down.run("10/06 16:00", *shown())
    assert {row.step for row in down.rows("alerts", person="p0")} >= {"overdue"}
    assert {row.step for row in down.rows("alerts", person="head")} >= {"overdue"}


# --- pace -------------------------------------------------------------------------------------------------------------


async def test_a_provider_that_asks_for_a_pause_gets_it_from_all_and_over_a_restart(database):
    world = make(database, *crowd(), limits={"telegram": limits("telegram", 25.0)})
    world.run(START, *shown())
    refusal = SendResult(Outcome.RATE_LIMITED, code="telegram:429", retry_at=START + 30 * SECOND)
    world.channels["telegram"].answers = [refusal]
    await world.send(START)
    calls = len(world.channels["telegram"].parts)
    assert calls < CROWD
    world.deliver = world.delivery("another")
    world.deliver.start(START + 10 * SECOND)
    assert await world.send(START + 29 * SECOND) == 0
    (kept,) = world.rows("paces", scope="telegram")
    assert (kept.percent, kept.paused_until >= START + 30 * SECOND) == (50, True)
    for n in range(6):
        await world.send(START + (31 + n) * SECOND)
    assert set(states(world).values()) == {"accepted"}
    assert {row.transients for row in world.rows("outbox")} == {0}, "to be too fast uses up no attempt"


async def test_a_chat_that_must_rest_holds_up_no_other(database):
    world = make(database, *crowd(3), limits={"telegram": limits("telegram", 25.0)})
    world.run(START, *shown(3))
    refusal = SendResult(Outcome.RATE_LIMITED, code="telegram:429", retry_at=START + HOUR, scope="recipient")
    world.channels["telegram"].answers = [refusal]
    await world.send(START)
    assert sorted(states(world).values()) == ["accepted", "accepted", "retry"]


async def test_calm_that_a_channel_asks_for_is_kept_though_the_message_was_accepted(database):
    world = make(database, *crowd(), limits={"telegram": Limits(10.0)})
    world.run(START, *shown())
    world.channels["telegram"].answers = [SendResult(Outcome.ACCEPTED, resume_at=START + 40 * SECOND)] * 2
    await world.send(START)
    calls = len(world.channels["telegram"].parts)
    assert 0 < calls < CROWD
    assert await world.send(START + 39 * SECOND) == 0
    assert await world.send(START + 40 * SECOND) > 0


async def test_a_pause_beyond_all_patience_sends_what_waits_by_the_next_contact(database):
    world = make(database, *crowd(CROWD, Contact("console")), limits={"telegram": Limits(10.0)})
    world.run(START, *shown())
    world.channels["telegram"].answers = [SendResult(Outcome.ACCEPTED, resume_at=START + 9 * HOUR)] * 2
    await world.send(START)
    await world.send(START + SECOND)
    assert len(world.channels["telegram"].parts) <= 2
    assert set(states(world).values()) == {"accepted"}


async def test_a_slow_channel_delays_no_other(database):
    slow = somebody("p0", Contact("telegram", "1"))
    quick = somebody("p1", Contact("console"))
    world = make(database, slow, quick)
    world.run(START, *shown(2))
    release = asyncio.Event()

    async def hang(outgoing):
        await release.wait()

    world.channels["telegram"].before = hang
    running = asyncio.create_task(world.send(START))
    await world.channels["telegram"].called.wait()
    await world.channels["console"].called.wait()
    await world.deliver.each["console"].tick(START)
    assert states(world) == {"p0": "sending", "p1": "accepted"}
    release.set()
    await running


async def test_what_is_urgent_overtakes_a_queue_of_digests(database):
    ladder = (step("soon", "-3d", "officer"), step("chairman", "0d", "head@root"))
    chair = person("chair", "head@UBND", contacts=(Contact("telegram", "1"),))
    world = make(database, chair, *crowd(8), ladder=ladder, limits={"telegram": Limits(1.0)})
    world.run(START, *shown(8))
    await world.send(START)
    world.run(START + MINUTE, *shown(8), dossier("HS-900", due="05/06 16:00", officers=("tp.an",)))
    await world.send(START + MINUTE)
    assert people_of(world.channels["telegram"])[1] == "chair"


# --- addresses and routes ---------------------------------------------------------------------------------------------


async def test_a_chat_that_has_moved_is_learned_once_and_for_everybody(database):
    two = [somebody(f"p{n}", Contact("telegram", "-5")) for n in range(2)]
    world = make(database, *two)
    moved = SendResult(Outcome.TRANSIENT, code="telegram:migrated", new_address="-1005")
    world.channels["telegram"].before = lambda part: world.channels["telegram"].answers.append(
        moved if part.address == "-5" else WORKS
    )
    world.run(START, *shown(1))
    await world.send(START)
    world.deliver = world.delivery("another")
    world.deliver.start(START)
    world.run(START + MINUTE, *shown(2))
    await world.send(START + MINUTE)
    assert [part.address for part in world.channels["telegram"].parts] == ["-5", "-1005", "-1005"]
    assert world.rows("alerts", step="delivery") == []


async def test_a_connected_chat_that_has_moved_is_rewritten(database):
    world = make(database, somebody("p0", Contact("telegram")))
    with world.database.write() as connection:
        people.connect(connection, "p0", "telegram", "-5", START)
    world.channels["telegram"].answers = [SendResult(Outcome.TRANSIENT, new_address="-1005")]
    world.run(START, *shown(1))
    await world.send(START)
    assert [row.address for row in world.rows("connections")] == ["-1005"]
    assert [part.address for part in world.channels["telegram"].parts] == ["-5", "-1005"]


async def test_who_connects_a_chat_gets_what_had_failed_and_still_runs(database):
    world = make(database, somebody("p0", Contact("telegram")))
    world.run(START, *shown(1))
    await world.send(START)
    assert states(world)["p0"] == "failed"
    with world.database.write() as connection:
        people.connect(connection, "p0", "telegram", "77", START + HOUR)
    await world.send(START + HOUR)
    assert states(world)["p0"] == "accepted"
    assert world.channels["telegram"].parts[-1].address == "77"


async def test_who_unblocks_the_bot_gets_what_had_failed(database):
    world = make(database, somebody("p0", Contact("telegram", "77")))
    world.run(START, *shown(1))
    world.channels["telegram"].answers = [Outcome.PERM_RECIPIENT]
    await world.send(START)
    assert states(world)["p0"] == "failed"
    with world.database.write() as connection:
        addresses.alive(connection, "p0", "telegram", "77", START + HOUR)
    await world.send(START + HOUR)
    assert states(world)["p0"] == "accepted"


async def test_a_waiting_part_takes_the_first_way_that_has_opened_meanwhile(database):
    world = make(database, somebody("p0", Contact("telegram"), Contact("console")))
    world.run(START, *shown(1))
    world.compose(START)
    world.deliver.route.tick(START)
    assert [row.channel for row in world.rows("outbox")] == ["console"]
    with world.database.write() as connection:
        people.connect(connection, "p0", "telegram", "77", START)
    await world.send(START + SECOND)
    assert people_of(world.channels["telegram"]) == ["p0"]


async def test_a_route_of_an_earlier_configuration_is_found_anew(database):
    world = make(database, somebody("p0", Contact("telegram", "77")))
    world.run(START, *shown(1))
    world.compose(START)
    world.deliver.route.tick(START)
    changed = make(database, somebody("p0", Contact("console")), names=("console",))
    changed.deliver.start(START)
    await changed.send(START)
    assert people_of(changed.channels["console"]) == ["p0"]


async def test_twenty_who_blocked_the_bot_get_one_call_each_and_their_next_contact(database):
    world = make(database, *crowd(20, Contact("console")))
    world.channels["telegram"].answers = [Outcome.PERM_RECIPIENT] * 20
    for minutes in (0, 1):
        world.run(START + minutes * MINUTE, *shown(20), *[
            dossier(f"HS-9{n:02}", due=f"{10 + minutes}/06 16:00", officers=(f"tp.p{n}",)) for n in range(20)
        ])  # fmt: skip
        await world.send(START + minutes * MINUTE)
    assert sorted(people_of(world.channels["telegram"])) == sorted(f"p{n}" for n in range(20))
    assert set(people_of(world.channels["console"])) >= {f"p{n}" for n in range(20)}


# --- acknowledged, receipts, drills, links ----------------------------------------------------------------------------


def acknowledge(world, code, who, when, episode=1):
    values = {"dossier_id": world.stored(code).id, "episode": episode, "person": who, "at": when, "via": "test"}
    with world.database.write() as connection:
        connection.execute(insert(tables.acknowledgements).values(**values))


@pytest.mark.parametrize(
    ("who", "when", "state"),
    [("p0", START, "superseded"), ("p0", START - SECOND, "accepted"), ("head", START, "accepted")],
)
async def test_a_message_is_superseded_by_its_own_reader_s_acknowledgement_since(database, who, when, state):
    world = make(database, *crowd(1))
    world.run(START, *shown(1))
    acknowledge(world, "HS-000", who, when)
    await world.send(START)
    assert states(world)["p0"] == state


async def test_an_acknowledgement_of_another_due_date_keeps_no_message_back(database):
    world = make(database, *crowd(1))
    world.run(START, *shown(1))
    acknowledge(world, "HS-000", "p0", START, episode=2)
    await world.send(START)
    assert states(world)["p0"] == "accepted"


async def test_the_first_word_that_a_dossier_is_overdue_is_never_kept_back(database):
    world = make(database, *crowd(1))
    world.run(START, *shown(1, due="05/06 15:00"))
    acknowledge(world, "HS-000", "p0", START)
    await world.send(START)
    assert states(world)["p0"] == "accepted"


async def test_a_message_with_one_dossier_not_acknowledged_goes_out_whole(database):
    world = make(database, *crowd(1))
    world.run(START, *[dossier(f"HS-{n}", officers=("tp.p0",)) for n in range(2)])
    acknowledge(world, "HS-0", "p0", START)
    await world.send(START)
    (part,) = world.channels["telegram"].parts
    assert "HS-0" in part.text


async def test_a_receipt_settles_a_part_whose_outcome_was_unknown(database):
    world = make(database, *crowd(1))
    world.channels["telegram"].receipt_wait = lambda address: 10 * MINUTE
    world.channels["telegram"].answers = [Outcome.UNKNOWN]
    world.run(START, *shown(1))
    await world.send(START)
    (row,) = world.rows("outbox")
    assert (row.state, row.not_before) == ("unknown", START + 10 * MINUTE)
    with world.database.write() as connection:
        assert outbox.receipt(connection, row.id, START + MINUTE)
        assert not outbox.receipt(connection, row.id, START + MINUTE)
    assert await world.send(START + HOUR) == 0
    assert states(world) == {"p0": "accepted"}


async def test_a_receipt_that_comes_before_the_answer_is_given_up_counts_too(database):
    world = make(database, *crowd(1))

    def arrive(part):
        with world.database.write() as connection:
            outbox.receipt(connection, part.id, START)

    world.channels["telegram"].before = arrive
    world.channels["telegram"].answers = [Outcome.UNKNOWN]
    world.run(START, *shown(1))
    await world.send(START)
    assert states(world) == {"p0": "accepted"}


def drill(world, channel):
    with world.database.write() as connection:
        outbox.enqueue(connection, "p0", [outbox.NewPart("Thử", [])], [], kind="drill", urgency=Urgency.NORMAL,
                       late=False, slot=START, now=START, channel=channel, pinned=True)  # fmt: skip


@pytest.mark.parametrize("outcome", [Outcome.PERM_RECIPIENT, Outcome.PERM_PAYLOAD, Outcome.CHANNEL_DOWN])
async def test_a_drill_that_fails_goes_nowhere_else_and_alarms_nobody_about_the_person(database, outcome):
    world = make(database, *crowd(1, Contact("console")))
    world.channels["telegram"].answers = [outcome]
    drill(world, "telegram")
    drill(world, "console")
    await world.send(START)
    assert {row.channel: row.state for row in world.rows("outbox", kind="drill")} == {
        "telegram": "failed", "console": "accepted",
    }  # fmt: skip
    assert world.rows("alerts", step="delivery") == []


async def test_a_drill_is_tried_for_ten_minutes(database):
    world = make(database, *crowd(1, Contact("console")))
    world.channels["telegram"].answers = [Outcome.TRANSIENT] * 40
    drill(world, "telegram")
    for minutes in range(12):
        await world.send(START + minutes * MINUTE)
    assert [row.state for row in world.rows("outbox")] == ["failed"]
    assert world.channels["console"].parts == []


async def test_a_digest_carries_its_page_and_its_last_part_the_buttons(database):
    world = make(database, *crowd(1))
    world.run(START, *[dossier(f"HS-{n:03}", procedure="Thủ tục " * 12, officers=("tp.p0",)) for n in range(60)])
    asked = []

    def links(message, who, now):
        asked.append((message, who, now))
        return "https://example.test/m/x", ("button",)

    world.deliver.each["telegram"].links = links
    await world.send(START)
    parts = world.channels["telegram"].parts
    assert [part.buttons for part in parts] == [()] * (len(parts) - 1) + [("button",)]
    assert {part.page for part in parts} == {"https://example.test/m/x"}
    assert asked[0] == (world.rows("outbox")[0].message, "p0", START)
