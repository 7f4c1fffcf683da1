"""A frozen week comes back letter by letter, and no statement changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from alertd.core.errors import StoreError
from alertd.core.named import EndedSpell, MovedDue, OverdueDossier
from alertd.core.rates.counts import Counts
from alertd.core.rates.rate import Rate
from alertd.core.rates.tally import Counting, Figures
from alertd.core.rates.week import UnitWeek, Week
from alertd.core.weekly import Mark
from alertd.store import snapshots
from alertd.store.tables import snapshot_configurations, snapshot_units
from alertd.store.tables import snapshots as table
from tests.store.ground import at

FILES = {"alertd.yaml": "…"}
MONDAY, SUNDAY = at("03/06 00:00"), at("10/06 00:00")
FIGURES = Figures(Counts(received=3, open=3, running=3, overdue=1), {"R1": Rate(1, 2, 1), "R2": Rate(5, 9, 0, 2)})
WEEK = Week(
    label="2024-W23", start=MONDAY, cutoff=SUNDAY, counted_until=MONDAY, known_at=SUNDAY, observed_to=12,
    configuration="abc", counting=Counting(), marks=(Mark.PARTLY_RECONSTRUCTED,),
    units=(UnitWeek("TP", "Phòng Tư pháp", "department", FIGURES), UnitWeek(None, "", "", Figures())),
    overdue=(OverdueDossier("MAU-1", "Thủ tục mẫu", "TP", "Cán bộ mẫu", None, at("05/06 16:00"), at("05/06 16:00"),
                            at("05/06 16:05"), 1.25, 1),),
    moved=(MovedDue("MAU-2", "", None, "", at("05/06 16:00"), None, at("09/06 16:00"), "added"),),
    ended=(EndedSpell("MAU-3", "", "TP", "", at("04/06 16:00"), at("04/06 15:00"), at("05/06 16:00"), None, "due_moved"),),
)  # fmt: skip


def freeze(database, week=WEEK, when="10/06 00:20", **by):
    with database.write() as connection:
        return snapshots.freeze(connection, week, FILES, at(when), **by)


def test_a_frozen_week_comes_back_letter_by_letter(database):
    id_ = freeze(database)
    with database.read() as connection:
        row = snapshots.edition(connection, "2024-W23")
        back = snapshots.week(connection, row)
    assert (row.id, row.edition, row.digest) == (id_, 1, WEEK.digest())
    assert back == WEEK
    with database.read() as connection:
        assert snapshots.configuration(connection, WEEK.configuration) == FILES
        assert snapshots.configuration(connection, "another") is None
    assert back.digest() == row.digest


@pytest.mark.parametrize(
    "statement",
    [
        update(table).values(reason="…"),
        delete(table),
        update(snapshot_units).values(figures="{}"),
        delete(snapshot_units),
        delete(snapshot_configurations),
        text("UPDATE snapshots SET digest = 'x' WHERE id = 1"),
    ],
    ids=["week changed", "week deleted", "figures changed", "figures deleted", "configuration deleted", "in plain SQL"],
)
def test_the_database_refuses_to_change_or_delete_a_frozen_week(database, statement):
    freeze(database)
    with pytest.raises(StoreError, match="frozen week is never changed"), database.write() as connection:
        connection.execute(statement)
    with database.read() as connection:
        assert snapshots.week(connection, snapshots.edition(connection, "2024-W23")) == WEEK


@pytest.mark.postgres
def test_postgresql_refuses_to_truncate_them(postgres_url):
    from alertd.store import migrate
    from alertd.store.database import Database

    database = Database(postgres_url)
    migrate.upgrade(database)
    freeze(database)
    with pytest.raises(StoreError, match="frozen week"), database.write() as connection:
        connection.execute(text("TRUNCATE snapshots CASCADE"))
    database.close()


def test_a_correction_is_an_edition_more_with_who_and_why(database):
    freeze(database)
    better = replace(WEEK, units=(UnitWeek("TP", "Phòng Tư pháp", "department", Figures()),))
    freeze(database, better, "12/06 08:00", by="Văn phòng", reason="Cổng nhập bù")
    with database.read() as connection:
        first, second = snapshots.editions(connection, "2024-W23")
        assert snapshots.edition(connection, "2024-W23") == second
        assert snapshots.edition(connection, "2024-W23", 1) == first
    assert (first.edition, second.edition) == (1, 2)
    assert (second.by, second.reason) == ("Văn phòng", "Cổng nhập bù")


def test_each_week_is_valid_in_its_last_edition_or_in_the_one_of_an_earlier_day(database):
    week = timedelta(days=7)
    freeze(database, replace(WEEK, label="2024-W22", start=MONDAY - week, cutoff=MONDAY), "03/06 00:20")
    freeze(database)
    freeze(database, replace(WEEK, label="2024-W22", start=MONDAY - week, cutoff=MONDAY), "12/06 08:00", by="Văn phòng")
    with database.read() as connection:
        now = [(row.week, row.edition) for row in snapshots.valid(connection, MONDAY - week, SUNDAY)]
        then = [
            (row.week, row.edition) for row in snapshots.valid(connection, MONDAY - week, SUNDAY, at("11/06 08:00"))
        ]
        alone = [row.week for row in snapshots.valid(connection, MONDAY, SUNDAY)]
        assert (snapshots.first_cutoff(connection), snapshots.last_cutoff(connection)) == (MONDAY, SUNDAY)
    assert now == [("2024-W22", 2), ("2024-W23", 1)]
    assert then == [("2024-W22", 1), ("2024-W23", 1)]
    assert alone == ["2024-W23"]


def test_any_figure_changes_the_digest():
    other = replace(FIGURES, rates={**FIGURES.rates, "R1": Rate(1, 2, 2)})
    units = (UnitWeek("TP", "Phòng Tư pháp", "department", other), *WEEK.units[1:])
    digests = {WEEK.digest(), replace(WEEK, units=units).digest(), replace(WEEK, overdue=()).digest(),
               replace(WEEK, observed_to=13).digest(), replace(WEEK, marks=()).digest()}  # fmt: skip
    assert len(digests) == 5
