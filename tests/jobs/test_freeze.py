"""A week is frozen once it is over, as it was known then; counted again it is the same; corrected it is an edition more."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from alertd.config.times import week_time
from alertd.core.dossier import Filing, Phase
from alertd.core.errors import InputError
from alertd.core.keeping import Kind
from alertd.core.weekly import Mark
from alertd.store import configurations, outdated, snapshots
from tests.jobs.office import loaded, reporter, world
from tests.store.ground import HOUR, at, dossier, finished

#: 2024-W23 is Monday 03/06 to Sunday 09/06.
W23, W24 = "2024-W23", "2024-W24"


def row(database, label, number=None):
    with database.read() as connection:
        return snapshots.edition(connection, label, number)


def week(database, label, number=None):
    with database.read() as connection:
        return snapshots.week(connection, snapshots.edition(connection, label, number))


def counts(database, label, number=None):
    return week(database, label, number).whole.counts


def received(code, when, due="30/06 16:00", **fields):
    return dossier(code, due, received_at=at(when), **fields)


def test_a_week_is_frozen_some_minutes_after_its_end_and_once(database):
    job, here = reporter(database), world(database)
    here.poll("03/06 08:00", received("HS-1", "03/06 07:45"))
    job.tick(at("03/06 09:00"))
    assert job.tick(at("10/06 00:05")) == []
    assert job.tick(at("10/06 00:11")) == [W23]
    assert job.tick(at("10/06 00:12")) == []
    assert counts(database, W23).received == 1
    assert row(database, W23).cutoff_at == at("10/06 00:00")


def test_without_dossiers_nothing_is_owed_yet(database):
    assert reporter(database).tick(at("10/06 00:20")) == []
    world(database).poll("10/06 08:00", received("HS-1", "10/06 07:45"))
    assert reporter(database).tick(at("10/06 08:10")) == []
    assert reporter(database).tick(at("17/06 00:20")) == [W24]


def test_weeks_missed_while_nothing_ran_are_made_later_as_they_were_known(database):
    here = world(database)
    one = received("HS-1", "03/06 07:45")
    here.poll("03/06 08:00", one)
    reporter(database).tick(at("03/06 09:00"))
    here.poll("12/06 08:00", one, received("HS-2", "11/06 08:00"))
    here.poll("24/06 08:00", one, received("HS-2", "11/06 08:00"), received("HS-3", "05/06 08:00"))
    assert reporter(database).tick(at("24/06 09:00")) == [W23, W24, "2024-W25"]
    assert [counts(database, f"2024-W{n}").received for n in (23, 24, 25)] == [1, 1, 0]
    assert [counts(database, f"2024-W{n}").carried_over for n in (23, 24, 25)] == [0, 1, 2]


def test_a_stop_while_a_week_is_counted_leaves_it_owed(database):
    job, here = reporter(database), world(database)
    here.poll("03/06 08:00", received("HS-1", "03/06 07:45"))
    job.stopping.asked = True
    assert job.tick(at("10/06 00:11")) == []
    assert row(database, W23) is None
    job.stopping.asked = False
    assert job.tick(at("10/06 00:12")) == [W23]


def test_what_becomes_known_too_late_for_its_week_is_counted_once_in_the_next(database):
    here, job = world(database), reporter(database)
    one = received("HS-1", "03/06 07:45")
    here.poll("03/06 08:00", one)
    job.tick(at("10/06 00:20"))
    here.poll("10/06 08:00", finished(one, "07/06 10:00"), received("HS-2", "06/06 08:00"))
    job.tick(at("17/06 00:20"))
    first, second = counts(database, W23), counts(database, W24)
    assert (first.received, first.finished, first.open) == (1, 0, 1)
    assert (second.received, second.received_belated, second.finished, second.finished_belated) == (1, 1, 1, 1)
    assert second.carried_over == first.open


def test_a_frozen_week_counted_again_is_the_same_letter_by_letter(database):
    here, job = world(database), reporter(database)
    late = received("HS-1", "03/06 07:45", "05/06 16:00", channel=Filing.ONLINE, result_digital=True)
    here.poll("03/06 08:00", late, received("HS-2", "03/06 07:50", phase=Phase.PAUSED), received("HS-9", "04/06 08:00"))
    here.poll("06/06 08:00", late, received("HS-2", "03/06 07:50"))
    here.poll("07/06 08:00", replace(late, due_at=at("20/06 16:00")), received("HS-2", "03/06 07:50"))
    job.tick(at("10/06 00:20"))
    here.poll(
        "10/06 08:00",
        finished(late, "04/06 10:00"),
        received("HS-2", "04/06 07:50", unit="NV"),
        received("HS-9", "04/06 08:00"),
    )
    job.tick(at("17/06 00:20"))
    for label in (W23, W24):
        frozen = row(database, label)
        again = job.freezer.recount(frozen)
        assert again == week(database, label)
        assert again.digest() == frozen.digest
    assert week(database, W23).ended[0].kind == "due_moved"
    assert week(database, W23).overdue == ()


def test_a_week_is_counted_again_by_the_configuration_of_then(database):
    here = world(database)
    here.poll("03/06 08:00", received("HS-1", "03/06 07:45", unit="Phòng TP"))
    old, new = loaded(), loaded(aliases="Phòng TP")
    reporter(database, old).tick(at("10/06 00:20"))
    again = reporter(database, new).freezer.recount(row(database, W23))
    assert again.digest() == row(database, W23).digest
    assert [unit.code for unit in again.units if unit.figures.counts.received] == [None]


def test_a_week_frozen_late_is_counted_by_the_rules_in_force_at_its_end(database):
    here, old, new = world(database), loaded(), loaded(aliases="Phòng TP")
    here.poll("03/06 08:00", received("HS-1", "03/06 07:45", unit="Phòng TP"))
    with database.write() as connection:
        for configuration, when in ((old, "03/06 07:00"), (new, "12/06 07:00")):
            version = configurations.Version(configuration.digest, configuration.text, "", "")
            configurations.accept(connection, version, at(when))
    assert reporter(database, new).tick(at("18/06 08:00")) == [W23, W24]
    assert [u.code for u in week(database, W23).units if u.figures.counts.open] == [None]
    assert [u.code for u in week(database, W24).units if u.figures.counts.open] == ["TP"]


def test_before_the_first_poll_weeks_are_made_from_the_feeds_own_dates_and_say_so(database):
    old = received("HS-1", "21/05 08:00", "28/05 16:00")
    world(database).poll("05/06 08:00", finished(old, "29/05 10:00"), received("HS-2", "04/06 08:00"))
    labels = reporter(database).tick(at("05/06 09:00"))
    assert labels == ["2024-W21", "2024-W22"]
    assert [week(database, label).marks for label in labels] == [(Mark.RECONSTRUCTED,)] * 2
    assert (counts(database, "2024-W21").received, counts(database, "2024-W22").late) == (1, 1)
    reporter(database).tick(at("10/06 00:20"))
    assert week(database, W23).marks == (Mark.PARTLY_RECONSTRUCTED,)
    assert (counts(database, W23).received, counts(database, W23).carried_over) == (1, 0)


def test_at_most_some_weeks_are_made_before_the_first_or_back_to_where_a_goal_begins(database):
    world(database).poll("05/06 08:00", received("HS-1", "02/01/2023 08:00"))
    with_goal = reporter(database).tick(at("05/06 09:00"))
    assert with_goal[0] == "2024-W01"
    assert len(with_goal) == 22


def test_without_goals_twelve_weeks_are_made_before_the_first(database):
    world(database).poll("05/06 08:00", received("HS-1", "02/01/2023 08:00"))
    assert len(reporter(database, loaded(targets="")).tick(at("05/06 09:00"))) == 12


def test_a_week_in_which_nothing_was_there_says_so(database):
    here = world(database)
    one = received("HS-1", "03/06 07:45")
    here.poll("03/06 08:00", finished(one, "03/06 07:55"))
    reporter(database).tick(at("17/06 00:20"))
    assert Mark.EMPTY in week(database, W24).marks


def test_a_correction_counts_what_is_known_now_in_its_own_week_and_no_longer_in_the_next(database):
    here, job = world(database), reporter(database)
    one = received("HS-1", "03/06 07:45")
    here.poll("03/06 08:00", one)
    job.tick(at("10/06 00:20"))
    here.poll("10/06 08:00", finished(one, "07/06 10:00"), received("HS-2", "06/06 08:00"))
    job.tick(at("17/06 00:20"))
    corrected = job.freezer.correct(W23, at("18/06 08:00"), by="Văn phòng", reason="Cổng cập nhật muộn")
    assert corrected == [W23, W24]
    first, second = counts(database, W23), counts(database, W24)
    assert (first.received, first.finished, first.finished_belated) == (2, 1, 0)
    assert (second.received, second.finished, second.carried_over) == (0, 0, 1)
    assert (counts(database, W23, 1).received, counts(database, W24, 1).received) == (1, 1)
    edition = row(database, W23)
    assert (edition.edition, edition.by, edition.reason) == (2, "Văn phòng", "Cổng cập nhật muộn")
    assert Mark.CORRECTED in week(database, W23).marks
    assert job.freezer.recount(edition).digest() == edition.digest
    here.poll("19/06 08:00", finished(one, "07/06 10:00"), finished(received("HS-2", "06/06 08:00"), "18/06 09:00"))
    job.tick(at("24/06 00:20"))
    third = counts(database, "2024-W25")
    assert (third.received, third.finished, third.carried_over) == (0, 1, 1)


def test_a_week_that_was_never_frozen_cannot_be_corrected(database):
    with pytest.raises(InputError, match="never frozen"):
        reporter(database).freezer.correct(W23, at("18/06 08:00"), by="Văn phòng", reason="…")


def test_two_daemons_freeze_a_week_once(database):
    world(database).poll("03/06 08:00", received("HS-1", "03/06 07:45"))
    first, second = reporter(database), reporter(database)
    assert first.freezer.freeze(at("10/06 00:00"), at("10/06 00:20")) == W23
    assert second.freezer.freeze(at("10/06 00:00"), at("10/06 00:20")) is None
    with database.read() as connection:
        assert len(snapshots.editions(connection, W23)) == 1


def test_units_of_the_last_day_of_the_week_have_a_row_each_and_the_unmatched_the_last(database):
    world(database).poll("03/06 08:00", received("HS-1", "03/06 07:45", unit="Phòng lạ"))
    reporter(database).tick(at("10/06 00:20"))
    frozen = week(database, W23)
    assert [unit.code for unit in frozen.units] == ["UBND", "TTHCC", "TP", "NV", None]
    assert frozen.units[-1].figures.counts.received == 1


def test_a_long_week_of_one_dossier_is_told_in_full(database):
    """What the lists of a frozen week name."""
    here = world(database)
    one = received("HS-1", "03/06 07:45", "04/06 15:00")
    two = received("HS-2", "03/06 07:45", "04/06 16:00", officers=("tp.khac",))
    here.poll("03/06 08:00", one, two)
    here.poll("05/06 08:00", one, two)
    here.poll("06/06 08:00", one, finished(two, "06/06 07:55"))
    reporter(database).tick(at("10/06 00:20"))
    frozen = week(database, W23)
    (overdue,) = frozen.overdue
    assert (overdue.code, overdue.unit, overdue.officers) == ("HS-1", "TP", "Chuyên viên 1")
    assert overdue.first_seen_overdue_at == at("05/06 08:00")
    assert overdue.working_days == 3.25  # two hours of Tuesday, and Wednesday to Friday
    (late,) = frozen.finished_late
    assert (late.code, late.officers, late.finished_at) == ("HS-2", "tp.khac", at("06/06 07:55"))


def test_at_a_poll_of_the_last_minutes_that_ends_after_the_freeze_the_week_stays_what_it_was(database):
    here, job = world(database), reporter(database)
    here.poll("03/06 08:00", received("HS-1", "03/06 07:45"))
    job.tick(at("10/06 00:20"))
    here.poll("09/06 23:50", received("HS-1", "03/06 07:45"), received("HS-2", "09/06 10:00"))
    assert job.freezer.recount(row(database, W23)).digest() == row(database, W23).digest


@pytest.mark.parametrize(("before", "after"), [("Sun 24:00", "Fri 17:00"), ("Fri 17:00", "Sun 24:00")])
def test_when_weeks_come_to_end_at_another_time_no_dossier_is_lost_or_counted_twice(database, before, after):
    here = world(database)
    days = [f"{day:02}/06 08:00" for day in range(1, 29)]
    shown = [received(f"HS-{number}", day) for number, day in enumerate(days)]
    for number, day in enumerate(days):
        here.poll(at(day) + HOUR, *shown[: number + 1])
    old = replace_week_ends(loaded(), before)
    reporter(database, old).tick(at("17/06 08:00"))
    new = replace_week_ends(loaded(), after)
    reporter(database, new).tick(at("01/07 08:00"))
    with database.read() as connection:
        weeks = snapshots.weeks(connection, snapshots.everything(connection))
    for one, following in pairwise(weeks):
        assert one.cutoff == following.start
        assert one.whole.counts.open == following.whole.counts.carried_over
    assert weeks[0].whole.counts.carried_over + sum(week.whole.counts.received for week in weeks) == 28


def replace_week_ends(configuration, text):
    report = configuration.settings.report.model_copy(update={"week_ends": week_time(text)})
    return replace(configuration, settings=configuration.settings.model_copy(update={"report": report}), digest=text)


def test_a_week_whose_dossiers_are_past_their_term_stays_as_it_is_and_later_ones_are_counted_as_before(database):
    here, job = world(database), reporter(database)
    old, new = received("HS-1", "03/06 07:45"), received("HS-2", "17/06 07:45")
    here.poll("03/06 08:00", old)
    here.poll("06/06 08:00", finished(old, "06/06 07:30"))
    here.poll("17/06 08:00", finished(old, "06/06 07:30"), new)
    job.tick(at("24/06 00:20"))
    with database.write() as connection:
        assert outdated.BATCHES[Kind.DOSSIERS](connection, at("17/06 00:00"), 10, at("24/06 08:00")) == 1
    kept = week(database, W23)
    for label in (W23, W24):
        assert not job.freezer.knows(row(database, label))
        with pytest.raises(InputError, match=f"{label}: dossiers of this week are past their term"):
            job.freezer.recount(row(database, label))
        with pytest.raises(InputError, match="it stays as it was frozen"):
            job.freezer.correct(label, at("25/06 08:00"), by="Văn phòng", reason="thử")
    last = row(database, "2024-W25")
    assert job.freezer.knows(last)
    assert job.freezer.recount(last).digest() == last.digest
    assert job.freezer.correct("2024-W25", at("25/06 08:00"), by="Văn phòng", reason="thử") == ["2024-W25"]
    assert week(database, W23) == kept
