"""A year from its frozen weeks: per unit and per head, with what is missing, corrected and explained."""

from __future__ import annotations

import json

import pytest

from alertd.core.errors import InputError
from alertd.core.rates.rate import Indicator, Rate
from alertd.core.weekly import Mark
from alertd.jobs.yearly import Yearly
from alertd.reports.plain import plain
from alertd.store import answers
from tests.jobs.office import ORGANISATION, loaded, reporter, world
from tests.store.ground import at, dossier, finished

NOW = at("24/06 08:00")
#: The head of the first department changes in the night to 17/06.
CHANGED = ORGANISATION.replace(
    "{id: head, name: Trưởng phòng Tư pháp, posts: [{unit: TP, post: head}]",
    "{id: head, name: Trưởng phòng cũ, posts: [{unit: TP, post: head, until: 2024-06-16}]",
).replace(
    "  - {id: head-nv",
    "  - {id: head-new, name: Trưởng phòng mới, posts: [{unit: TP, post: head, from: 2024-06-17}], "
    "contacts: [{channel: console}]}\n  - {id: head-nv",
)


def configuration(**changes):
    return loaded(**{"organisation": CHANGED, **changes})


def three_weeks(database, made=None):
    """HS-1 overdue through two weeks and finished late in the third; others finished in time in their weeks."""
    made = made or configuration()
    here, job = world(database, made), reporter(database, made)
    late = dossier("HS-1", due="06/06 16:00", received_at=at("03/06 07:45"))
    others = [dossier(f"HS-{n}", due="28/06 16:00", received_at=at(f"{day} 08:00")) for n, day in
              ((2, "04/06"), (3, "11/06"), (4, "18/06"))]  # fmt: skip
    here.poll("03/06 08:00", late)
    here.poll("07/06 08:00", late, finished(others[0], "06/06 10:00"))
    job.tick(at("10/06 00:20"))
    here.poll("14/06 08:00", late, finished(others[0], "06/06 10:00"), finished(others[1], "13/06 10:00"))
    job.tick(at("17/06 00:20"))
    here.poll("20/06 08:00", finished(late, "19/06 10:00"), finished(others[0], "06/06 10:00"),
              finished(others[1], "13/06 10:00"), others[2])  # fmt: skip
    job.tick(at("24/06 00:20"))
    return job


def year(database, job, number=2024, now=NOW):
    with database.read() as connection:
        return Yearly(job.freezer).report(connection, number, now)


def unit(report, code="TP"):
    return next(each for each in report.units if each.row.unit == code)


def head(report, person):
    return next(each for each in report.heads if each.person == person)


def test_what_came_and_went_is_summed_and_what_is_open_is_as_at_the_end(database):
    made = unit(year(database, three_weeks(database)))
    counts = made.row.counts
    assert (counts.carried_over, counts.received, counts.finished, counts.late, counts.open) == (0, 4, 3, 1, 1)
    assert counts.handled + made.adjusted == counts.finished + counts.withdrawn + counts.open
    assert made.row.rates[Indicator.ON_TIME].rate == Rate(2, 3)
    assert made.row.rates[Indicator.OVERDUE].rate == Rate(0, 1)


def test_a_dossier_that_is_overdue_for_weeks_is_one_dossier(database):
    report = year(database, three_weeks(database))
    assert unit(report).row.counts.ever_overdue == 1
    assert unit(report).row.rates[Indicator.EVER_OVERDUE].rate == Rate(1, 4)
    assert report.whole.row.rates[Indicator.EVER_OVERDUE].rate == Rate(1, 4)


def test_each_head_answers_for_the_weeks_of_their_own_tenure(database):
    report = year(database, three_weeks(database))
    old, new = head(report, "head"), head(report, "head-new")
    assert [(t.unit, t.weeks, str(t.since), str(t.until)) for t in old.tenures] == [
        ("TP", 2, "2024-06-03", "2024-06-16")
    ]
    assert [(t.unit, t.weeks, str(t.since), str(t.until)) for t in new.tenures] == [
        ("TP", 1, "2024-06-17", "2024-06-23")
    ]
    assert (old.counts.received, old.counts.finished, old.counts.open) == (3, 2, 1)
    assert (new.counts.carried_over, new.counts.received, new.counts.finished, new.counts.late) == (1, 1, 1, 1)
    assert old.counts.received + new.counts.received == unit(report).row.counts.received


