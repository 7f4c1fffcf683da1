"""The shape of a feed (DESIGN section 1, point 6): what has fallen too far to be believed, and what is only told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alertd.core.dossier import Filing, Observation, Phase
from alertd.core.shape import Change, Measure, Profile, Share, Tally, compare, refused, shrunk

INSTANT = datetime(2026, 6, 1, tzinfo=UTC)
USUAL = {
    "phase": Phase.RUNNING, "status": "4", "unit": "TP", "officers": ("tp.an",), "procedure": "Khai sinh",
    "received_at": INSTANT, "due_at": INSTANT, "channel": Filing.ONLINE, "submitted_at": INSTANT,
}  # fmt: skip


def rows(count, first=0, **fields):
    return [Observation(**{"key": f"{n}", "code": f"HS-{n}", **USUAL, **fields}) for n in range(first, first + count)]


def profile(*shown, rejected=0):
    tally = Tally()
    for page in (shown[: len(shown) // 2], shown[len(shown) // 2 :]):
        tally.add(page, 0, lambda text: text if text == "TP" else None)
    tally.add((), rejected, lambda _: None)
    return tally.profile()


def fallen(before, now, *, fewer=False):
    return {change.measure: change.refused for change in compare(before, now, fewer=fewer)}


def test_a_profile_counts_what_rows_fill_whatever_their_pages():
    shown = [*rows(3), *rows(2, 3, due_at=None, due_on=date(2026, 6, 2), unit="Phòng lạ"), *rows(1, 5, due_at=None)]
    found = profile(*shown, rejected=2)
    assert found.rows == 6
    assert found.shares[Measure.DUE] == Share(5, 6)
    assert found.shares[Measure.READABLE] == Share(6, 8)
    assert found.shares[Measure.UNIT_MATCHED] == Share(4, 6)
    assert found.shares[Measure.FINISHED] == Share(0, 6)
    assert found.shares[Measure.CHANNEL] == Share(6, 6)


def test_many_dossiers_that_end_at_once_and_name_nobody_any_more_are_no_other_shape():
    before = [*rows(60), *rows(40, 60, phase=Phase.DONE, officers=(), finished_at=INSTANT)]
    now = [*rows(5), *rows(95, 5, phase=Phase.DONE, officers=(), finished_at=INSTANT)]
    assert fallen(profile(*before), profile(*now)) == {}
    nobody = [*rows(60, officers=()), *rows(40, 60, phase=Phase.DONE, officers=(), finished_at=INSTANT)]
    assert fallen(profile(*before), profile(*nobody)) == {Measure.OFFICERS: False}


def test_a_profile_comes_back_from_the_database_as_it_went():
    found = profile(*rows(12), rejected=3)
    assert Profile.of(found.plain()) == found


def test_a_profile_of_an_older_program_lacks_a_measure_and_is_compared_without_it():
    old = {name: counts for name, counts in profile(*rows(20)).plain().items() if name != "due"}
    assert fallen(Profile.of(old), profile(*rows(20, due_at=None))) == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"due_at": None}, {Measure.DUE: True}),
        ({"received_at": None}, {Measure.RECEIVED: True}),
        ({"unit": "", "status": "4"}, {Measure.UNIT: True}),
        ({"unit": "Phòng mới"}, {Measure.UNIT_MATCHED: True}),
        ({"phase": Phase.UNKNOWN, "status": "mới"}, {Measure.STATUS_KNOWN: True}),
        ({"phase": Phase.UNKNOWN, "status": ""}, {Measure.STATUS: True}),
        ({"officers": ()}, {Measure.OFFICERS: False}),
        ({"channel": Filing.UNKNOWN}, {Measure.CHANNEL: False}),
        ({"submitted_at": None}, {Measure.SUBMITTED: False}),
        ({"procedure": ""}, {Measure.PROCEDURE: False}),
    ],
)
def test_what_is_gone_from_all_rows_is_refused_when_grave_and_told_otherwise(fields, expected):
    assert fallen(profile(*rows(20)), profile(*rows(20, **fields))) == expected


def test_a_source_from_which_no_deadlines_are_taken_misses_none():
    assert fallen(profile(*rows(20)), profile(*rows(20, due_at=None, untimed=True))) == {}


def test_units_that_are_named_and_fit_nothing_are_not_also_units_that_are_missing():
    assert fallen(profile(*rows(20)), profile(*rows(20, unit="Phòng mới"))) == {Measure.UNIT_MATCHED: True}


@pytest.mark.parametrize(("without", "expected"), [(9, None), (10, False), (50, False), (51, True)])
def test_due_dates_missing_from_a_tenth_of_the_rows_are_told_from_more_than_half_refused(without, expected):
    now = profile(*rows(100 - without), *rows(without, 100, due_at=None))
    assert fallen(profile(*rows(100)), now).get(Measure.DUE) is expected


@pytest.mark.parametrize(
    ("rejected", "expected"), [(11, {}), (12, {Measure.READABLE: False}), (900, {Measure.READABLE: False})]
)
def test_rows_that_cannot_be_read_are_told_and_never_a_reason_to_refuse_the_others(rejected, expected):
    assert fallen(profile(*rows(100)), profile(*rows(100), rejected=rejected)) == expected


def test_a_feed_of_fewer_than_ten_rows_is_not_judged():
    assert fallen(profile(*rows(9)), profile(*rows(9, due_at=None))) == {}


def test_nine_rows_of_many_are_nobodys_business():
    assert fallen(profile(*rows(12)), profile(*rows(3), *rows(9, 3, officers=()))) == {}


def test_what_was_filled_seldom_is_not_missed():
    before = profile(*rows(60), *rows(40, 60, submitted_at=INSTANT))
    seldom = profile(*rows(61, submitted_at=None), *rows(39, 61))
    assert fallen(seldom, profile(*rows(100, submitted_at=None))) == {}
    assert fallen(before, profile(*rows(100, submitted_at=None))) == {Measure.SUBMITTED: False}


def test_the_finish_is_grave_only_where_no_status_says_what_is_finished():
    finished = {"finished_at": INSTANT, "phase": Phase.DONE}
    assert fallen(profile(*rows(20, **finished)), profile(*rows(20))) == {Measure.FINISHED: False}
    bare = {"status": ""}
    assert fallen(profile(*rows(20, **finished, **bare)), profile(*rows(20, **bare))) == {Measure.FINISHED: True}


def test_a_list_that_begins_anew_with_the_year_holds_no_finished_dossiers_and_is_right():
    before = profile(*rows(90, finished_at=INSTANT, status=""))
    assert fallen(before, profile(*rows(30, status="")), fewer=True) == {}
    assert fallen(before, profile(*rows(30, status="", due_at=None)), fewer=True) == {Measure.DUE: True}


def test_what_has_come_to_be_filled_is_no_change():
    assert fallen(profile(*rows(20, officers=(), channel=Filing.UNKNOWN)), profile(*rows(20))) == {}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (12, 8, True),
        (12, 9, False),
        (9, 1, False),
        (9, 0, True),
        (0, 0, False),
        (1, 0, True),
        (10, 6, True),
        (10, 7, False),
    ],
)
def test_a_third_fewer_rows_look_like_an_outage_from_ten_rows_up_and_none_at_all_always(before, now, expected):
    assert shrunk(before, now) is expected


def test_only_what_is_refused_keeps_a_source_from_being_taken():
    told, grave = Change(Measure.OFFICERS, 1.0, 0.0, refused=False), Change(Measure.DUE, 1.0, 0.0, refused=True)
    assert refused([told, grave]) == (grave,)


def test_pages_add_up_in_whatever_they_are_read():
    tally = Tally()
    for number in (2, 3):
        tally.add(rows(number, number), number, lambda _: "TP")
    whole = tally.profile()
    assert whole.rows == 5
    assert whole.shares[Measure.READABLE] == Share(5, 10)
    for measure in (
        Measure.STATUS_KNOWN,
        Measure.UNIT_MATCHED,
        Measure.OFFICERS,
        Measure.DUE,
        Measure.CHANNEL,
        Measure.UNIT,
    ):
        assert whole.shares[measure] == Share(5, 5), measure


def changed(was, now, measure=Measure.PROCEDURE, **others):
    """What is found where one measure went from one share to another and all others stayed whole."""
    whole = dict.fromkeys(Measure, Share(1000, 1000))
    before, after = (
        Profile(1000, {**whole, measure: Share(*was)}),
        Profile(1000, {**whole, measure: Share(*now), **others}),
    )
    return compare(before, after, fewer=False)


def test_a_change_says_what_the_share_was_and_what_it_is():
    assert changed((1000, 1000), (250, 1000), Measure.DUE) == (Change(Measure.DUE, 1.0, 0.25, refused=True),)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ((500, 1000), (99, 1000), True),  # half of the rows are most of them
        ((499, 1000), (99, 1000), False),
        ((1000, 1000), (100, 1000), False),  # one in ten is not hardly one
        ((10, 10), (0, 10), True),  # ten rows are enough to judge
        ((9, 9), (0, 1000), False),
        ((1000, 1000), (0, 9), False),
    ],
)
def test_a_field_that_most_rows_had_and_hardly_one_has_is_told(was, now, told):
    assert bool(changed(was, now)) is told


def test_a_measure_that_is_judged_by_too_few_rows_hides_no_other():
    found = changed((1000, 1000), (0, 1000), Measure.PROCEDURE, **{Measure.STATUS_KNOWN: Share(0, 5)})
    assert [each.measure for each in found] == [Measure.PROCEDURE]


@pytest.mark.parametrize(("was", "refused"), [((500, 1000), True), ((499, 1000), False)])
def test_a_grave_measure_is_refused_only_where_most_rows_had_it(was, refused):
    (found,) = changed(was, (0, 1000), Measure.DUE)
    assert found.refused is refused


def test_where_half_of_the_rows_have_a_status_the_finish_is_not_grave():
    half = {Measure.STATUS: Share(500, 1000)}
    (finish, *_) = [
        each for each in changed((1000, 1000), (0, 1000), Measure.FINISHED, **half) if each.measure is Measure.FINISHED
    ]
    assert not finish.refused
    less = {Measure.STATUS: Share(499, 1000)}
    (finish, *_) = [
        each for each in changed((1000, 1000), (0, 1000), Measure.FINISHED, **less) if each.measure is Measure.FINISHED
    ]
    assert finish.refused
