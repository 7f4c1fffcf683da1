"""What is past its term goes, batch by batch, and nothing else: neither what is open nor what is owed."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from alertd.core.dossier import Phase, Reject
from alertd.core.errors import StoreError
from alertd.core.keeping import Kind
from alertd.store import erasing, floors, outdated, tables
from tests.store.ground import DAY, FEED, World, at, dossier, finished

#: HS-1 and HS-2 ended on 6 June, HS-9 stands behind them and runs.
ENDED = "06/06 09:00"
LATER = at("01/01/2030 23:00")
YEAR = timedelta(days=366)


@pytest.fixture
async def world(database):
    """Two dossiers that were overdue, told and finished; a third that is overdue and runs, in messages of its own."""
    made = World(database)
    shown = [dossier(code, due="04/06 16:00", aliases=(f"BN-{code}",)) for code in ("HS-1", "HS-2")]
    await shows(made, "03/06 08:00", *shown)
    await shows(made, "05/06 09:00", *shown)
    ended = [finished(each, "06/06 08:30") for each in shown]
    await shows(made, ENDED, *ended)
    await shows(made, "07/06 09:00", *ended, dossier("HS-9", due="06/06 16:00"))
    return made


async def shows(world, when, *shown, **poll):
    world.run(when, *shown, **poll)
    await world.send(when)


def gone(world, kind, before=LATER, limit=100):
    """How many of a class one batch after the other takes."""
    if kind is Kind.DOSSIERS:
        gone(world, Kind.MESSAGES)
    counts = []
    while not counts or counts[-1]:
        with world.database.write() as connection:
            counts.append(outdated.BATCHES[kind](connection, before, limit, LATER))
    return counts[:-1]


def codes(world):
    return [row.code for row in world.rows("dossiers")]


# --- dossiers ---------------------------------------------------------------------------------------------------------


async def test_an_ended_dossier_goes_with_all_that_is_on_record_of_it(world):
    one = world.stored("HS-1")
    assert gone(world, Kind.DOSSIERS) == [2]
    assert codes(world) == ["HS-9"]
    for name in (*(each.name for each in tables.APPEND_ONLY), "alerts", "acknowledgements", "explanations"):
        assert world.rows(name, dossier_id=one.id) == [], name
    with world.database.read() as connection:
        held = "\n".join(
            str(tuple(row)) for each in tables.metadata.sorted_tables for row in connection.execute(select(each))
        )
    assert not re.search(r"HS-[12]\b", held)


async def test_a_message_that_stays_because_it_names_another_too_names_it_no_longer(world):
    one, two = (finished(dossier(code, due="04/06 16:00", aliases=(f"BN-{code}",)), "06/06 08:30") for code in ("HS-1", "HS-2"))  # fmt: skip
    await shows(
        world,
        "10/06 09:00",
        replace(one, phase=Phase.RUNNING, finished_at=None),
        two,
        dossier("HS-9", due="06/06 16:00"),
    )
    assert gone(world, Kind.DOSSIERS) == [1]
    assert codes(world) == ["HS-1", "HS-9"]
    texts = [row.text for row in world.rows("outbox")]
    assert any("HS-1" in text and "(đã xóa)" in text for text in texts)
    assert not any("HS-2" in text for text in texts)
    assert "HS-2" not in str([row.dossiers for row in world.rows("outbox")])


async def test_a_code_that_another_feed_s_dossier_bears_stays_in_messages_that_name_that_one(world):
    one, two = (finished(dossier(code, due="04/06 16:00", aliases=(f"BN-{code}",)), "06/06 08:30") for code in ("HS-1", "HS-2"))  # fmt: skip
    await shows(world, "10/06 09:00", replace(one, phase=Phase.RUNNING, finished_at=None), two)
    d = tables.dossiers
    with world.database.write() as connection:
        same = {"feed": "other", "code": "HS-2", "code_norm": world.stored("HS-2").code_norm}
        connection.execute(update(d).where(d.c.code == "HS-9").values(same))
    before = [row.text for row in world.rows("outbox") if "HS-1" in row.text and "HS-2" in row.text]
    assert before
    assert gone(world, Kind.DOSSIERS) == [1]
    assert set(before) <= {row.text for row in world.rows("outbox")}


async def test_a_dossier_is_kept_to_the_very_end_of_its_term(world):
    assert gone(world, Kind.DOSSIERS, at(ENDED)) == []
    assert gone(world, Kind.DOSSIERS, at(ENDED) + timedelta(seconds=1)) == [2]


async def test_a_dossier_under_way_never_goes_however_old(world):
    assert gone(world, Kind.DOSSIERS, at("01/01/2100 00:00")) == [2]
    assert codes(world) == ["HS-9"]


async def test_a_dossier_that_was_opened_again_stays_with_all_its_history(world):
    one, two = (finished(dossier(code, due="04/06 16:00", aliases=(f"BN-{code}",)), "06/06 08:30") for code in ("HS-1", "HS-2"))  # fmt: skip
    before = len(world.rows("observations", dossier_id=world.stored("HS-1").id))
    await shows(
        world,
        "10/06 09:00",
        replace(one, phase=Phase.RUNNING, finished_at=None),
        two,
        dossier("HS-9", due="06/06 16:00"),
    )
    assert gone(world, Kind.DOSSIERS) == [1]
    assert codes(world) == ["HS-1", "HS-9"]
    assert len(world.rows("observations", dossier_id=world.stored("HS-1").id)) == before + 1


async def test_a_dossier_of_which_an_alert_waits_stays_until_it_is_told(world):
    with world.database.write() as connection:
        a = tables.alerts.c
        ids = select(func.min(a.id)).where(a.dossier_id == world.stored("HS-1").id).scalar_subquery()
        connection.execute(update(tables.alerts).where(a.id == ids).values(state="pending", message=None))
    assert gone(world, Kind.DOSSIERS) == [1]
    assert codes(world) == ["HS-1", "HS-9"]
    with world.database.write() as connection:
        connection.execute(update(tables.alerts).where(a.state == "pending").values(state="superseded"))
    assert gone(world, Kind.DOSSIERS) == [1]


@pytest.mark.parametrize("state", ["pending", "sending", "retry", "unknown", "held"])
async def test_a_dossier_of_which_a_message_is_owed_stays_with_it(world, state):
    told = {row.message for row in world.rows("alerts", dossier_id=world.stored("HS-1").id) if row.message}
    with world.database.write() as connection:
        owed = update(tables.outbox).where(tables.outbox.c.message == min(told))
        connection.execute(owed.values(state=state, settled_at=None))
    assert gone(world, Kind.MESSAGES) == [5]
    named = [row.dossiers for row in world.rows("outbox", message=min(told))]
    assert named
    left = {each["code"] for dossiers in named for each in dossiers}
    gone(world, Kind.DOSSIERS)
    assert set(codes(world)) == {"HS-9", *left}


async def test_what_was_changed_later_is_kept_from_then_on(world):
    one, two = (finished(dossier(code, due="04/06 16:00", aliases=(f"BN-{code}",)), "06/06 08:30") for code in ("HS-1", "HS-2"))  # fmt: skip
    await shows(
        world,
        "20/06 09:00",
        replace(one, phase=Phase.RETURNED, returned_at=at("19/06 09:00")),
        two,
        dossier("HS-9", due="06/06 16:00"),
    )
    assert gone(world, Kind.DOSSIERS, at("15/06 09:00")) == [1]
    assert codes(world) == ["HS-1", "HS-9"]


async def test_the_newest_number_is_never_given_free(world):
    """SQLite gives the number of a deleted last row again; the audit log would then speak of another dossier."""
    nine = finished(dossier("HS-9", due="06/06 16:00"), "08/06 08:30")
    await shows(world, "08/06 09:00", nine)
    assert gone(world, Kind.DOSSIERS) == [2]
    before = world.stored("HS-9").id
    await shows(world, "09/06 09:00", nine, dossier("HS-10"))
    assert world.stored("HS-10").id > before


async def test_batches_end_where_they_are_told_and_the_next_goes_on(world):
    assert gone(world, Kind.DOSSIERS, limit=1) == [1, 1]


def _halfway(connection):
    assert outdated.BATCHES[Kind.MESSAGES](connection, LATER, 100, LATER) == 6
    assert outdated.BATCHES[Kind.DOSSIERS](connection, LATER, 100, LATER) == 2
    connection.execute(text("SELECT nonsense FROM nowhere"))


async def test_a_batch_that_fails_half_way_leaves_everything_as_it_was(world):
    before = world.counts()
    with pytest.raises(StoreError), world.database.write() as connection:
        _halfway(connection)
    assert world.counts() == before
    assert gone(world, Kind.DOSSIERS) == [2]


def in_the_file(world):
    return Path(world.database.url.database).read_bytes()


async def test_of_what_went_not_even_the_bytes_stay_in_an_sqlite_file(world):
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL gives the space free in its own time (VACUUM)")
    gone(world, Kind.MESSAGES)
    gone(world, Kind.DOSSIERS)
    with world.database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"HS-9" in in_the_file(world)
    assert not re.search(rb"HS-[12]\b", in_the_file(world))


# --- what a feed shows again ------------------------------------------------------------------------------------------


async def test_what_its_feed_still_shows_as_ended_does_not_come_back(world):
    gone(world, Kind.DOSSIERS)
    again = [finished(dossier(code, due="04/06 16:00"), "06/06 08:30") for code in ("HS-1", "HS-2")]
    counts = world.poll("02/01/2030 08:00", *again, dossier("HS-9", due="06/06 16:00"))
    assert codes(world) == ["HS-9"]
    assert (counts.new, counts.rows) == (0, 3)


async def test_what_is_opened_again_after_it_was_deleted_is_followed_as_new(world):
    gone(world, Kind.DOSSIERS)
    await shows(world, "02/01/2030 08:00", dossier("HS-1", due="04/06 16:00"), dossier("HS-9", due="06/06 16:00"))
    assert codes(world) == ["HS-9", "HS-1"]
    assert world.rows("observations", dossier_id=world.stored("HS-1").id)
    ended = finished(dossier("HS-1", due="04/06 16:00"), "02/01/2030 09:00")
    await shows(world, "02/01/2030 10:00", ended, dossier("HS-9", due="06/06 16:00"))
    assert world.stored("HS-1").phase == "done"


async def test_a_dossier_of_the_same_key_in_another_feed_is_another(world):
    gone(world, Kind.DOSSIERS)
    with world.database.read() as connection:
        assert erasing.deleted(connection, FEED, ["HS-1", "HS-3"]) == {"HS-1"}
        assert erasing.deleted(connection, "other", ["HS-1"]) == set()


@pytest.mark.postgres
@pytest.mark.parametrize("phase", [Phase.RETURNED, Phase.RUNNING])
def test_a_poll_that_shows_a_change_of_what_is_being_deleted_waits_and_takes_it_as_deleted(postgres_url, phase):
    from alertd.store import migrate
    from alertd.store.database import Database

    database = Database(postgres_url)
    migrate.upgrade(database)
    made = World(database)
    one = finished(dossier("HS-1"), "04/06 10:00")
    made.poll("05/06 08:00", one)
    made.poll("06/06 08:00", one, dossier("HS-9"))
    with ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            assert outdated.BATCHES[Kind.DOSSIERS](connection, LATER, 10, LATER) == 1
            polled = pool.submit(made.poll, "02/01/2030 08:00", replace(one, phase=phase), dossier("HS-9"))
            until_it_waits(database)
        counts = polled.result(30)
    assert counts.new == (phase is Phase.RUNNING)
    assert codes(made) == (["HS-9", "HS-1"] if phase is Phase.RUNNING else ["HS-9"])
    database.close()


def until_it_waits(database):
    """Until somebody waits for a lock."""
    for _ in range(300):
        with database.read() as connection:
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        time.sleep(0.05)
    pytest.fail("the poll does not wait")


# --- messages ---------------------------------------------------------------------------------------------------------


async def test_messages_go_with_their_calls_and_the_alerts_still_say_who_was_told(world):
    before = world.alerts("HS-1")
    assert gone(world, Kind.MESSAGES) == [6]
    left = {row.message for row in world.rows("outbox")}
    assert left
    assert {row.outbox_id for row in world.rows("attempts")} == {row.id for row in world.rows("outbox")}
    assert world.alerts("HS-1") == before


async def test_a_message_that_names_a_dossier_under_way_stays(world):
    gone(world, Kind.MESSAGES)
    nine = world.stored("HS-9").id
    assert {row.message for row in world.rows("outbox")} == {
        row.message for row in world.rows("alerts", dossier_id=nine) if row.message
    }


async def test_what_failed_goes_only_once_no_dossier_in_it_runs(world):
    with world.database.write() as connection:
        connection.execute(update(tables.outbox).values(state="failed"))
    assert gone(world, Kind.MESSAGES) == [6]


async def test_alerts_about_no_dossier_go_with_their_message_or_when_they_came_into_none(world):
    world.watch("07/06 09:00", "10/06 15:00")
    await world.send("10/06 15:00")
    assert world.rows("alerts", dossier_id=0)
    with world.database.write() as connection:
        lone = {**world.rows("alerts", dossier_id=0)[0]._mapping, "message": None, "state": "superseded"}
        del lone["id"]
        connection.execute(insert(tables.alerts), [lone | {"occurrence": 7}, lone | {"occurrence": 8}])
    gone(world, Kind.MESSAGES)
    assert [row.occurrence for row in world.rows("alerts", dossier_id=0)] == [8], "the newest number stays"


# --- the others -------------------------------------------------------------------------------------------------------


def test_rows_set_aside_and_what_could_not_be_handled_go_by_when_they_were_last_seen(database):
    made = World(database)
    made.poll("03/06 08:00", dossier(), rejects=[Reject(1, "A", "x"), Reject(2, "B", "x")], complete=False)
    event = {"channel": "zalo", "received_at": at("03/06 08:00")}
    rows = [
        {**event, "key": "1", "handled_at": at("03/06 08:00"), "event": {"text": "…"}},
        {**event, "key": "2", "handled_at": None, "event": {"text": "…"}},
        {**event, "key": "3", "handled_at": at("09/06 08:00"), "event": {"text": "…"}},
    ]
    with database.write() as connection:
        for row in rows:
            connection.execute(insert(tables.inbound).values(row))
    made.poll("08/06 08:00", dossier(), rejects=[Reject(2, "B", "x")], complete=False)
    with database.write() as connection:
        connection.execute(
            update(tables.quarantine).where(tables.quarantine.c.code == "A").values(last_seen_at=at("03/06 08:00"))
        )
    assert gone(made, Kind.QUARANTINE, at("05/06 08:00")) == [1]
    assert gone(made, Kind.INBOUND, at("05/06 08:00")) == [1]
    assert [row.key for row in made.rows("inbound")] == ["2", "3"]


def test_readings_without_news_go_and_the_first_and_last_whole_ones_stay(database):
    made = World(database)
    for hour in range(8, 14):
        made.poll(f"03/06 {hour:02}:00", dossier(), complete=hour != 10)
    assert gone(made, Kind.POLLS, at("03/06 12:30"), limit=2) == [2, 2]
    left = [row.started_at for row in made.rows("polls")]
    assert left == [at("03/06 08:00"), at("03/06 13:00")]
    assert gone(made, Kind.POLLS, at("03/07 13:00")) == []


async def test_readings_with_news_stay_as_long_as_a_dossier_that_they_may_have_shown(world):
    assert gone(world, Kind.POLLS) == [1]
    assert [row.started_at for row in world.rows("polls", changed=2)] == [at(ENDED)]
    gone(world, Kind.DOSSIERS)
    # HS-9 was first seen by the last of them
    assert gone(world, Kind.POLLS) == [1]
    assert [row.started_at for row in world.rows("polls")] == [at("03/06 08:00"), at("07/06 09:00")]


def looked(connection, *days):
    connection.execute(
        insert(tables.audit),
        [{"at": at(f"{day}/01/2024 08:00"), "who": "person:an", "action": "dossier", "subject": ""} for day in days],
    )


def test_of_the_access_log_what_is_past_its_term_goes(database):
    made = World(database)
    with database.write() as connection:
        looked(connection, "01", "02", "03", "04")
    assert gone(made, Kind.ACCESS, at("03/01/2024 08:00"), limit=1) == [1, 1]
    assert [row.at for row in made.rows("audit")] == [at("03/01/2024 08:00"), at("04/01/2024 08:00")]


def test_configurations_go_that_no_dossier_on_record_has_seen(database):
    made = World(database)

    def ran(*days):
        with database.write() as connection:
            for day in days:
                connection.execute(
                    insert(tables.configurations).values(digest=day, accepted_at=at(f"{day} 08:00"), files={}, diff="")
                )

    ran("01/01", "01/02", "01/03")
    assert gone(made, Kind.CONFIGURATIONS, at("15/02 08:00"), limit=1) == [1]
    assert [row.digest for row in made.rows("configurations")] == ["01/02", "01/03"]
    made.poll("15/03 08:00", dossier())
    ran("01/04", "01/05")
    assert gone(made, Kind.CONFIGURATIONS, LATER) == [1]
    assert [row.digest for row in made.rows("configurations")] == ["01/03", "01/04", "01/05"]


def freeze(connection, year, configuration):
    cutoff = at(f"05/01/{year} 00:00")
    row = {"week": f"{year}-W01", "edition": 1, "starts_at": cutoff - 7 * DAY, "cutoff_at": cutoff, "known_at": cutoff,
           "frozen_at": cutoff, "configuration": configuration, "digest": "", "by": "", "reason": "", "head": "{}"}  # fmt: skip
    id_ = connection.scalar(insert(tables.snapshots).returning(tables.snapshots.c.id), row)
    unit = {"snapshot_id": id_, "place": 0, "name": "", "kind": "", "figures": "{}"}
    connection.execute(insert(tables.snapshot_units), unit)
    if not connection.scalar(select(func.count()).where(tables.snapshot_configurations.c.digest == configuration)):
        connection.execute(insert(tables.snapshot_configurations), {"digest": configuration, "files": {}})


def test_weeks_go_with_their_units_and_the_configurations_that_no_other_week_needs(database):
    made = World(database)
    with database.write() as connection:
        for year, configuration in ((2012, "a"), (2013, "b"), (2014, "b"), (2015, "c")):
            freeze(connection, year, configuration)
    assert gone(made, Kind.WEEKS, at("01/06/2013 00:00")) == [2]
    with database.read() as connection:
        assert [row.week for row in connection.execute(select(tables.snapshots))] == ["2014-W01", "2015-W01"]
        assert len(connection.execute(select(tables.snapshot_units)).all()) == 2
        assert sorted(connection.scalars(select(tables.snapshot_configurations.c.digest))) == ["b", "c"]
    assert gone(made, Kind.WEEKS, at("01/01/2020 00:00")) == [1], "the last week stays"


# --- the database itself refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["audit", "snapshots", "snapshot_units", "snapshot_configurations"])
def test_nothing_after_the_floor_can_be_deleted_nor_anything_changed(database, name):
    with database.write() as connection:
        looked(connection, "01", "02")
        freeze(connection, 2012, "a")
        freeze(connection, 2015, "b")
        floors.lift(connection, Kind.ACCESS, at("02/01/2024 08:00"))
        floors.lift(connection, Kind.WEEKS, at("01/01/2013 00:00"))
    table = getattr(tables, name)
    whole = [delete(table), update(table).values({next(c for c in table.columns if not c.primary_key).name: "x"})]
    if name == "audit":
        whole[1] = update(table).values(who="x")
    for statement in whole:
        with pytest.raises(StoreError, match=r"append-only|never changed"), database.write() as connection:
            connection.execute(statement)


def test_a_floor_only_rises_and_lies_far_enough_in_the_past(database):
    now = at("01/01/2024 00:00")
    with database.write() as connection:
        assert floors.lift(connection, Kind.ACCESS, now) == now
        assert floors.lift(connection, Kind.ACCESS, now - YEAR) == now, "it does not sink"
        assert floors.floor(connection, Kind.ACCESS) == now
    table = tables.floors
    for statement in (
        update(table).values(at=now - YEAR),
        update(table).values(name="weeks"),
        update(table).values(at=at("01/01/2124 00:00")),
        insert(table).values(name="weeks", at=now),
        delete(table),
    ):
        with pytest.raises(StoreError, match="a floor only rises"), database.write() as connection:
            connection.execute(statement)
    if database.is_sqlite:
        lower = text("INSERT OR REPLACE INTO floors (name, at) VALUES ('access', '2020-01-01T00:00:00.000000+00:00')")
        with pytest.raises(StoreError, match="a floor only rises"), database.write() as connection:
            connection.execute(lower)
    with database.write() as connection:
        connection.execute(insert(table).values(name="weeks", at=at("01/01/2020 00:00")))
        assert floors.floor(connection, Kind.ACCESS) == now


async def test_the_history_of_a_dossier_under_way_cannot_even_be_opened_for_deleting(world):
    with pytest.raises(StoreError, match="a dossier under way cannot be erased"), world.database.write() as connection:
        erasing.erase_history(connection, world.stored("HS-9").id, "thử", LATER)


def test_postgresql_lets_none_of_these_be_emptied(postgres_url):
    from alertd.store import migrate
    from alertd.store.database import Database

    database = Database(postgres_url)
    migrate.upgrade(database)
    for name in ("audit", "snapshots", "snapshot_configurations", "floors"):
        with pytest.raises(StoreError, match=r"append-only|never changed|only rises"), database.write() as connection:
            connection.execute(text(f"TRUNCATE {name} CASCADE"))
    database.close()


# --- as fast in year five ---------------------------------------------------------------------------------------------


def plan(database, query):
    """What the engine would do, with as many rows that it does not take a scan of a small table."""
    with database.read() as connection:
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        if database.is_sqlite:
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))
            return "\n".join(row.detail for row in rows)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_sort = off"))
        return "\n".join(connection.execute(text(f"EXPLAIN {compiled}")).scalars())


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        (outdated.dossiers_past(LATER), ["dossiers_ended", "outbox_message"]),
        (outdated.messages_past(LATER), ["outbox_slot", "outbox_message", "alerts_message"]),
        (outdated.polls_past(LATER, idle=True), ["polls_idle", "polls_source", "polls_feed"]),
        (outdated.polls_past(LATER, idle=False), ["polls_started", "polls_source", "polls_feed"]),
        (select(tables.quarantine.c.id).where(tables.quarantine.c.last_seen_at < LATER), ["quarantine_seen"]),
        (select(tables.inbound.c.id).where(tables.inbound.c.handled_at < LATER), ["inbound_waiting"]),
        (select(tables.audit.c.id).where(tables.audit.c.at < LATER), ["audit_at"]),
        (select(tables.snapshots.c.id).where(tables.snapshots.c.cutoff_at < LATER), ["snapshots_cutoff"]),
    ],
    ids=["dossiers", "messages", "idle readings", "readings", "quarantine", "inbound", "access", "weeks"],
)
def test_what_is_past_its_term_is_found_by_an_index(database, query, indexes):
    found = plan(database, query.limit(50))
    assert all(index in found for index in indexes), found
    assert "SCAN dossiers\n" not in found
    assert "Seq Scan" not in found


def test_what_ended_at_one_instant_is_not_sorted_for_each_few_that_go(database):
    found = plan(database, outdated.dossiers_past(LATER).limit(50))
    assert "dossiers_ended" in found
    assert "Sort" not in found, found
    assert "ORDER BY" not in found, found
