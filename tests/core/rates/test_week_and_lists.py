"""A week as it is frozen: what it names, and that it is the same again, letter by letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from alertd.core.dossier import Phase
from alertd.core.named import EndedSpell, LateFinish, MovedDue, OverdueDossier
from alertd.core.rates.counts import Counts
from alertd.core.rates.lists import Lists
from alertd.core.rates.rate import Indicator, Rate, Side
from alertd.core.rates.scores import LEADING, SCALES, share, total
from alertd.core.rates.tally import Counting, Figures, Move, Spell
from alertd.core.rates.week import LISTS, UnitWeek, Week, pack, text, unpack, unpack_week
from alertd.core.transition import DueKind, SpellEnd
from alertd.core.weekly import Mark, RateCell, ScorePart
from alertd.core.worktime import Calendar
from tests.core.rates.facts import CUTOFF, RULES, START, WEEK, at, fact, finished

DIRECTORY = RULES.organisation.on(WEEK.last_day)


def lists(*facts):
    return Lists({one.id: one for one in facts}, WEEK, RULES, DIRECTORY)


# --- what is named ----------------------------------------------------------------------------------------------------


def overdue(ident=1, **fields):
    return fact(**{"id": ident, "code": f"MAU-{ident}", "due_at": at("10/06 16:00"), **fields})


def test_an_overdue_dossier_is_named_with_how_late_it_is():
    (found,) = lists(overdue(procedure="Chứng thực", officers=("nobody",), first_due_at=at("09/06 16:00"))).overdue(
        [], []
    )
    # Wednesday 16:00 to Sunday: one hour, Thursday and Friday
    assert found == OverdueDossier(
        code="MAU-1", procedure="Chứng thực", unit="TP", officers="nobody", received_at=at("08/06 08:00"),
        due_at=at("10/06 16:00"), first_due_at=at("09/06 16:00"), first_seen_overdue_at=None, working_days=2.12, moves=0,
    )  # fmt: skip


def test_only_what_is_open_and_past_its_due_instant_at_the_cut_off_is_overdue():
    ones = (
        overdue(1), overdue(2, due_at=None), overdue(3, due_at=CUTOFF), overdue(4, phase=Phase.PAUSED),
        finished("11/06 10:00", id=5, due_at=at("10/06 16:00")), overdue(6, phase=Phase.PRE),
        overdue(7, received_at=CUTOFF, accepted_seen_at=CUTOFF),
    )  # fmt: skip
    assert [one.code for one in lists(*ones).overdue([], [])] == ["MAU-1"]


def test_an_overdue_dossier_says_since_when_it_was_seen_so_and_how_often_it_was_moved():
    seen = Spell(1, at("10/06 17:00"), at("10/06 16:00"))
    before = Spell(1, at("09/06 17:00"), at("09/06 16:00"), at("09/06 18:00"), SpellEnd.DUE_MOVED)
    moves = [move(DueKind.EXTENDED_BEFORE), move(DueKind.EXTENDED_AFTER), move(DueKind.ADDED), move(ident=2)]
    (one, other) = lists(overdue(1), overdue(2, due_at=at("11/06 16:00"))).overdue(moves, [seen, before])
    assert (one.first_seen_overdue_at, one.moves) == (at("10/06 17:00"), 2)
    assert (other.first_seen_overdue_at, other.moves) == (None, 1)


def test_overdue_dossiers_stand_by_unit_then_the_longest_overdue_first_and_the_unmatched_last():
    ones = (
        overdue(1, unit=None), overdue(2, due_at=at("11/06 16:00")), overdue(3), overdue(5),
        overdue(4, unit="TNMT", due_at=at("12/06 16:00")),
    )  # fmt: skip
    assert [one.code for one in lists(*ones).overdue([], [])] == ["MAU-4", "MAU-3", "MAU-5", "MAU-2", "MAU-1"]


def test_what_was_finished_late_is_named_with_how_late():
    late = finished("11/06 10:00", procedure="Chứng thực", officers=("ai",), due_at=at("10/06 16:00"))
    assert lists(late).finished_late() == (
        LateFinish("MAU-1", "Chứng thực", "TP", "ai", at("08/06 08:00"), at("10/06 16:00"), at("11/06 10:00"), 0.44),
    )


def test_only_what_was_finished_in_the_week_and_after_its_due_instant_is_late():
    due = {"due_at": at("10/06 16:00")}
    ones = (
        finished("10/06 16:00", id=1, **due), finished("11/06 16:00", id=2, due_at=None),
        finished("05/06 16:00", id=3, due_at=at("04/06 16:00"), received_at=at("01/06 08:00"), accepted_seen_at=at("01/06 08:00")),
        fact(id=4, phase=Phase.CANCELLED, ended_at=at("11/06 10:00"), **due), overdue(5),
        replace(finished("11/06 16:00", id=6, **due), phase=Phase.RETURNED),
    )  # fmt: skip
    assert [one.code for one in lists(*(replace(one, code=f"MAU-{one.id}") for one in ones)).finished_late()] == [
        "MAU-6"
    ]


def test_late_finishes_stand_by_unit_then_the_latest_first():
    due = {"due_at": at("09/06 16:00")}
    ones = (
        finished("10/06 16:00", id=1, **due), finished("12/06 16:00", id=2, **due), finished("10/06 16:00", id=3, **due),
        finished("12/06 16:00", id=4, unit=None, **due), finished("10/06 08:00", id=5, unit="TNMT", **due),
    )  # fmt: skip
    found = lists(*(replace(one, code=f"MAU-{one.id}") for one in ones)).finished_late()
    assert [one.code for one in found] == ["MAU-5", "MAU-2", "MAU-1", "MAU-3", "MAU-4"]


def move(kind=DueKind.EXTENDED_BEFORE, ident=1, seen="09/06 08:00"):
    return Move(ident, at(seen), at("10/06 16:00"), at("12/06 16:00"), kind)


def test_a_due_date_that_moved_away_is_named_with_its_kind():
    assert lists(fact(procedure="Chứng thực", officers=("ai",))).moved([move()]) == (
        MovedDue("MAU-1", "Chứng thực", "TP", "ai", at("09/06 08:00"), at("10/06 16:00"), at("12/06 16:00"), "extended_before_due"),
    )  # fmt: skip
    kinds = [one.kind for one in lists(fact()).moved([move(kind) for kind in DueKind])]
    assert kinds == ["extended_before_due", "extended_after_due", "shortened", "removed"]
    assert lists(fact()).moved([move(ident=9)]) == (), "a dossier of no unit's week"


def test_moves_stand_by_unit_then_in_their_order_of_time():
    ones = [
        fact(id=1, code="b"),
        fact(id=2, code="a"),
        fact(id=3, code="c", unit=None),
        fact(id=4, code="d", unit="TNMT"),
    ]
    moves = [
        move(ident=3, seen="08/06 08:00"),
        move(ident=1),
        move(ident=2),
        move(ident=1, seen="08/06 08:00"),
        move(ident=4),
    ]
    assert [one.code for one in lists(*ones).moved(moves)] == ["d", "b", "a", "b", "c"]


def ended(kind=SpellEnd.PAUSED, ident=1, due="10/06 16:00"):
    return Spell(ident, at("10/06 17:00"), at(due), at("11/06 08:00"), kind)


def test_a_spell_that_ended_by_anything_but_a_finish_is_named():
    closed = finished("09/06 10:00", procedure="Chứng thực", officers=("ai",))
    assert lists(closed).ended([ended(SpellEnd.BACKDATED)]) == (
        EndedSpell("MAU-1", "Chứng thực", "TP", "ai", at("10/06 17:00"), at("10/06 16:00"), at("11/06 08:00"),
                   at("09/06 10:00"), "backdated_finish"),
    )  # fmt: skip
    kinds = sorted(one.kind for one in lists(fact()).ended([ended(kind) for kind in SpellEnd]))
    assert kinds == ["backdated_finish", "cancelled", "disappeared", "due_moved", "paused"]
    assert lists(fact()).ended([ended(ident=9)]) == ()
    assert lists(fact()).ended([Spell(1, at("10/06 17:00"), at("10/06 16:00"))]) == (), "it is open"
    assert lists(fact()).ended([ended(None)]) == ()


def test_ended_spells_stand_by_unit_then_kind_then_the_longest_overdue_first():
    ones = [
        fact(id=1, code="a"),
        fact(id=2, code="b"),
        fact(id=3, code="c", unit=None),
        fact(id=4, code="d", unit="TNMT"),
    ]
    spells = [
        ended(ident=3), ended(ident=1), ended(SpellEnd.CANCELLED, 2), ended(ident=2, due="09/06 16:00"), ended(ident=4),
        ended(ident=2),
    ]  # fmt: skip
    assert [(one.code, one.kind) for one in lists(*ones).ended(spells)] == [
        ("d", "paused"), ("b", "cancelled"), ("b", "paused"), ("a", "paused"), ("b", "paused"), ("c", "paused"),
    ]  # fmt: skip


def test_officers_are_shown_by_name_and_as_the_feed_wrote_them_where_nobody_matches():
    (found,) = lists(overdue(officers=("ai", "Trưởng phòng Tư pháp"))).overdue([], [])
    assert found.officers == "Trưởng phòng Tư pháp, ai"
    (handed,) = lists(overdue(officers=("ai",), handed_to="tp")).overdue([], [])
    assert handed.officers.startswith("Trưởng phòng Tư pháp")


# --- frozen -----------------------------------------------------------------------------------------------------------

FIGURES = Figures(Counts(received=3, open=2), {"R1": Rate(1, 2, 3), "R2": Rate(4, 5, 0, 6), "2.1": Rate(1, 1)})
NAMED = lists(overdue(officers=("ai",)))
FULL = Week(
    label="2026-W24", start=START, cutoff=CUTOFF, counted_until=START, known_at=CUTOFF + timedelta(microseconds=5),
    observed_to=7, configuration="abc", counting=Counting(), marks=(Mark.CORRECTED, Mark.EMPTY),
    units=(UnitWeek("TP", "Phòng Tư pháp", "department", FIGURES), UnitWeek(None, "Không rõ", "", Figures())),
    overdue=NAMED.overdue([], []), finished_late=lists(finished("11/06 10:00", due_at=at("10/06 16:00"))).finished_late(),
    moved=NAMED.moved([move()]), ended=NAMED.ended([ended()]),
)  # fmt: skip


def test_a_frozen_week_is_the_same_when_it_is_read_again():
    head = json.loads(text(FULL.head()))
    units = tuple(replace(unit, figures=unpack(json.loads(text(pack(unit.figures))))) for unit in FULL.units)
    again = unpack_week(head, units)
    assert again == FULL
    assert again.digest() == FULL.digest()


def test_the_form_in_which_weeks_are_kept():
    """What is stored stays readable: these names and this form are those of the frozen weeks that there are."""
    head = FULL.head()
    assert list(head) == [
        "label", "start", "cutoff", "counted_until", "known_at", "observed_to", "configuration", "variants", "sides",
        "marks", "overdue", "finished_late", "moved", "ended",
    ]  # fmt: skip
    assert head["start"] == "2026-06-07T17:00:00.000000+00:00"
    assert head["known_at"] == "2026-06-14T17:00:00.000005+00:00"
    assert head["marks"] == ["corrected", "empty"]
    assert head["variants"]["R4"] == FULL.counting.variants[Indicator.ON_TIME]
    assert head["sides"]["R4"] in {side.value for side in Side}
    assert head["overdue"][0]["due_at"] == "2026-06-10T09:00:00.000000+00:00"
    assert head["overdue"][0]["first_due_at"] is None
    assert pack(FIGURES) == {
        "counts": {"received": 3, "open": 2},
        "rates": {"R1": [1, 2, 3], "R2": [4, 5, 0, 6], "2.1": [1, 1, 0]},
    }
    assert LISTS == ("overdue", "finished_late", "moved", "ended")


def test_a_week_remembers_by_which_variants_and_for_which_side_it_was_counted():
    chosen = Counting({**FULL.counting.variants, Indicator.ON_TIME: "qd766"}, dict.fromkeys(Indicator, Side.RECEIVING))
    week = replace(FULL, counting=chosen)
    assert unpack_week(json.loads(text(week.head())), week.units).counting == chosen


def test_json_has_one_form_only():
    assert text({"b": 1, "a": ["Đ", None]}) == '{"a":["Đ",null],"b":1}'


def test_the_whole_is_the_sum_of_the_units():
    week = replace(FULL, units=(FULL.units[0], FULL.units[0]))
    assert week.whole.counts == Counts(received=6, open=4)
    assert week.whole.rates["R1"] == Rate(2, 4, 6)


@pytest.mark.parametrize(
    "change",
    [
        {"label": "2026-W25"}, {"observed_to": 8}, {"marks": ()}, {"overdue": ()}, {"units": FULL.units[:1]},
        {"units": (replace(FULL.units[0], name="Khác"), FULL.units[1])},
        {"units": (replace(FULL.units[0], kind="office"), FULL.units[1])},
        {"units": (replace(FULL.units[0], code="X"), FULL.units[1])},
        {"units": (replace(FULL.units[0], figures=Figures()), FULL.units[1])},
    ],
)  # fmt: skip
def test_any_change_is_another_digest(change):
    assert replace(FULL, **change).digest() != FULL.digest()
    assert len(FULL.digest()) == 32


# --- scores and cells -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "rate", "earned"),
    [
        ("2.1", Rate(9, 10), Fraction(9, 10)),
        ("4.2", Rate(4, 10), Fraction(1, 2)),
        ("4.2", Rate(9, 10), Fraction(1)),
        ("3.3", Rate(1, 4), Fraction(1, 2)),
        ("2.1", Rate(), None),
    ],
)
def test_a_part_earns_its_full_score_from_a_rate_on_and_less_below_it(part, rate, earned):
    assert share(part, rate) == earned


def test_the_score_is_what_is_earned_of_the_points_that_the_known_parts_allow():
    assert {part: scale.most for part, scale in SCALES.items()} == {
        "2.1": 20,
        "3.3": None,
        "3.6": 6,
        "4.1": 6,
        "4.2": 4,
    }
    assert LEADING in SCALES
    assert total({"2.1": Rate(9, 10), "4.2": Rate(4, 10), "3.6": Rate()}) == Fraction(18 + 2, 24)
    assert total({"3.3": Rate(1, 2)}) is None, "of that part no score is known"
    assert total({}) is None


def test_a_cell_judges_the_sum_where_there_is_one_and_shows_the_change():
    cell = RateCell(Indicator.ON_TIME, Rate(1, 2), previous=Rate(1, 4))
    assert (cell.judged, cell.change) == (Rate(1, 2), Fraction(1, 4))
    assert replace(cell, to_date=Rate(5, 6)).judged == Rate(5, 6)
    for nothing in ({"previous": None}, {"previous": Rate()}, {"rate": Rate()}):
        assert replace(cell, **nothing).change is None


def test_a_part_of_the_score_has_points_where_share_and_score_are_known():
    part = ScorePart("2.1", "Đúng hạn", Rate(1, 2), Fraction(1, 2), 20)
    assert part.points == 10
    assert replace(part, share=None).points is None
    assert replace(part, most=None).points is None


def test_days_late_are_working_days_of_the_dossiers_unit():
    own = replace(RULES, calendars={"TP": Calendar(RULES.zone, {5: ((480, 960),)})})
    one = overdue()
    (found,) = Lists({1: one}, WEEK, own, DIRECTORY).overdue([], [])
    assert found.working_days == 1.0


def test_a_dossier_that_is_not_overdue_hides_no_other():
    assert [one.code for one in lists(overdue(1, due_at=None), overdue(2)).overdue([], [])] == ["MAU-2"]
