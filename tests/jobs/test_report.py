"""Who is told of rates below plan: the head in one message at the report's time, the centre for the whole, once a week."""

from __future__ import annotations

from alertd.core.dossier import Filing
from alertd.core.rates.goals import Verdict
from alertd.core.rates.rate import Indicator
from alertd.store import answers, silences, snapshots
from tests.jobs.office import ORGANISATION, loaded, reporter, world
from tests.store.ground import at, dossier, finished, slots

W23 = "2024-W23"


def week_of(here, *, online, direct, unit="TP"):
    """A complete poll with so many dossiers received on Monday 03/06 07:45."""
    ways = [Filing.ONLINE] * online + [Filing.DIRECT] * direct
    here.shown = [*getattr(here, "shown", []), *(
        dossier(f"HS-{unit}-{number}", "30/06 16:00", received_at=at("03/06 07:45"), channel=way, unit=unit)
        for number, way in enumerate(ways)
    )]  # fmt: skip
    here.poll("03/06 08:00", *here.shown)


def rates(here):
    return [(r.subject, r.person, r.occurrence, r.at, r.state) for r in here.rows("alerts", step="rates")]


def report(database, job, label=W23):
    with database.read() as connection:
        return job.frozen(connection, snapshots.edition(connection, label))


def begun(database, configuration=None):
    """History began before the week, so that nothing of it is reconstructed."""
    here = world(database, configuration)
    here.poll("31/05 08:00")
    return here


def test_a_unit_below_plan_is_told_to_its_head_and_the_whole_to_director_and_deputy(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=4, direct=6)
    week_of(here, online=7, direct=3, unit="NV")
    job.tick(at("10/06 00:20"))
    monday = at("10/06 07:30")
    assert rates(here) == [
        ("TP", "head", 202423, monday, "pending"),
        ("", "director", 202423, monday, "pending"),
        ("", "deputy", 202423, monday, "pending"),
    ]
    (told,) = here.rows("alerts", subject="TP")
    assert told.note == (
        "Phòng Tư pháp, số liệu đến hết 09/06/2024:\n"
        "- Nộp hồ sơ trực tuyến: 40% (4/10 từ 01/01/2024), chỉ tiêu 60%: chưa đạt. Theo đà hiện nay, đến 31/12/2024 là "
        "40%; còn khoảng 293 hồ sơ, phải đạt từ 60,68% mới kịp."
    )


def test_it_is_recorded_once_however_often_the_job_runs(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=0, direct=10)
    for minute in ("10/06 00:20", "10/06 00:21", "11/06 08:00"):
        job.tick(at(minute))
        reporter(database).tick(at(minute))
    assert len(rates(here)) == 3


async def test_it_leaves_with_the_report_in_one_message_per_head(database):
    here, job = begun(database), reporter(database)
    here.slots = slots("07:30", "13:00")
    here.compose("07/06 08:00")  # before the first slot ever nothing is owed
    week_of(here, online=0, direct=10)
    job.tick(at("10/06 00:20"))
    here.tick("10/06 06:00")
    assert await here.send("10/06 06:00") == 0
    here.tick("10/06 07:30")
    assert await here.send("10/06 07:30") == 3
    to_head = next(part for part in here.sent if part.person == "head")
    first, *lines = to_head.text.splitlines()
    assert first == "Chỉ tiêu cần chú ý: 1 tỷ lệ"
    assert lines[0] == "Phòng Tư pháp, số liệu đến hết 09/06/2024:"
    assert lines[1].startswith("- Nộp hồ sơ trực tuyến: 0% (0/10 từ 01/01/2024), chỉ tiêu 60%: chưa đạt.")


def test_a_unit_that_meets_its_goals_hears_nothing(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=9, direct=1)
    job.tick(at("10/06 00:20"))
    assert rates(here) == []


def test_a_week_made_from_the_feeds_own_dates_tells_nobody_off(database):
    here, job = world(database), reporter(database)
    here.poll(
        "10/06 08:00", *(dossier(f"HS-{n}", received_at=at("03/06 08:00"), channel=Filing.DIRECT) for n in range(10))
    )
    job.tick(at("10/06 09:00"))
    assert report(database, job).units[0].rates[Indicator.ONLINE].verdict is Verdict.MISSED
    assert rates(here) == []


