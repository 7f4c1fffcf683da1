from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from alertd.core.errors import StoreError
from alertd.store import migrate
from alertd.store.database import Database
from alertd.store.tables import (
    absences,
    alerts,
    aliases,
    audit,
    configurations,
    erasures,
    feed_troubles,
    feeds,
    metadata,
    outbox,
    quarantine,
    snapshot_configurations,
)


def test_migrations_make_exactly_the_tables_that_the_code_uses(database):
    with database.write() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata, "compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database):
    assert migrate.upgrade(database) == (migrate.head(), migrate.head())


def test_a_newer_schema_is_refused_and_left_alone(database):
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer than this alertd"):
        migrate.upgrade(database)
    with pytest.raises(StoreError, match="newer than this alertd"):
        migrate.verify(database)


def test_a_database_of_the_first_schema_keeps_what_is_queued_in_it(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO outbox (id, message, dedupe_key, person, kind, urgency, priority, late, part, parts, text,"
                " dossiers, slot_at, created_at, not_before, state, detail, contact, attempts, transients, unknowns, repeat)"
                " VALUES ('m1.1', 'm1', 'k', 'head', 'digest', 'high', 2, false, 1, 1, 'text', '[]',"
                " '2026-11-23T00:30:00.000000+00:00', '2026-11-23T00:30:00.000000+00:00',"
                " '2026-11-23T00:30:00.000000+00:00', 'pending', '', 0, 0, 0, 0, false)"
            )
        )
    assert migrate.upgrade(old) == ("0001", migrate.head())
    with old.read() as connection:
        row = connection.execute(select(outbox)).one()
    assert (row.id, row.channel, row.pinned, row.storm_id, row.attachment) == ("m1.1", "", False, None, None)
    old.close()


