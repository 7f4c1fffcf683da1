"""Who is told (DESIGN section 6): one test for each sentence of its resolution."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from alertd.core.directory import Directory
from alertd.core.organisation import (
    MOST_DAYS,
    Absence,
    Edge,
    Organisation,
    Person,
    Post,
    Span,
    Target,
    Unit,
)

DAY = date(2024, 6, 3)
BEFORE, AFTER = date(2024, 5, 31), date(2024, 7, 1)


def until(day):
    return Span(None, day)


def since(day):
    return Span(day, None)


def unit(code, *parents, kind="", aliases=(), name=None, last=None, successors=()):
    edges = tuple(parent if isinstance(parent, Edge) else Edge(parent) for parent in parents)
    return Unit(code, name or f"Unit {code}", kind, aliases, edges, Span(None, last), successors)


def person(ident, *posts, name=None, ids=(), away=()):
    """Posts as `head@TP`, or with a span as a pair."""
    held = []
    for post in posts:
        text, span = post if isinstance(post, tuple) else (post, Span())
        what, _, where = text.partition("@")
        held.append(Post(where, what, span))
    return Person(ident, name or f"Person {ident}", ids, tuple(held), (), away)


def organisation(units, people, *, groups=None, fallback="person:last", admin=None):
    people = [*people, person("last")]
    return Organisation(
        {u.code: u for u in units},
        {p.id: p for p in people},
        groups or {},
        Target.parse(fallback),
        Target.parse(admin) if admin else None,
    )


def told(org, target, of="TP", officers=(), day=DAY):
    return org.on(day).resolve(Target.parse(target), of, tuple(officers))


TREE = [unit("UBND", kind="district"), unit("TP", "UBND", kind="department"), unit("X1", "TP", kind="commune")]


# --- "officer: the dossier's handler(s); head, deputy, duty, or any post of the processing unit ..." ------------------


def test_officer_is_the_dossier_s_handler():
    org = organisation(TREE, [person("a", ids=("ta",)), person("b", ids=("tb",))])
    assert told(org, "officer", officers=["ta"]) == ("a",)


def test_officer_is_every_handler_once():
    org = organisation(TREE, [person("a", ids=("ta", "ta2")), person("b", ids=("tb",))])
    assert told(org, "officer", officers=["tb", "ta", "ta2"]) == ("b", "a")


def test_an_unmatched_handler_beside_a_matched_one_does_not_make_officer_vacant():
    org = organisation(TREE, [person("a", ids=("ta",)), person("d", "duty@TP")])
    assert told(org, "officer", officers=["ta", "stranger"]) == ("a",)
    assert org.on(DAY).officers("TP", ("ta", "stranger")).unmatched == ("stranger",)


@pytest.mark.parametrize("post", ["head", "deputy", "duty", "clerk"])
def test_a_post_is_that_of_the_processing_unit(post):
    org = organisation(TREE, [person("here", f"{post}@TP"), person("above", f"{post}@UBND")])
    assert told(org, post) == ("here",)


def test_every_current_holder_of_a_post_is_told():
    org = organisation(TREE, [person("a", "head@TP"), person("b", "head@TP"), person("c", "deputy@TP")])
    assert told(org, "head") == ("a", "b")


def test_posts_are_resolved_on_the_date():
    org = organisation(TREE, [person("old", ("head@TP", until(DAY))), person("new", ("head@TP", since(AFTER)))])
    assert told(org, "head", day=DAY) == ("old",)
    assert told(org, "head", day=AFTER) == ("new",)
    assert told(org, "head", day=date(2024, 6, 15)) == ("last",)  # between the two


def test_from_and_until_are_both_inclusive():
    org = organisation(TREE, [person("a", ("head@TP", Span(DAY, DAY)))])
    assert told(org, "head", day=DAY) == ("a",)
    assert told(org, "head", day=date(2024, 6, 2)) == ("last",)
    assert told(org, "head", day=date(2024, 6, 4)) == ("last",)


# --- "head@parent follows the first valid reports_to edge; ..." -------------------------------------------------------


def test_head_at_parent_follows_the_first_valid_edge():
    units = [unit("A"), unit("B"), unit("TP", Edge("A", span=until(BEFORE)), Edge("B"))]
    org = organisation(units, [person("a", "head@A"), person("b", "head@B")])
    assert told(org, "head@parent", day=BEFORE) == ("a",)
    assert told(org, "head@parent", day=DAY) == ("b",)


def test_head_at_parent_kind_follows_an_edge_of_that_kind():
    units = [unit("A"), unit("B"), unit("TP", "A", Edge("B", "vertical", since(DAY)))]
    org = organisation(units, [person("a", "head@A"), person("b", "head@B")])
    assert told(org, "head@parent:vertical") == ("b",)
    assert told(org, "head@parent") == ("a",)
    assert told(org, "head@parent:vertical", day=BEFORE) == ("last",)
    assert told(org, "head@parent:coordination") == ("last",)


def test_head_at_kind_is_the_nearest_ancestor_of_that_kind_the_unit_itself_included():
    org = organisation(TREE, [person("u", "head@UBND"), person("t", "head@TP"), person("x", "head@X1")])
    assert told(org, "head@kind:commune", of="X1") == ("x",)
    assert told(org, "head@kind:department", of="X1") == ("t",)
    assert told(org, "head@kind:district", of="X1") == ("u",)
    assert told(org, "head@kind:province", of="X1") == ("last",)
    units = [unit("P", kind="district"), unit("Q", "P", kind="district"), unit("TP", "Q")]
    assert told(organisation(units, [person("p", "head@P"), person("q", "head@Q")]), "head@kind:district") == ("q",)


def test_head_at_kind_reaches_an_ancestor_along_a_second_edge():
    """DESIGN says "nearest ancestor"; only of head@root does it say "of the first edges"."""
    units = [unit("UBND", kind="district"), unit("STNMT", kind="agency"), unit("TP", "UBND", Edge("STNMT", "vertical"))]
    org = organisation(units, [person("u", "head@UBND"), person("s", "head@STNMT")])
    assert told(org, "head@kind:agency") == ("s",)


def test_head_at_root_is_the_top_of_the_first_edges():
    units = [unit("TOP"), unit("SIDE"), unit("MID", "TOP", "SIDE"), unit("TP", "MID", "SIDE")]
    org = organisation(units, [person("top", "head@TOP"), person("side", "head@SIDE")])
    assert told(org, "head@root") == ("top",)
    assert told(org, "head@root", of="TOP") == ("top",)


def test_head_at_code_is_the_head_of_that_unit_whatever_the_processing_unit():
    org = organisation(TREE, [person("x", "head@X1")])
    assert told(org, "head@X1", of="TP") == ("x",)
    assert told(org, "head@X1", of=None) == ("x",)


def test_any_post_can_be_asked_for_elsewhere():
    org = organisation(TREE, [person("c", "clerk@UBND")])
    assert told(org, "clerk@parent") == ("c",)
    assert told(org, "clerk@root") == ("c",)


# --- "person:ID, group:NAME" ------------------------------------------------------------------------------------------


def test_a_person_and_a_group_do_not_depend_on_the_unit():
    org = organisation(TREE, [person("a"), person("b")], groups={"watch": ("a", "b")})
    for of in ("TP", None):
        assert told(org, "person:a", of=of) == ("a",)
        assert told(org, "group:watch", of=of) == ("a", "b")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("officer", ("officer", "", "")),
        ("head@parent", ("head", "parent", "")),
        ("head@parent:vertical", ("head", "parent", "vertical")),
        ("head@kind:commune", ("head", "kind", "commune")),
        ("head@root", ("head", "root", "")),
        ("head@TP", ("head", "TP", "")),
        ("person:van-phong", ("person", "", "van-phong")),
        ("group:watch", ("group", "", "watch")),
        (" duty ", ("duty", "", "")),
    ],
)
def test_a_target_is_read(text, parts):
    found = Target.parse(text)
    assert (found.post, found.where, found.arg) == parts


@pytest.mark.parametrize(
    "text", ["", "head@", "@parent", "head@kind", "head@kind:", "head@root:x", "head@TP:x", "person:", "person", "a b"]
)
def test_what_is_no_target_is_refused(text):
    with pytest.raises(ValueError, match=r".?"):
        Target.parse(text)


# --- "A feed's unit is matched by code, then by name or alias (folded); an officer by portal_ids, then by name ..." ---


@pytest.mark.parametrize("text", ["TP", "Phòng Tư pháp", "PHONG TU PHAP", " phòng  tư pháp ", "Phòng Tư pháp huyện"])
def test_a_unit_is_matched_by_code_then_by_name_or_alias_folded(text):
    org = organisation([unit("TP", name="Phòng Tư pháp", aliases=("Phòng Tư pháp huyện",)), unit("NV")], [])
    assert org.on(DAY).unit(text) == "TP"


def test_a_code_comes_before_a_name():
    org = organisation([unit("A", name="B"), unit("B", name="A")], [])
    assert org.on(DAY).unit("A") == "A"
    assert org.on(DAY).unit("B") == "B"


@pytest.mark.parametrize("text", ["", "  ", "Phòng Nội vụ", "T", "last"])
def test_what_names_no_unit_is_unmatched(text):
    assert organisation([unit("TP", name="Phòng Tư pháp")], []).on(DAY).unit(text) is None


def test_a_name_that_two_units_have_matches_neither():
    assert organisation([unit("A", name="Đức Thọ"), unit("B", name="Đức Thọ")], []).on(DAY).unit("Đức Thọ") is None


def test_a_name_that_a_closed_and_an_open_unit_have_is_the_open_one_s():
    units = [unit("OLD", name="Đức Thọ", last=BEFORE), unit("NEW", name="Đức Thọ")]
    assert organisation(units, []).on(DAY).unit("Đức Thọ") == "NEW"


def test_an_officer_is_matched_by_portal_ids_first():
    org = organisation(TREE, [person("by-id", ids=("An",)), person("by-name", "clerk@TP", name="An")])
    assert told(org, "officer", officers=["An"]) == ("by-id",)


def test_a_portal_id_holds_wherever_and_whenever():
    org = organisation(TREE, [person("a", ("clerk@X1", until(BEFORE)), ids=("ta",))])
    assert told(org, "officer", officers=["ta"]) == ("a",)
    assert told(org, "officer", of=None, officers=["ta"]) == ("a",)


def test_an_officer_is_matched_by_name_within_the_unit_only_folded():
    org = organisation(TREE, [person("a", "clerk@TP", name="Nguyễn Đường"), person("h", "head@X1")])
    assert told(org, "officer", officers=["NGUYEN  DUONG"]) == ("a",)
    assert told(org, "officer", of="X1", officers=["Nguyễn Đường"]) == ("h",)


def test_a_name_match_needs_a_post_that_is_valid_that_day():
    org = organisation(TREE, [person("a", ("clerk@TP", until(DAY)), name="An"), person("h", "head@TP")])
    assert told(org, "officer", officers=["An"], day=DAY) == ("a",)
    assert told(org, "officer", officers=["An"], day=AFTER) == ("h",)


# --- "Vacant: officer (none named, a placeholder, or unmatched) goes to duty, then head; ..." -------------------------


@pytest.mark.parametrize("officers", [(), ("Chuyên viên",), ("cán bộ một cửa",), ("stranger",), ("",)])
def test_officer_vacant_goes_to_duty_then_head(officers):
    people = [person("d", ("duty@TP", until(DAY))), person("h", "head@TP")]
    org = organisation(TREE, people)
    assert told(org, "officer", officers=officers) == ("d",)
    assert told(org, "officer", officers=officers, day=AFTER) == ("h",)


def test_a_placeholder_is_nobody_even_where_somebody_is_named_so():
    org = organisation(TREE, [person("a", "clerk@TP", name="Chuyên viên"), person("d", "duty@TP")])
    assert told(org, "officer", officers=["Chuyên viên"]) == ("d",)


def test_an_id_in_portal_ids_is_never_a_placeholder():
    org = organisation(TREE, [person("a", ids=("Chuyên viên",)), person("d", "duty@TP")])
    assert told(org, "officer", officers=["Chuyên viên"]) == ("a",)


def test_duty_vacant_goes_to_head():
    org = organisation(TREE, [person("h", "head@TP"), person("dep", "deputy@TP")])
    assert told(org, "duty") == ("h",)


@pytest.mark.parametrize("post", ["head", "clerk"])
def test_head_and_any_other_post_vacant_go_to_deputy(post):
    org = organisation(TREE, [person("dep", "deputy@TP"), person("h", "head@UBND"), person("d", "duty@TP")])
    assert told(org, post) == ("dep",)


def test_a_vacant_post_that_is_not_head_does_not_go_to_its_unit_s_head():
    org = organisation(TREE, [person("h", "head@TP"), person("u", "head@UBND")])
    assert told(org, "clerk") == ("u",)
    assert told(org, "deputy") == ("u",)


@pytest.mark.parametrize("post", ["officer", "duty", "head", "deputy", "clerk"])
def test_then_head_at_parent_and_so_on_upwards(post):
    org = organisation(TREE, [person("u", "head@UBND")])
    assert told(org, post, of="X1") == ("u",)


def test_a_vacant_head_above_goes_to_the_deputy_there():
    org = organisation(TREE, [person("dep", "deputy@TP"), person("u", "head@UBND")])
    assert told(org, "head", of="X1") == ("dep",)


@pytest.mark.parametrize("post", ["officer", "duty", "head", "deputy", "clerk", "head@parent", "head@root"])
def test_then_fallback(post):
    assert told(organisation(TREE, []), post, of="X1") == ("last",)


def test_a_vacant_head_elsewhere_goes_on_from_there():
    org = organisation(TREE, [person("u", "head@UBND"), person("dep", "deputy@TP")])
    assert told(org, "head@TP", of="UBND") == ("dep",)
    assert told(org, "head@X1", of=None) == ("dep",)
    assert told(org, "head@parent:line", of="X1") == ("dep",)
    assert told(org, "head@kind:commune", of="X1") == ("dep",)


@pytest.mark.parametrize(
    "post", ["officer", "duty", "head", "deputy", "clerk", "head@parent", "head@kind:x", "head@root"]
)
def test_an_unmatched_unit_goes_to_fallback(post):
    org = organisation(TREE, [person("h", "head@UBND"), person("a", "clerk@TP", name="An")])
    assert told(org, post, of=None, officers=["An"]) == ("last",)


def test_the_fallback_may_be_a_group():
    org = organisation(TREE, [person("a"), person("b")], groups={"watch": ("a", "b")}, fallback="group:watch")
    assert told(org, "head", of=None) == ("a", "b")
    assert org.on(DAY).fallback() == ("a", "b")


def test_the_admin_is_the_fallback_unless_written():
    assert organisation(TREE, []).on(DAY).admin() == ("last",)
    assert organisation(TREE, [person("root")], admin="person:root").on(DAY).admin() == ("root",)


# --- "A sole successor of a closed unit is followed; several go to fallback." -----------------------------------------

CLOSED = [
    unit("NEW", "UBND"),
    unit("UBND"),
    unit("OLD", "UBND", last=BEFORE, successors=("NEW",)),
    unit("OLDER", "UBND", last=BEFORE, successors=("OLD",)),
    unit("SPLIT", "UBND", last=BEFORE, successors=("NEW", "UBND")),
    unit("GONE", "UBND", last=BEFORE),
]


@pytest.mark.parametrize("code", ["OLD", "OLDER"])
def test_a_sole_successor_of_a_closed_unit_is_followed(code):
    org = organisation(CLOSED, [person("n", "head@NEW"), person("o", f"head@{code}")])
    assert org.on(BEFORE).unit(code) == code
    assert org.on(DAY).unit(code) == "NEW"
    assert told(org, f"head@{code}", day=BEFORE) == ("o",)
    assert told(org, f"head@{code}", day=DAY) == ("n",)


def test_an_edge_to_a_closed_unit_is_followed_to_its_sole_successor():
    org = organisation([*CLOSED, unit("TP", "OLD")], [person("n", "head@NEW"), person("u", "head@UBND")])
    assert told(org, "head@parent") == ("n",)
    assert told(org, "head@root") == ("u",)


def test_several_successors_go_to_fallback():
    org = organisation(CLOSED, [person("n", "head@NEW"), person("u", "head@UBND"), person("s", "head@SPLIT")])
    assert org.on(BEFORE).unit("SPLIT") == "SPLIT"
    assert org.on(DAY).unit("SPLIT") is None
    assert told(org, "head@SPLIT") == ("last",)


def test_a_closed_unit_without_successor_is_unmatched():
    org = organisation(CLOSED, [person("g", "head@GONE")])
    assert org.on(DAY).unit("GONE") is None
    assert told(org, "head@GONE") == ("last",)


def test_the_top_behind_a_closed_parent_with_several_successors_is_fallback_and_not_the_unit_itself():
    """Otherwise the chairman's step of such a unit is silently told to its own head."""
    org = organisation([*CLOSED, unit("TP", "SPLIT")], [person("h", "head@TP"), person("u", "head@UBND")])
    assert told(org, "head@parent") == ("last",)
    assert told(org, "head@root") == ("last",)


