"""The storm brake (DESIGN section 7): what is unlike the usual waits for an operator, and the admin hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.core.errors import InputError
from alertd.core.freshness import MaxAge
from alertd.core.storm import StormBrake
from alertd.jobs import compose as composing
from alertd.store import storms
from tests.store.ground import World, at, dossier, finished, organisation, person, rules, slots, step

SLOTS = slots("07:30", "13:00", quiet=("21:30", "06:30"))
STAFF = [person(f"o{n}", "staff@TP", ids=(f"tp.{n}",), name=f"Chuyên viên {n:02}") for n in range(12)]
BRAKE = StormBrake(at_least=6)
LADDER = (step("soon", "-1d", "officer"), step("overdue", "0d", "officer"))


def shown(count, due="10/06 16:00", first=0, **fields):
    """One dossier of each of so many officers."""
    return [dossier(f"HS-{n} {due}", due=due, officers=(f"tp.{n}",), **fields) for n in range(first, first + count)]


def storm_world(database, *steps, times=SLOTS, brake=BRAKE):
    world = World(
        database, rules(*(steps or LADDER), org=organisation(*STAFF)), slots=times, brake=brake,
        max_age=MaxAge(working_days=20),
    )  # fmt: skip
    world.tick("03/06 07:30")
    world.compose("03/06 07:30")
    return world


@pytest.fixture
def world(database):
    return storm_world(database)


def close(world, when, *seen):
    if seen:
        world.poll(when, *seen)
    world.tick(when)
    return world.compose(when)


def states(world, **where):
    return sorted((row.person, row.state) for row in world.rows("outbox", **where) if row.part == 1)


def held(world):
    with world.database.read() as connection:
        return storms.held(connection)


def decide(world, what, *arguments):
    with world.database.write() as connection:
        return getattr(storms, what)(connection, *arguments)


# --- what is held -----------------------------------------------------------------------------------------------------


def test_a_first_import_is_held_and_the_admin_is_told_at_once_what_to_type(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    assert states(world, kind="digest") == [(f"o{n}", "held") for n in range(8)]
    assert {row.not_before for row in world.rows("outbox", kind="digest")} == {None}
    (notice,) = world.rows("outbox", kind="notice")
    assert (notice.person, notice.state, notice.urgency) == ("admin", "pending", "high")
    assert notice.text == (
        "Tạm giữ 8 tin gửi hàng loạt, chờ quyết định\n"
        "Đợt số 1: 8 tin cho 8 người; chưa có đợt nào trước đó để so sánh.\n"
        "Cảnh báo từ hạn trở đi tự gửi lúc 11:30 hôm nay; còn lại chờ quyết định.\n"
        "Xem: alertd outbox list\n"
        "Gửi hết: alertd outbox release --storm 1\n"
        'Bỏ hết: alertd outbox discard --storm 1 --reason "lý do"'
    )
    (storm,) = held(world)
    assert (storm.id, storm.messages, storm.people, storm.usual, storm.state) == (1, 8, 8, 0, "held")


async def test_nothing_that_is_held_is_sent(world):
    world.poll("04/06 07:00", *shown(8))
    world.poll("10/06 07:00", *shown(8))
    world.tick("10/06 07:30")
    await world.send("10/06 07:30")
    assert [part.person for part in world.sent] == ["admin"]


def test_below_at_least_nothing_is_held(world):
    close(world, "04/06 07:30", *shown(5, "31/05 16:00"))
    assert {state for _, state in states(world)} == {"pending"}
    assert world.rows("storms") == []


def test_off_holds_nothing(database):
    world = storm_world(database, brake=None)
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    assert {state for _, state in states(world)} == {"pending"}


def test_what_is_usual_and_to_people_who_are_used_to_it_is_not_held(world):
    close(world, "04/06 07:30", *shown(5, "04/06 16:00"))
    close(world, "05/06 07:30", *shown(6, "05/06 16:00"))  # one newcomer of six is less than a fifth
    assert world.rows("storms") == []


def test_many_newcomers_are_a_storm_however_usual_the_number(world):
    close(world, "04/06 07:30", *shown(5, "04/06 16:00"))
    close(world, "05/06 07:30", *shown(7, "05/06 16:00"))  # two of seven
    assert [row.usual for row in world.rows("storms")] == [5]


def test_history_is_forgotten_after_14_days(world):
    close(world, "04/06 07:30", *shown(5, "04/06 16:00"))
    close(world, "17/06 07:30", *shown(6, "17/06 16:00"))
    assert world.rows("storms") == []
    close(world, "02/07 07:30", *shown(6, "02/07 16:00"))
    assert len(world.rows("storms")) == 1


def test_critical_alerts_and_what_the_admin_hears_of_the_system_are_neither_held_nor_counted(database):
    ladder = (step("fire", "0d", "officer", urgency="critical"), step("after", "1h", "head"))
    world = storm_world(database, *ladder)
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    assert {state for _, state in states(world)} == {"pending"}
    assert world.rows("storms") == []


def test_of_the_admin_s_own_message_only_what_is_about_dossiers_is_held(database):
    world = storm_world(database, step("soon", "-1d", "officer", "person:admin"))
    world.watch("03/06 07:30", "03/06 07:30")
    world.poll("04/06 07:00", *shown(8, "04/06 16:00"), complete=False)
    close(world, "04/06 07:30")
    admin = {(row.kind, row.state) for row in world.rows("outbox", person="admin")}
    assert admin == {("notice", "pending"), ("digest", "held")}


# --- while it is held -------------------------------------------------------------------------------------------------


def test_the_admin_is_told_again_at_each_slot_while_it_is_held(database):
    world = storm_world(database, step("soon", "-1d"))
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    for slot in ("04/06 13:00", "05/06 07:30"):
        close(world, slot)
        world.compose(at(slot) + timedelta(seconds=2))
    storm = [row for row in world.rows("alerts") if row.step == "storm"]
    assert [row.recorded_at for row in storm] == [at("04/06 07:30"), at("04/06 13:00"), at("05/06 07:30")]
    decide(world, "release", 1, at("05/06 08:00"))
    close(world, "05/06 13:00")
    assert len([row for row in world.rows("alerts") if row.step == "storm"]) == 3


def test_a_later_slot_is_judged_by_itself_and_takes_nothing_over_from_a_storm(database):
    world = storm_world(database, step("soon", "-1d"))
    close(world, "04/06 07:00", *shown(8, "05/06 07:30"), *shown(4, "05/06 10:00"), *shown(7, "06/06 10:00"))
    close(world, "04/06 07:30")
    close(world, "04/06 13:00")
    first, second = at("04/06 07:30"), at("04/06 13:00")
    assert states(world, slot_at=first, kind="digest") == [(f"o{n}", "held") for n in range(8)]
    assert states(world, slot_at=second, kind="digest") == [(f"o{n}", "pending") for n in range(4)]
    close(world, "05/06 13:00")
    assert [row.slot_at for row in world.rows("storms")] == [first, at("05/06 13:00")]


def test_what_was_being_composed_when_the_process_ended_is_held_after_all(world, monkeypatch):
    monkeypatch.setattr(composing, "BATCH", 3)
    world.poll("04/06 07:00", *shown(8, "31/05 16:00"))
    world.tick("04/06 07:30")
    wanted = world.composer._wanted(at("04/06 07:30"), at("04/06 07:30"))
    with world.database.write() as connection:
        hold = world.composer._brake.judge(connection, {f"o{n}" for n in range(8)}, wanted.until, wanted.until)
        found = composing.waiting.pending_alerts(connection, ["o0", "o1", "o2", "o3", "o4"], wanted)
        for name, rows in found.items():
            world.composer._message(
                connection, name, rows, composing.told.Told(), wanted.until, wanted.until, storm=hold.storm, held=True
            )
    assert world.compose("04/06 07:31") == 4, "three that were left, and the admin's"
    assert states(world, kind="digest") == [(f"o{n}", "held") for n in range(8)]
    assert [row.messages for row in world.rows("storms")] == [8]


# --- what is due leaves by itself -------------------------------------------------------------------------------------


async def test_after_hold_max_what_is_due_leaves_by_itself_and_the_rest_is_held_on(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"), *shown(8, "05/06 07:30"))
    assert len(held(world)) == 1
    world.compose("04/06 11:29")
    assert {state for _, state in states(world, kind="digest")} == {"held"}
    world.compose("04/06 11:30")
    by_state = {}
    for row in world.rows("outbox", kind="digest"):
        by_state.setdefault(row.state, []).append(row)
    assert {state: len(rows) for state, rows in by_state.items()} == {"superseded": 8, "pending": 8, "held": 8}
    assert {d["code"][-11:] for row in by_state["pending"] for d in row.dossiers} == {"31/05 16:00"}
    assert {d["code"][-11:] for row in by_state["held"] for d in row.dossiers} == {"05/06 07:30"}
    assert "tin hàng loạt được giữ lại để kiểm tra" not in by_state["held"][0].text
    assert "mới nhận được dữ liệu" in by_state["pending"][0].text
    (storm,) = held(world)
    assert (storm.state, storm.messages) == ("partly", 8)
    await world.send("04/06 11:31")
    assert len([part for part in world.sent if part.person != "admin"]) == 8
    world.compose("04/06 13:00")
    assert len(world.rows("outbox", state="held")) == 8


def test_a_storm_of_which_nothing_is_left_is_over(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    world.compose("04/06 11:30")
    assert held(world) == []
    (storm,) = world.rows("storms")
    assert (storm.state, storm.reason, storm.decided_at) == ("released", "hold_max", at("04/06 11:30"))


def test_what_is_due_leaves_after_hold_max_also_when_the_brake_is_off_by_then_and_never_in_quiet_hours(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    world.brake = None
    world.slots = slots("07:30", quiet=("11:00", "12:00"))
    world.compose("04/06 11:45")
    assert len(held(world)) == 1
    world.compose("04/06 12:00")
    assert held(world) == []


def test_what_has_ended_while_it_was_held_is_said_no_more(world):
    first = shown(8, "31/05 16:00")
    close(world, "04/06 07:30", *first)
    world.poll("04/06 09:00", finished(first[0], "04/06 08:30"), *first[1:])
    world.compose("04/06 11:30")
    assert states(world, kind="digest", state="pending") == [(f"o{n}", "pending") for n in range(1, 8)]
    left = world.rows("outbox", person="o0")
    assert [row.state for row in left] == ["held"], "nothing due in it: it waits for the operator, who sends nothing"


# --- the operator's word ----------------------------------------------------------------------------------------------


async def test_release_lets_everything_leave_as_it_is(world):
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    assert decide(world, "release", 1, at("04/06 11:00")) == 8
    await world.send("04/06 11:00")
    parts = [part for part in world.sent if part.person != "admin"]
    assert sorted(part.person for part in parts) == [f"o{n}" for n in range(8)]
    assert all(part.late and "(Tin soạn lúc 07:30 hôm nay, gửi muộn)" in part.text for part in parts)
    assert held(world) == []


async def test_release_respects_quiet_hours(world):
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    decide(world, "release", 1, at("04/06 22:00"))
    await world.send("04/06 22:00")
    assert world.sent == []
    await world.send("05/06 06:30")
    assert len([part for part in world.sent if part.person != "admin"]) == 8


def test_what_was_released_is_history_and_its_people_are_no_newcomers(world):
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    decide(world, "release", 1, at("04/06 08:00"))
    close(world, "05/06 07:30", *shown(8, "06/06 07:30"))
    assert len(world.rows("storms")) == 1


def test_what_was_discarded_never_leaves_and_stays_on_record_with_the_reason(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    assert decide(world, "discard", 1, "nhập nhầm tệp cũ", at("04/06 08:00")) == 8
    rows = world.rows("outbox", kind="digest")
    assert {(row.state, row.detail, row.not_before) for row in rows} == {("discarded", "nhập nhầm tệp cũ", None)}
    assert {row.state for row in world.rows("alerts", step="overdue")} == {"discarded"}
    assert world.rows("storms")[0].reason == "nhập nhầm tệp cũ"
    world.compose("04/06 11:30")
    assert {row.state for row in world.rows("outbox", kind="digest")} == {"discarded"}


def test_people_of_a_discarded_storm_start_from_then_on_as_anybody(world):
    close(world, "04/06 07:30", *shown(8, "31/05 16:00"))
    decide(world, "discard", 1, "nhập nhầm tệp cũ", at("04/06 08:00"))
    close(world, "05/06 07:30", *shown(8, "06/06 07:30"))
    assert len(world.rows("storms")) == 1
    assert len(world.rows("outbox", state="pending", slot_at=at("05/06 07:30"), kind="digest")) == 8


def test_what_joins_while_the_operator_decides_shares_the_decision(world):
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    with world.database.write() as connection:
        storms._decide(connection, 1, storms.StormState.DISCARDED, "thử", at("04/06 08:00"))
    world.compose("04/06 08:00")
    assert {row.state for row in world.rows("outbox", kind="digest")} == {"discarded"}


@pytest.mark.parametrize("what", [("release",), ("discard", "thử lại")])
def test_only_what_is_held_can_be_decided(world, what):
    close(world, "04/06 07:30", *shown(8, "04/06 16:00"))
    with pytest.raises(InputError, match=r"storm 7 is not held; held are: 1 "):
        decide(world, what[0], 7, *what[1:], at("04/06 08:00"))
    decide(world, "release", 1, at("04/06 08:00"))
    with pytest.raises(InputError, match="held are: none"):
        decide(world, what[0], 1, *what[1:], at("04/06 08:00"))


# --- at once ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(database):
    return storm_world(database, times=slots(quiet=("21:30", "06:30")))


def test_at_once_an_import_that_arrives_in_small_ticks_is_braked_when_it_adds_up(at_once):
    for minute, first in enumerate((0, 3, 6, 9)):
        close(at_once, f"04/06 09:0{minute}", *shown(first + 3, "31/05 16:00"))
    early = [(f"o{n}", "pending") for n in range(3)]
    assert states(at_once, kind="digest") == sorted([*early, *((f"o{n}", "held") for n in range(3, 12))])
    assert [row.messages for row in at_once.rows("storms")] == [9]


def test_at_once_first_messages_within_the_hour_join_the_storm_and_others_leave(at_once):
    old = dossier("HS-0", due="04/06 08:00", officers=("tp.0",))
    close(at_once, "04/06 08:00", old)
    close(at_once, "04/06 09:00", old, *shown(8, first=1, due="31/05 16:00"))
    more = [old, dossier("HS-00", due="04/06 09:30", officers=("tp.0",))]
    close(at_once, "04/06 09:30", *more, *shown(9, first=1, due="31/05 16:00"))
    assert states(at_once, slot_at=at("04/06 09:30"), kind="digest") == [("o0", "pending"), ("o9", "held")]
    close(at_once, "04/06 10:01", *more, *shown(10, first=1, due="31/05 16:00"))
    assert states(at_once, slot_at=at("04/06 10:01"), kind="digest") == [("o10", "pending")]


def test_at_once_what_was_released_does_not_make_the_next_tick_a_storm(at_once):
    close(at_once, "04/06 09:00", *shown(8, "31/05 16:00"))
    decide(at_once, "release", 1, at("04/06 09:01"))
    close(at_once, "04/06 09:02", *shown(9, "31/05 16:00"))
    assert states(at_once, slot_at=at("04/06 09:02"), kind="digest") == [("o8", "pending")]


def test_at_once_the_admin_is_told_again_every_hold_max(at_once):
    close(at_once, "04/06 09:00", *shown(8, "05/06 09:00"))
    for when in ("04/06 09:00", "04/06 10:00", "04/06 12:59", "04/06 13:01", "04/06 13:02", "04/06 17:02"):
        at_once.compose(when)
    told = [row.recorded_at for row in at_once.rows("alerts") if row.step == "storm"]
    assert told == [at("04/06 09:00"), at("04/06 13:01"), at("04/06 17:02")]


def test_at_once_a_batch_is_not_composed_before_its_tick_of_escalate_is_finished(at_once):
    at_once.poll("04/06 09:00", *shown(8, "31/05 16:00"))
    at_once.tick("04/06 09:00")
    with at_once.database.write() as connection:
        composing.marks.set_mark(connection, "escalate", at("04/06 08:59"))
    assert at_once.compose("04/06 09:00") == 0
    with at_once.database.write() as connection:
        composing.marks.set_mark(connection, "escalate", at("04/06 09:00"))
    at_once.compose("04/06 09:01")
    assert len(held(at_once)) == 1