def test_a_name_that_was_replaced_without_dates_does_not_get_the_weeks_of_the_one_before(database):
    three_weeks(database, loaded())
    replaced = ORGANISATION.replace("id: head, name: Trưởng phòng Tư pháp", "id: other, name: Người mới")
    report = year(database, reporter(database, loaded(organisation=replaced)))
    (only,) = [each for each in report.heads if each.tenures[0].unit == "TP"]
    assert (only.person, only.name) == ("head", "Trưởng phòng Tư pháp")


def test_weeks_without_a_head_stand_for_themselves(database):
    gap = CHANGED.replace("from: 2024-06-17", "from: 2024-06-24")
    report = year(database, three_weeks(database, configuration(organisation=gap)))
    vacant = head(report, None)
    assert [(t.unit, t.weeks) for t in vacant.tenures] == [("TP", 1)]
    assert vacant.counts.late == 1


def test_what_had_to_be_explained_counts_by_week_and_dossier_and_whether_somebody_did(database):
    job = three_weeks(database)
    assert (unit(year(database, job)).owed.weeks, unit(year(database, job)).owed.explained) == (3, 0)
    with database.write() as connection:
        answers.explain(connection, 1, "head", "Chờ ý kiến của Sở", at("08/06 09:00"), "page")
    owed = unit(year(database, job)).owed
    assert (owed.weeks, owed.dossiers, owed.explained) == (3, 1, 1)
    assert head(year(database, job), "head").owed.weeks == 2


def test_a_missing_week_is_named_and_not_taken_for_nothing(database):
    report = year(database, three_weeks(database))
    assert report.missing[-1] == "2024-W22"
    assert "2024-W23" not in report.missing
    (text,) = [remark.text for remark in report.remarks if remark.code == "weeks_missing"]
    assert text == "Thiếu số liệu 22 tuần: 2024-W01–W22."


def test_a_week_without_dossiers_is_named(database):
    job = three_weeks(database)
    later = at("08/07 08:00")
    job.tick(later)
    report = year(database, job, now=later)
    assert [week.week for week in report.weeks if Mark.EMPTY in week.marks] == list(report.empty)


def test_the_newest_edition_is_used_and_said_so(database):
    job = three_weeks(database)
    before = year(database, job)
    assert before.corrected == ()
    job.freezer.correct("2024-W24", NOW, by="Văn phòng", reason="Cổng nhập bù")
    after = year(database, job)
    assert after.corrected == ("2024-W24", "2024-W25")
    assert [week.number for week in after.weeks] == [1, 2, 2]
    texts = [remark.text for remark in after.remarks if remark.code == "corrected"]
    assert texts[0] == "Tuần 2024-W24: dùng bản đính chính 2 của Văn phòng (Cổng nhập bù)."


def test_the_parts_of_the_score_say_what_they_lack(database):
    parts = {part.number: part for part in unit(year(database, three_weeks(database))).row.scores}
    assert parts["2.1"].rate == Rate(3, 4)
    assert parts["2.1"].points == 15
    assert all(part.missing for number, part in parts.items() if number in ("2.1", "3.3", "3.6"))


def test_the_sum_of_the_units_is_the_whole(database):
    report = year(database, three_weeks(database))
    assert sum(each.row.counts.received for each in report.units) == report.whole.row.counts.received
    assert sum(each.owed.weeks for each in report.units) == report.whole.owed.weeks


def test_it_is_plain_json(database):
    made = json.loads(json.dumps(plain(year(database, three_weeks(database)), configuration().settings.zone)))
    assert made["heads"][0]["tenures"][0]["since"] == "2024-06-03"
    assert made["units"][0]["row"]["rates"]["R4"]["rate"]["denominator"] == 3


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (2025, "--year 2025: no week of it is over yet"),
        (2011, "--year 2011: none of its 52 weeks is frozen; `alertd report weekly --week 2011-W51`"),
    ],
)
def test_a_year_without_numbers_is_one_clear_line(database, number, line):
    job = three_weeks(database)
    with pytest.raises(InputError) as raised:
        year(database, job, number)
    assert str(raised.value).startswith(line)