# --- "away: the substitute is told, the absent is not." ---------------------------------------------------------------


def away(to, first=DAY, last=DAY):
    return (Absence(Span(first, last), to),)


@pytest.mark.parametrize("target", ["head", "person:a", "group:g", "officer"])
def test_the_substitute_is_told_and_the_absent_is_not(target):
    people = [person("a", "head@TP", ids=("ta",), away=away("b")), person("b")]
    org = organisation(TREE, people, groups={"g": ("a",)})
    assert told(org, target, officers=["ta"]) == ("b",)
    assert told(org, target, officers=["ta"], day=AFTER) == ("a",)


def test_the_fallback_s_substitute_is_told_too():
    org = organisation(TREE, [person("a", away=away("b")), person("b")], fallback="person:a")
    assert told(org, "head") == ("b",)


def test_a_substitute_who_is_away_has_a_substitute():
    org = organisation(TREE, [person("a", "head@TP", away=away("b")), person("b", away=away("c")), person("c")])
    assert told(org, "head") == ("c",)


def test_a_substitute_who_is_a_holder_too_is_told_once():
    org = organisation(TREE, [person("a", "head@TP", away=away("b")), person("b", "head@TP")])
    assert told(org, "head") == ("b",)


def test_substitutes_in_a_circle_are_as_a_vacancy_and_end():
    people = [person("a", "head@TP", away=away("b")), person("b", away=away("a")), person("d", "deputy@TP")]
    assert told(organisation(TREE, people), "head") == ("d",)


