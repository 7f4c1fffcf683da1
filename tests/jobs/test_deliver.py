"""Deliver (DESIGN section 7): claim, attempt row before the call, what follows from each answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.channels.webhook import WebhookChannel
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Limits
from alertd.store import addresses
from tests.peers.loopback import Answer
from tests.peers.webhook_receiver import WebhookReceiver
from tests.store.ground import RecordingChannel, World, at, dossier, finished, organisation, person, rules, slots, step

TWO = (Contact("webhook", phone="84123"), Contact("console"))
START = at("05/06 16:00")
CRITICAL = rules(step("fire", "0d", "officer", urgency="critical"), step("soon", "-1h", "head"))


def make(database, *contacts, ladder=None, more=(), **world):
    """A world in which an has these contacts; the first channel is the webhook."""
    an = person("an", "staff@TP", ids=("tp.an",), contacts=contacts or TWO)
    names = ["webhook", "console"]
    made = ladder or rules(org=organisation(an, *more))
    if ladder:
        made = replace(ladder, organisation=organisation(an, *more))
    channels = {name: RecordingChannel(name) for name in names}
    return World(database, made, channels=channels, max_age=MaxAge(working_days=9), **world)


@pytest.fixture
def world(database):
    """One message for an is due: HS-1 by the webhook first, then by the console."""
    made = make(database)
    made.run(START, dossier())
    return made


def part(world, **where):
    (row,) = world.rows("outbox", **where)
    return row


def tried(world, **where):
    return [(row.channel, row.outcome) for row in world.rows("attempts", **where)]


# --- the attempt and its answer ---------------------------------------------------------------------------------------


async def test_the_attempt_is_on_record_before_the_call(world):
    seen = []

    def look(outgoing):
        seen.append((part(world).state, part(world).claimed_by, tried(world)))

    world.channels["webhook"].before = look
    assert await world.send(START) == 1
    assert seen == [("sending", "here", [("webhook", None)])]


async def test_an_accepted_part_is_settled_with_what_the_provider_called_it(world):
    world.channels["webhook"].answers = [SendResult(Outcome.ACCEPTED, provider_id="gw-7")]
    await world.send(START)
    row = part(world)
    assert (row.state, row.claimed_by, row.not_before, row.settled_at) == ("accepted", None, None, START)
    (attempt,) = world.rows("attempts")
    assert (attempt.outcome, attempt.provider_id, attempt.finished_at) == ("accepted", "gw-7", START)
    assert await world.send(START + timedelta(hours=5)) == 0


async def test_a_dead_address_is_never_tried_again_and_the_next_contact_follows_at_once(world):
    world.channels["webhook"].answers = [Outcome.PERM_RECIPIENT]
    assert await world.send(START) == 2
    assert tried(world) == [("webhook", "perm_recipient"), ("console", "accepted")]
    (dead,) = world.rows("addresses")
    assert (dead.person, dead.channel, dead.address, dead.reason) == (
        "an",
        "webhook",
        "84123",
        "webhook:perm_recipient",
    )
    world.run("06/06 16:00", dossier(), dossier("HS-2", due="11/06 16:00"))
    await world.send("06/06 16:00")
    assert len(world.channels["webhook"].parts) == 1


async def test_a_dead_address_stays_dead_over_a_restart(world):
    world.channels["webhook"].answers = [Outcome.PERM_RECIPIENT]
    await world.send(START)
    world.deliver = world.delivery("another")
    world.deliver.start(at("06/06 15:00"))
    world.run("06/06 16:00", dossier(), dossier("HS-2", due="11/06 16:00"))
    await world.send("06/06 16:00")
    assert len(world.channels["webhook"].parts) == 1


async def test_the_admin_is_told_once_when_no_contact_is_left(world):
    world.channels["webhook"].answers = [Outcome.PERM_RECIPIENT]
    world.channels["console"].answers = [Outcome.PERM_RECIPIENT]
    await world.send(START)
    assert part(world, person="an").state == "failed"
    assert [(row.person, row.subject, row.note) for row in world.rows("alerts", step="delivery")] == [
        ("admin", "an", "unreachable")
    ]
    world.run("06/06 16:00", dossier(), dossier("HS-2", due="11/06 16:00"))
    await world.send("06/06 16:00")
    assert len(world.rows("alerts", step="delivery")) == 1
    assert {row.state for row in world.rows("outbox", person="an")} == {"failed"}


async def test_a_person_without_any_contact_fails_and_the_admin_is_told_once(database):
    nobody = replace(person("binh", "staff@TP", ids=("tp.binh",)), contacts=())
    world = make(database, more=[nobody])
    for day, code in (("05/06", "HS-1"), ("06/06", "HS-2")):
        due = {"HS-1": "10/06 16:00", "HS-2": "11/06 16:00"}[code]
        world.run(f"{day} 16:00", dossier(code, due=due, officers=("tp.binh",)))
        await world.send(f"{day} 16:00")
    assert {row.state for row in world.rows("outbox", person="binh")} == {"failed"}
    assert [(row.person, row.subject) for row in world.rows("alerts", step="delivery")] == [("admin", "binh")]
    await world.send("06/06 16:01")
    (told,) = [p for p in world.sent if p.person == "admin"]
    assert "binh" in told.text


async def test_the_admin_is_told_again_after_the_person_had_been_reached_in_between(database):
    world = make(database, Contact("webhook"))
    for day, answers in (("05", [Outcome.PERM_PAYLOAD]), ("06", []), ("07", [Outcome.PERM_PAYLOAD])):
        world.run(f"{day}/06 16:00", *[dossier(f"HS-{n}", due=f"{n}/06 16:00") for n in (10, 11, 12)])
        world.channels["webhook"].answers = answers
        await world.send(f"{day}/06 16:00")
    assert [row.subject for row in world.rows("alerts", step="delivery")] == ["an", "an"]


async def test_a_message_refused_by_one_channel_goes_by_the_next(world):
    world.channels["webhook"].answers = [SendResult(Outcome.PERM_PAYLOAD, code="webhook:401")]
    await world.send(START)
    assert tried(world) == [("webhook", "perm_payload"), ("console", "accepted")]
    assert world.rows("addresses") == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
async def test_a_refusal_of_a_real_gateway_fails_over_to_the_next_contact(database, status):
    async with WebhookReceiver("secret", default=Answer(status)) as gateway:
        world = make(database)
        world.channels["webhook"] = WebhookChannel(gateway.url, "secret", now=lambda: world.now)
        world.deliver = world.delivery("here")
        world.run(START, dossier())
        await world.send(START)
        await world.channels["webhook"].close()
    assert tried(world) == [("webhook", "perm_payload"), ("console", "accepted")]
    assert [seen.repeat for seen in gateway.seen] == [0]


async def test_certainly_not_sent_is_tried_again_at_growing_intervals_then_by_the_next_contact(world):
    world.channels["webhook"].answers = [Outcome.TRANSIENT] * 6
    now, waits = START, []
    for _ in range(6):
        await world.send(now)
        row = part(world, person="an")
        if row.not_before is None:
            break
        waits.append((row.not_before - now).total_seconds())
        now = row.not_before
    assert waits == [5, 15, 60, 300, 900]
    assert tried(world, outbox_id=row.id) == [("webhook", "transient")] * 6 + [("console", "accepted")]
    # and by then the admin has been told, once, that the channel takes nothing
    assert [(alert.person, alert.subject) for alert in world.rows("alerts", step="channel")] == [("admin", "webhook")]


async def test_a_part_that_waited_long_for_its_channel_says_when_it_was_composed(world):
    world.channels["webhook"].answers = [Outcome.TRANSIENT]
    await world.send(START)
    await world.send(START + timedelta(days=1))
    first, second = [part for part in world.channels["webhook"].parts if part.person == "an"]
    assert (first.late, "gửi muộn" in first.text) == (False, False)
    assert (second.id, second.late) == (first.id, True)
    assert second.text.endswith("(Tin soạn lúc 16:00 Thứ Tư 05/06, gửi muộn)")


async def test_a_message_certainly_not_sent_whose_dossiers_have_ended_is_superseded(world):
    world.channels["webhook"].answers = [Outcome.TRANSIENT]
    await world.send(START)
    world.poll(START + timedelta(minutes=1), finished(dossier(), "05/06 15:00"))
    assert await world.send(START + timedelta(hours=1)) == 0
    assert part(world).state == "superseded"


async def test_a_part_is_not_lost_when_the_contact_in_use_is_taken_out_of_the_configuration(database):
    world = make(database)
    world.run(START, dossier())
    world.channels["webhook"].answers = [Outcome.PERM_PAYLOAD]
    world.channels["console"].answers = [Outcome.TRANSIENT]
    await world.send(START)
    assert part(world).contact == 1
    world.rules = replace(world.rules, organisation=organisation(
        person("an", "staff@TP", ids=("tp.an",), contacts=(Contact("console"),))
    ))  # fmt: skip
    world.deliver = world.delivery("here")
    await world.send(START + timedelta(minutes=1))
    assert part(world, person="an").state == "accepted"
    assert [each.person for each in world.sent].count("an") == 2


async def test_mended_contacts_bring_back_what_had_failed_while_its_dossier_runs(database):
    world = make(database, Contact("webhook"))
    world.run(START, dossier())
    world.channels["webhook"].answers = [Outcome.PERM_RECIPIENT]
    await world.send(START)
    assert part(world, person="an").state == "failed"
    later = START + timedelta(hours=1)
    with world.database.write() as connection:
        assert addresses.revive(connection, ["an"], later) == 1
    world.deliver.start(later)
    assert await world.send(later) >= 1
    assert part(world, person="an").state == "accepted"


async def test_an_instant_that_the_provider_names_is_waited_for(world):
    later = START + timedelta(seconds=47)
    world.channels["webhook"].answers = [SendResult(Outcome.RATE_LIMITED, retry_at=later)]
    await world.send(START)
    assert await world.send(later - timedelta(seconds=1)) == 0
    assert await world.send(later + timedelta(seconds=1)) == 1
    assert tried(world) == [("webhook", "rate_limited"), ("webhook", "accepted")]


# --- unknown outcomes -------------------------------------------------------------------------------------------------


async def test_an_unknown_outcome_is_sent_once_more_under_the_same_id_and_marked(world):
    world.channels["webhook"].answers = [Outcome.UNKNOWN]
    await world.send(START)
    assert (part(world).state, part(world).not_before) == ("unknown", START + timedelta(minutes=3))
    assert await world.send(START + timedelta(minutes=2, seconds=59)) == 0
    await world.send(START + timedelta(minutes=3))
    first, second = world.channels["webhook"].parts
    assert first.id == second.id
    assert second.text.startswith("(gửi lại) ")
    assert not first.text.startswith("(gửi lại)")
    assert part(world).state == "accepted"


async def test_still_unknown_the_next_contact_takes_over_under_the_same_id_marked(world):
    world.channels["webhook"].answers = [Outcome.UNKNOWN] * 2
    await world.send(START)
    await world.send(START + timedelta(minutes=3))
    assert tried(world) == [("webhook", "unknown"), ("webhook", "unknown"), ("console", "accepted")]
    (outgoing,) = world.sent
    assert outgoing.id == world.channels["webhook"].parts[0].id
    assert outgoing.text.startswith("(gửi lại) ")


async def test_where_there_is_no_next_contact_the_same_is_tried_at_doubling_intervals_of_at_most_an_hour(database):
    world = make(database, Contact("webhook"))
    world.channels["webhook"].answers = [Outcome.UNKNOWN] * 8
    world.run(START, dossier())
    now, waits = START, []
    for _ in range(8):
        await world.send(now)
        waits.append((part(world, person="an").not_before - now) / timedelta(minutes=1))
        now = part(world, person="an").not_before
    assert waits == [3, 6, 12, 24, 48, 60, 60, 60]
    assert len({outgoing.id for outgoing in world.channels["webhook"].parts}) == 1
    assert [(row.person, row.subject, row.note) for row in world.rows("alerts", step="delivery")] == [
        ("admin", "an", "unknown")
    ]
    await world.send(now)
    assert part(world, person="an").state == "accepted"


async def test_a_next_contact_that_is_dead_counts_as_none(world):
    world.channels["webhook"].answers = [Outcome.UNKNOWN] * 3
    world.channels["console"].answers = [Outcome.PERM_RECIPIENT]
    with world.database.write() as connection:
        addresses.mark_dead(connection, "an", "console", "", "console:gone", START)
    world.deliver.start(START)
    await world.send(START)
    await world.send(START + timedelta(minutes=3))
    row = part(world, person="an")
    assert (row.state, row.not_before) == ("unknown", START + timedelta(minutes=9))


async def test_a_channel_that_raises_costs_nobody_else_s_answer(database):
    world = make(database, Contact("webhook"))
    world.channels["webhook"].answers = [ValueError("a fault")]
    world.run(START, dossier("HS-1"), dossier("HS-2", officers=("tp.binh",)))
    assert await world.send(START) == 2
    assert {row.person: row.state for row in world.rows("outbox")} == {"an": "unknown", "binh": "accepted"}


# --- claims -----------------------------------------------------------------------------------------------------------


async def interrupted(world):
    """A call during which the process dies."""
    forever = asyncio.Event()

    async def hang(outgoing):
        await forever.wait()

    world.channels["webhook"].before = hang
    running = asyncio.create_task(world.send(START))
    await world.channels["webhook"].called.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    world.channels["webhook"].before = None


async def test_claims_of_an_earlier_process_are_unknown_at_once_at_start(world):
    await interrupted(world)
    assert part(world).state == "sending"
    world.deliver = world.delivery("another")
    assert world.deliver.start(START + timedelta(seconds=1)) == 1
    assert (part(world).state, part(world).not_before) == ("unknown", START + timedelta(minutes=3, seconds=1))
    assert tried(world) == [("webhook", "unknown")]
    await world.send(START + timedelta(minutes=4))
    assert [outgoing.text.startswith("(gửi lại)") for outgoing in world.channels["webhook"].parts] == [False, True]


async def test_an_expired_claim_is_unknown_at_the_next_tick(world):
    await interrupted(world)
    await world.send(START + timedelta(seconds=60))
    assert part(world).state == "sending"
    await world.send(START + timedelta(seconds=61))
    assert part(world).state == "unknown"
    await world.send(START + timedelta(minutes=4, seconds=1))
    assert part(world).state == "accepted"


async def test_a_late_answer_of_a_claim_taken_over_does_not_overwrite(world):
    """The first process hangs in its call; another one finds the claim expired; then the first gets its answer."""
    release = asyncio.Event()

    async def wait(outgoing):
        await release.wait()

    world.channels["webhook"].before = wait
    running = asyncio.create_task(world.deliver.tick(START))
    world.now = START
    await world.channels["webhook"].called.wait()
    world.delivery("another").route.tick(START + timedelta(seconds=61))
    release.set()
    await running
    assert (part(world).state, part(world).claimed_by) == ("unknown", None)
    assert tried(world) == [("webhook", "unknown")]


async def test_nothing_new_is_claimed_while_stopping_and_what_is_under_way_is_recorded(database):
    world = make(database, Contact("console"))
    world.run(START, *[dossier(f"HS-{n}", officers=(("tp.an", "tp.binh")[n % 2],)) for n in range(2)])
    world.deliver.stopping = True
    assert await world.send(START) == 0
    world.deliver.stopping = False

    def stop(outgoing):
        world.deliver.stopping = True

    for channel in world.channels.values():
        channel.before = stop
    await world.send(START)
    assert {row.state for row in world.rows("outbox")} == {"accepted"}, "both were claimed together, both are settled"


# --- order, urgency, quiet hours --------------------------------------------------------------------------------------


def many(count):
    return [dossier(f"HS-{n:03}", procedure="Thủ tục " * 12) for n in range(count)]


async def test_people_out_of_reach_and_messages_overtaken_do_not_hold_up_the_others(database):
    crowd = [replace(person(f"p{n}", "staff@TP", ids=(f"tp.p{n}",)), contacts=()) for n in range(20)]
    world = make(database, Contact("console"), more=crowd)
    shown = [dossier(f"HS-{n}", officers=(f"tp.p{n}",)) for n in range(20)]
    world.run(START, *shown, dossier("HS-99"))
    await world.send(START)
    assert [outgoing.person for outgoing in world.sent] == ["an"]


async def test_the_parts_of_a_message_leave_in_order_one_after_the_other(database):
    world = make(database, Contact("console"))
    world.run(START, *many(60))
    under_way = []

    def look(outgoing):
        under_way.append([row.part for row in world.rows("outbox", state="sending")])

    world.channels["console"].before = look
    await world.send(START)
    numbers = [outgoing.part for outgoing in world.sent]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 3
    assert under_way == [[number] for number in numbers]


async def test_a_part_waits_while_the_one_before_it_is_not_settled(database):
    world = make(database, Contact("console"))
    world.channels["console"].answers = [Outcome.ACCEPTED, Outcome.TRANSIENT]
    world.run(START, *many(60))
    await world.send(START)
    assert [row.state for row in world.rows("outbox")][:3] == ["accepted", "retry", "pending"]
    assert len(world.sent) == 2
    await world.send(START + timedelta(seconds=5))
    assert {row.state for row in world.rows("outbox")} == {"accepted"}


async def test_a_part_that_fails_for_good_does_not_hold_back_the_next(database):
    world = make(database, Contact("console"))
    world.channels["console"].answers = [Outcome.PERM_PAYLOAD]
    world.run(START, *many(60))
    await world.send(START)
    states = [row.state for row in world.rows("outbox", person="an")]
    assert states == ["failed"] + ["accepted"] * (len(states) - 1)


async def test_no_part_of_a_message_to_somebody_out_of_reach_is_left_hanging(database):
    world = make(database, Contact("fax"))
    world.run(START, *many(60))
    await world.send(START)
    rows = world.rows("outbox", person="an")
    assert {row.state for row in rows} == {"failed"}
    assert len(rows) > 3


async def test_the_parts_after_one_whose_answer_was_lost_do_not_wait_for_certainty(database):
    """Part 1 was given up as unknown and its late answer settles nothing; part 2 may leave all the same."""
    world = make(database, Contact("webhook"))
    world.run(START, *many(60))
    release = asyncio.Event()

    async def wait(outgoing):
        await release.wait()

    world.channels["webhook"].before = wait
    world.now = START
    running = asyncio.create_task(world.deliver.tick(START))
    await world.channels["webhook"].called.wait()
    world.delivery("another").route.tick(START + timedelta(seconds=61))
    release.set()
    await running
    assert [(row.state, row.not_before is None) for row in world.rows("outbox")][:2] == [
        ("unknown", False), ("pending", False),
    ]  # fmt: skip


async def test_what_is_more_urgent_leaves_first(database):
    world = make(database, Contact("console"), ladder=rules(step("a", "-1h", "head"), step("b", "0d", "officer")))
    world.run(START, dossier(due="05/06 16:00"))
    order = []
    # one call a second, and none while the clock stands still
    world.limits = {"console": Limits(1.0)}
    world.channels["console"].before = lambda outgoing: order.append(outgoing.urgency)
    world.deliver = world.delivery("here")
    await world.send(START)
    assert order == ["high"]
    await world.send(START + timedelta(seconds=2))
    assert order == ["high", "normal"]


async def test_in_quiet_hours_only_what_is_critical_leaves(database):
    quiet = slots(quiet=("21:30", "06:30"))
    world = make(database, ladder=CRITICAL, slots=quiet)
    world.channels["console"].answers = [Outcome.TRANSIENT]
    world.run("05/06 21:00", dossier(due="05/06 22:00"))
    await world.send("05/06 21:00")
    assert [row.state for row in world.rows("outbox", person="head")] == ["retry"]
    world.run("05/06 22:00", dossier(due="05/06 22:00"))
    assert await world.send("05/06 22:00") == 1
    assert part(world, person="an").state == "accepted"
    assert part(world, person="head").state == "retry"
    await world.send("06/06 06:30")
    assert part(world, person="head").state == "accepted"


# --- what changed before the send -------------------------------------------------------------------------------------


async def test_a_message_whose_every_dossier_was_finished_before_the_send_is_superseded(world):
    world.compose(START)
    world.run(START + timedelta(minutes=1), finished(dossier(), "05/06 16:00"))
    assert await world.send(START + timedelta(minutes=1)) == 0
    assert (part(world).state, world.alerts()) == ("superseded", [("soon", "an", "superseded")])


async def test_a_message_with_one_dossier_still_open_is_sent(database):
    world = make(database)
    world.run(START, dossier("HS-1"), dossier("HS-2"))
    world.compose(START)
    world.run(START + timedelta(minutes=1), finished(dossier("HS-1"), "05/06 16:00"), dossier("HS-2"))
    assert await world.send(START + timedelta(minutes=1)) == 1


async def test_a_message_that_has_begun_to_leave_goes_on_whatever_was_finished(database):
    world = make(database, Contact("console"))
    shown = many(60)
    world.run(START, *shown)

    def stop(outgoing):
        world.deliver.stopping = True

    world.channels["console"].before = stop
    await world.send(START)
    world.channels["console"].before = None
    world.deliver.stopping = False
    world.run(START + timedelta(minutes=1), *[finished(seen, "05/06 16:00") for seen in shown])
    await world.send(START + timedelta(minutes=1))
    assert {row.state for row in world.rows("outbox")} == {"accepted"}
    assert {state for _, _, state in world.alerts()} == {"sent"}


async def test_a_message_tried_with_an_unknown_outcome_is_sent_again_even_if_all_was_finished(world):
    world.channels["webhook"].answers = [Outcome.UNKNOWN]
    await world.send(START)
    world.run(START + timedelta(minutes=1), finished(dossier(), "05/06 16:00"))
    await world.send(START + timedelta(minutes=3))
    assert part(world).state == "accepted"


# --- through a real gateway -------------------------------------------------------------------------------------------


async def test_every_part_reaches_a_real_gateway_in_order_signed_once(database):
    async with WebhookReceiver("secret") as gateway:
        world = make(database, Contact("webhook", phone="84123"))
        world.channels["webhook"] = WebhookChannel(gateway.url, "secret", now=lambda: world.now)
        world.deliver = world.delivery("here")
        world.run(START, *many(60))
        await world.send(START)
        await world.channels["webhook"].close()
    assert gateway.violations == []
    assert gateway.repeated == {}
    bodies = [seen.body for seen in gateway.seen]
    assert [body["part"] for body in bodies] == list(range(1, bodies[0]["parts"] + 1))
    assert sorted(d["code"] for body in bodies for d in body["dossiers"]) == [f"HS-{n:03}" for n in range(60)]
    assert {(body["person"], body["phone"], body["unit"], body["kind"]) for body in bodies} == {
        ("an", "84123", "TP", "digest")
    }