def test_without_goals_nothing_is_judged_and_nobody_told(database):
    configuration = loaded(targets="")
    here, job = begun(database, configuration), reporter(database, configuration)
    week_of(here, online=0, direct=10)
    job.tick(at("10/06 00:20"))
    made = report(database, job)
    assert {row.unit: row.rates[Indicator.ONLINE].verdict for row in made.units}["TP"] is Verdict.NO_GOAL
    assert "no_goals" in [remark.code for remark in made.remarks]
    assert rates(here) == []


def test_where_the_post_of_head_is_vacant_the_next_in_line_is_told_and_the_report_says_so(database):
    organisation = ORGANISATION.replace("posts: [{unit: TP, post: head}], ", "")
    configuration = loaded(organisation=organisation)
    here, job = begun(database, configuration), reporter(database, configuration)
    week_of(here, online=0, direct=10)
    job.tick(at("10/06 00:20"))
    assert [(subject, person) for subject, person, *_ in rates(here) if subject == "TP"] == [("TP", "chair")]
    made = report(database, job)
    assert [(r.unit, r.text) for r in made.remarks if r.code == "vacant_head"] == [
        ("TP", "Phòng Tư pháp: chưa có người giữ chức vụ đứng đầu.")
    ]


def test_a_vacant_deputy_of_the_centre_is_nobody(database):
    organisation = ORGANISATION.replace("posts: [{unit: TTHCC, post: deputy}], ", "")
    configuration = loaded(organisation=organisation)
    here, job = begun(database, configuration), reporter(database, configuration)
    week_of(here, online=0, direct=10)
    job.tick(at("10/06 00:20"))
    assert [person for subject, person, *_ in rates(here) if subject == ""] == ["director"]


def test_the_report_of_a_frozen_week_is_the_same_whatever_happens_later(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=4, direct=6)
    late = dossier("HS-L", "04/06 16:00", received_at=at("03/06 07:45"))
    here.poll("05/06 08:00", *here.shown, late)
    with database.write() as connection:
        answers.explain(connection, here.stored("HS-L").id, "an", "Chờ ý kiến của sở", at("06/06 09:00"), "test")
        silences.add(connection, "TP", at("05/06 08:00"), at("06/06 08:00"), "Tập huấn")
    job.tick(at("10/06 00:20"))
    before = report(database, job)
    here.poll("10/06 08:00", *(finished(one, "10/06 07:50") for one in here.shown), finished(late, "04/06 10:00"))
    with database.write() as connection:
        answers.explain(connection, here.stored("HS-L").id, "an", "Đã xong", at("11/06 09:00"), "test")
    job.tick(at("17/06 00:20"))
    job.freezer.correct(W23, at("18/06 08:00"), by="Văn phòng", reason="nhập bù")
    with database.read() as connection:
        assert job.frozen(connection, snapshots.edition(connection, W23, 1)) == before
    (due,) = before.explanations_due
    assert (due.unit, due.head, due.overdue) == ("TP", ("Trưởng phòng Tư pháp",), ("HS-L",))
    assert [(one.person, one.text) for one in due.received] == [("Chuyên viên 1", "Chờ ý kiến của sở")]
    assert [(one.unit, one.reason) for one in before.silences] == [("TP", "Tập huấn")]


def test_a_feed_that_was_silent_at_the_end_of_the_week_is_a_remark(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=9, direct=1)
    job.tick(at("10/06 00:20"))
    assert [r.text for r in report(database, job).remarks if r.code == "stale_feed"] == [
        "Nguồn portal: số liệu mới nhất trước giờ chốt là của 08:00 03/06/2024."
    ]


def test_the_week_that_runs_can_be_looked_at_without_freezing_it(database):
    here, job = begun(database), reporter(database)
    week_of(here, online=4, direct=6)
    with database.read() as connection:
        made = job.preview(connection, at("05/06 12:00"), at("05/06 12:00"))
        assert snapshots.everything(connection) == []
    assert made.edition.snapshot is None
    assert made.whole.counts.received == 10
    assert [mark.value for mark in made.edition.marks] == ["preview"]