def test_an_absence_without_until_lasts():
    people = [person("a", "head@TP", away=(Absence(since(DAY), "b"),)), person("b")]
    org = organisation(TREE, people)
    assert told(org, "head", day=AFTER) == ("b",)
    assert told(org, "head", day=BEFORE) == ("a",)


# --- nobody is dropped, nothing hangs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["officer", "head", "head@parent", "head@root", "head@kind:x", "person:x", "group:x"]
)
def test_a_circle_of_units_or_an_unknown_name_ends_at_fallback(target):
    org = organisation([unit("TP", "B"), unit("B", "TP")], [])
    assert told(org, target) == ("last",)
    assert org.on(DAY).within("TP", "C") is False


def test_successors_in_a_circle_end_as_unmatched():
    units = [unit("A", last=BEFORE, successors=("B",)), unit("B", last=BEFORE, successors=("A",))]
    assert organisation(units, []).on(DAY).unit("A") is None


def test_the_days_on_which_the_tree_turns():
    units = [unit("A", last=BEFORE), unit("TP", Edge("A", span=Span(DAY, AFTER)))]
    assert organisation(units, []).turning_days() == {date(2024, 6, 1), DAY, date(2024, 7, 2)}


def test_a_post_held_twice_names_its_holder_once():
    org = organisation(TREE, [person("a", "head@TP", "head@TP", ids=("ta",), name="An")])
    assert told(org, "head") == ("a",)
    assert told(org, "officer", officers=["An"]) == ("a",)