def test_other_codes_that_the_third_schema_kept_in_the_dossiers_find_them(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0003")
        for number, codes in enumerate(['["a 1", "A1", "HS-1"]', "[]"], 1):
            connection.execute(
                text(
                    "INSERT INTO dossiers (feed, key, code, code_norm, phase, status, unit_text, received_unit, officers,"
                    " procedure_code, procedure, field, channel, url, aliases, hash, clock, episode, pause_count,"
                    " missing_polls, planned_at, plan_reason, first_seen_at, changed_at)"
                    " VALUES ('f', :code, :code, :code, 'running', '', '', '', '[]', '', '', '', 'unknown', '', :codes,"
                    " '', 'due', 1, 0, 0, :at, 'first_seen', :at, :at)"
                ),
                {"code": f"HS-{number}", "codes": codes, "at": "2026-11-23T00:30:00.000000+00:00"},
            )
    migrate.upgrade(old)
    with old.read() as connection:
        (row,) = connection.execute(select(aliases)).all()
    assert (row.dossier_id, row.feed, row.code_norm) == (1, "f", "A1")
    assert row.first_seen_at.isoformat() == "2026-11-23T00:30:00+00:00"
    old.close()


def test_a_feed_of_the_fifth_schema_keeps_its_state_and_the_admin_is_not_told_of_it_again(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0005")
        for name, state, told in (("a", "shrunk", "'2026-11-23T00:30:00.000000+00:00'"), ("b", "ok", "NULL")):
            connection.execute(
                text(
                    "INSERT INTO feeds (name, state, detail, polled_at, complete_at, as_of, rows, told_at) VALUES"
                    f" ('{name}', '{state}', 'why', NULL, NULL, '2026-11-22T00:30:00.000000+00:00', 12, {told})"
                )
            )
    migrate.upgrade(old)
    with old.read() as connection:
        first, second = connection.execute(select(feeds).order_by(feeds.c.name)).all()
        (trouble,) = connection.execute(select(feed_troubles)).all()
    assert (first.state, first.rows, first.failures, first.failing_since, first.profile) == (
        "shrunk",
        12,
        0,
        None,
        None,
    )
    assert (second.state, second.as_of) == ("ok", datetime(2026, 11, 22, 0, 30, tzinfo=UTC))
    assert (trouble.feed, trouble.kind, trouble.since_at) == ("a", "refused", datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    old.close()


def test_an_absence_that_lasts_is_on_record_after_the_upgrade(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0007")
        connection.execute(
            text(
                "INSERT INTO dossiers (feed, key, code, code_norm, phase, status, unit_text, received_unit, officers,"
                " procedure_code, procedure, field, channel, url, hash, clock, episode, pause_count, missing_since,"
                " missing_polls, planned_at, plan_reason, first_seen_at, changed_at)"
                " VALUES ('f', 'K', 'K', 'K', 'running', '', '', '', '[]', '', '', '', 'unknown', '', '', 'due', 1, 0,"
                " :at, 1, :at, 'first_seen', :at, :at)"
            ),
            {"at": "2026-11-23T00:30:00.000000+00:00"},
        )
    migrate.upgrade(old)
    with old.read() as connection:
        (row,) = connection.execute(select(absences)).all()
    assert (row.dossier_id, row.since.isoformat(), row.until) == (1, "2026-11-23T00:30:00+00:00", None)
    old.close()


def test_a_configuration_that_ran_before_authors_were_kept_has_none(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0009")
        connection.execute(
            text(
                "INSERT INTO configurations (digest, accepted_at, files)"
                " VALUES ('d', '2026-11-23T00:30:00.000000+00:00', '{\"alertd.yaml\": \"x\"}')"
            )
        )
    assert migrate.upgrade(old) == ("0009", migrate.head())
    with old.read() as connection:
        row = connection.execute(select(configurations)).one()
    assert (row.files, row.author, row.note, row.diff) == ({"alertd.yaml": "x"}, "", "", None)
    old.close()


def test_a_week_frozen_by_the_eleventh_schema_keeps_the_configuration_that_counted_it(url):
    old = Database(url)
    at = "'2026-11-23T00:30:00.000000+00:00'"
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0011")
        for digest, files in (("a", '{"alertd.yaml": "eins"}'), ("b", "{}"), ("a", '{"alertd.yaml": "eins"}')):
            connection.execute(
                text(
                    "INSERT INTO configurations (digest, accepted_at, files, author, note, diff)"
                    f" VALUES ('{digest}', {at}, '{files}', '', '', '')"
                )
            )
        connection.execute(
            text(
                "INSERT INTO snapshots (week, edition, starts_at, cutoff_at, known_at, frozen_at, configuration, digest,"
                f" by, reason, head) VALUES ('2026-W47', 1, {at}, {at}, {at}, {at}, 'a', '', '', '', '{{}}')"
            )
        )
    migrate.upgrade(old)
    with old.read() as connection:
        (row,) = connection.execute(select(snapshot_configurations)).all()
    assert (row.digest, row.files) == ("a", {"alertd.yaml": "eins"})
    old.close()


def test_rows_set_aside_before_the_thirteenth_schema_stay_on_the_list(url):
    old = Database(url)
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0012")
        connection.execute(
            text(
                "INSERT INTO quarantine (feed, code, reason, row, poll_id, first_seen_at, last_seen_at) VALUES"
                " ('f', '', 'no code', 3, 1, '2026-11-23T00:30:00.000000+00:00', '2026-11-23T00:30:00.000000+00:00')"
            )
        )
    migrate.upgrade(old)
    with old.write() as connection:
        (kept,) = connection.execute(select(quarantine)).all()
        connection.execute(quarantine.insert(), {**kept._mapping, "id": 99, "row": 4})
    assert (kept.row, kept.reason) == (3, "no code")
    old.close()


def test_what_the_twentieth_schema_kept_from_deletion_is_kept_by_the_next_too(url):
    old = Database(url)
    at = "'2020-11-23T00:30:00.000000+00:00'"
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0020")
        connection.execute(
            text(f"INSERT INTO audit (at, who, action, subject) VALUES ({at}, 'person:an', 'board', '')")
        )
        connection.execute(
            text(f"INSERT INTO erasures (dossier_id, began_at, reason, done_at) VALUES (7, {at}, 'yêu cầu', {at})")
        )
    assert migrate.upgrade(old) == ("0020", migrate.head())
    for statement in (audit.delete(), audit.update().values(who="x"), erasures.delete()):
        with pytest.raises(StoreError, match=r"append-only|cannot be deleted"), old.write() as connection:
            connection.execute(statement)
    with old.read() as connection:
        row = connection.execute(select(erasures)).one()
    assert (row.dossier_id, row.reason, row.shown_as) == (7, "yêu cầu", None)
    old.close()


def test_alerts_of_what_had_ended_by_the_twenty_fifth_schema_know_it(url):
    old = Database(url)
    began, ended = "2026-11-23T00:30:00.000000+00:00", "2026-11-24T00:30:00.000000+00:00"
    with old.write() as connection:
        command.upgrade(migrate._config(connection), "0025")
        for key, end in (("K", ended), ("L", None)):
            connection.execute(
                text(
                    "INSERT INTO dossiers (feed, key, code, code_norm, phase, status, unit_text, received_unit, officers,"
                    " procedure_code, procedure, field, channel, url, hash, clock, episode, pause_count, missing_polls,"
                    " planned_at, plan_reason, first_seen_at, changed_at, ended_seen_at)"
                    " VALUES ('f', :key, :key, :key, 'done', '', '', '', '[]', '', '', '', 'unknown', '', '', 'ended', 1,"
                    " 0, 0, :at, 'first_seen', :at, :at, :end)"
                ),
                {"key": key, "at": began, "end": end},
            )
        for dossier_id in (0, 1, 2):
            connection.execute(
                text(
                    "INSERT INTO alerts (dossier_id, subject, episode, step, occurrence, folded, person, policy, target,"
                    " at, recorded_at, state, urgency, note)"
                    " VALUES (:id, '', 1, 'overdue', 0, 0, 'an', 'p', 'officer', :at, :at, 'sent', 'high', '')"
                ),
                {"id": dossier_id, "at": began},
            )
    migrate.upgrade(old)
    with old.read() as connection:
        rows = connection.execute(select(alerts.c.dossier_id, alerts.c.ended_seen_at).order_by(alerts.c.id)).all()
    assert rows == [(0, None), (1, datetime.fromisoformat(ended)), (2, None)]
    old.close()