def test_who_holds_a_post_and_who_is_there_in_their_place():
    away = (Absence(Span(DAY, DAY), "b"),)
    org = organisation(TREE, [person("a", "head@TP", away=away), person("b"), person("d", "deputy@TP")])
    assert org.on(DAY).holders("TP", "head") == ("a",)
    assert org.on(DAY).present("TP", "head") == ("b",)
    assert org.on(DAY).present("TP", "duty") == (), "nobody else where it is vacant"


def test_directories_are_kept_by_date_and_not_for_ever():
    org = organisation(TREE, [])
    first = org.on(DAY)
    assert org.on(DAY) is first
    for days in range(1, MOST_DAYS + 2):
        org._days[DAY + timedelta(days=days)] = first
    org.on(DAY - timedelta(days=1))
    assert len(org._days) == 1
    assert len(org._stretches) == 1


def test_dates_between_which_nothing_begins_or_ends_share_what_is_indexed_and_keep_their_own_date():
    org = organisation([unit("TP")], [person("an", ("staff@TP", until(DAY)))])
    first, second, later = org.on(BEFORE), org.on(DAY), org.on(AFTER)
    assert first._holders is second._holders
    assert second._holders is not later._holders
    assert (first.day, second.day, later.day) == (BEFORE, DAY, AFTER)


def test_on_every_date_the_shared_index_says_what_one_of_its_own_would():
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)

    def span():
        first = chance.choice([None, BEFORE + timedelta(days=chance.randrange(40))])
        return Span(first, chance.choice([None, date.max, (first or BEFORE) + timedelta(days=chance.randrange(30))]))

    units = [
        Unit("UBND", "UBND"),
        *(Unit(f"U{n}", f"U{n}", "", (), (Edge("UBND", "line", span()),), span()) for n in range(4)),
    ]
    people = [
        person(
            f"p{n}", *((f"{post}@U{n % 4}", span()) for post in ("head", "staff")), away=[Absence(span(), f"p{n // 2}")]
        )
        for n in range(12)
    ]
    org = organisation(units, people)
    for day in chance.sample([BEFORE + timedelta(days=n) for n in range(-3, 80)], 60):
        own, shared = Directory(org, day), org.on(day)
        for code in org.units:
            assert shared.staff(code) == own.staff(code)
            assert (shared.unit(code), shared.parent(code)) == (own.unit(code), own.parent(code))
            for target in ("head", "head@parent", "head@root", "person:p3"):
                assert shared.resolve(Target.parse(target), code, ()) == own.resolve(Target.parse(target), code, ())


def test_what_is_below_along_any_line_is_within():
    tree = [unit("A"), unit("B"), unit("X", "A", "B"), unit("Y", "A", "X")]
    directory = organisation(tree, []).on(DAY)
    assert directory.within("Y", "B"), "by way of X, though A is seen twice"
    assert directory.within("Y", "A")
    assert not directory.within("A", "Y")


def test_a_unit_that_is_not_there_has_no_line_of_reporting():
    directory = organisation(TREE, []).on(DAY)
    assert list(directory.edges("GONE")) == []
    assert directory.top("GONE") == "GONE"
    assert directory.top("X1") == "UBND"


def test_the_staff_of_a_unit_is_everybody_who_holds_a_post_there():
    org = organisation(TREE, [person("a", "head@TP"), person("b", "clerk@TP"), person("c", "head@UBND")])
    assert org.on(DAY).staff("TP") == ("a", "b")
    assert org.on(DAY).staff(None) == org.on(DAY).staff("GONE") == ()


# --- handed over ------------------------------------------------------------------------------------------------------


def test_who_took_a_dossier_over_is_its_handler_as_long_as_they_are_in_the_unit():
    org = organisation(TREE, [person("a", "clerk@TP", ids=("ta",)), person("b", "clerk@TP"), person("c", "head@UBND")])
    directory = org.on(DAY)
    handed = directory.officers("TP", ("ta", "stranger"), "b")
    assert (handed.people, handed.unmatched) == (("b",), ())
    assert directory.officers("TP", ("ta",), "c").people == ("a",), "of another unit"
    assert directory.officers("TP", ("ta",)).people == ("a",)
    assert directory.officers(None, ("ta",), "b").people == ("a",)
    assert directory.resolve(Target.parse("officer"), "TP", ("ta",), "b") == ("b",)
    assert directory.resolve(Target.parse("officer"), "TP", ("ta",)) == ("a",)


def test_a_name_means_nobody_without_a_unit_or_where_nobody_has_a_post():
    directory = organisation(TREE, [person("a", "clerk@TP", name="An")]).on(DAY)
    for where in (None, "", "X1", "GONE"):
        assert directory.officers(where, ("An",)).people == ()
    assert directory.officers("TP", ("An",)).people == ("a",)


def test_a_substitute_who_is_nobody_leaves_the_post_vacant():
    away = (Absence(Span(DAY, DAY), "gone"),)
    org = organisation(TREE, [person("a", "head@TP", away=away), person("d", "deputy@TP")])
    assert told(org, "head") == ("d",)


def test_a_post_that_is_over_hides_no_later_one_of_the_same_person():
    org = organisation(TREE, [person("a", ("head@TP", until(BEFORE)), ("clerk@TP", since(DAY)))])
    assert org.on(DAY).holders("TP", "clerk") == ("a",)
    assert org.on(DAY).holders("TP", "head") == ()


def test_the_top_is_nobody_where_the_last_edge_leads_to_a_closed_unit():
    tree = [unit("UBND", last=BEFORE), unit("TP", "UBND")]
    assert organisation(tree, []).on(DAY).top("TP") is None
    assert organisation([unit("UBND"), unit("TP", "UBND")], []).on(DAY).top("TP") == "UBND"
