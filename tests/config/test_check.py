"""What the corpus cannot show: columns, order, both languages, the samples, the holidays adviser, dates of asking."""

from __future__ import annotations

import sys
import types
from datetime import date
from pathlib import Path

import pytest

from alertd.config import wording
from alertd.config.adviser import Advice, advice, names
from alertd.config.check import check, check_texts
from alertd.config.checks import calendars
from alertd.config.findings import Finding, Place
from alertd.config.load import load
from alertd.config.nearest import nearest
from tests.config.editing import edit

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def no_adviser(monkeypatch):
    monkeypatch.setattr(calendars, "advice", lambda _year: None)


def codes(findings):
    return [finding.code for finding in findings]


def test_the_district_sample_has_no_finding():
    assert list(map(str, check(ROOT / "config", TODAY))) == []


def test_the_two_tier_sample_lacks_only_its_secrets(monkeypatch):
    secrets = [
        f"ALERTD_{name}" for name in ("ZALO_SECRET", "ZALO_ACCESS", "ZALO_REFRESH", "WEBHOOK_SECRET", "TELEGRAM_TOKEN")
    ]
    for name in secrets:
        monkeypatch.delenv(name, raising=False)
    assert codes(check(ROOT / "config/samples/two-tier", TODAY)) == ["secret.unset"] * len(secrets)
    for name in secrets:
        monkeypatch.setenv(name, "x")
    assert check(ROOT / "config/samples/two-tier", TODAY) == []


def test_a_new_admins_mistakes(tmp_path, monkeypatch):
    """From the sample: a mistyped unit, a mistyped time, a head removed; each with its place."""
    monkeypatch.chdir(ROOT)
    texts = load(Path("config")).text
    texts["escalation.yaml"] = texts["escalation.yaml"].replace("at: -4h,", "at: -4 giờ,")
    texts["organisation.yaml"] = texts["organisation.yaml"].replace(
        "posts: [{unit: TP, post: head}]", "posts: [{unit: TPP, post: head}]"
    )
    found = check_texts(texts, TODAY)
    assert codes(found) == ["offset.bad", "post.vacant", "unit.unknown"]
    assert str(found[0]).startswith("config/escalation.yaml:21:31: ")
    assert "có phải là 'TP'?" in found[2].instead


def test_the_chairmans_step_at_two_days_is_fine():
    texts = load(ROOT / "config").text
    texts["escalation.yaml"] = texts["escalation.yaml"].replace("at: +3d", "at: +2d")
    assert check_texts(texts, TODAY) == []


def test_form_of_a_line(base, monkeypatch):
    monkeypatch.chdir(base.parent)
    edit(base, "escalation.yaml", ("to: chairman", "to: chairmann"))
    assert [str(f) for f in check(Path("config"), TODAY)] == [
        "config/escalation.yaml:16:39: [post.unknown] không có chức vụ hay vai trò 'chairmann'; có phải là 'chairman'?"
    ]
    monkeypatch.setenv("ALERTD_LANG", "en")
    assert [str(f) for f in check(Path("config"), TODAY)] == [
        "config/escalation.yaml:16:39: [post.unknown] there is no post or role 'chairmann'; did you mean 'chairman'?"
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line", "column"),
    [
        ("escalation.yaml", "at: -3d", "at: 3x", "offset.bad", 13, 26),
        ("escalation.yaml", "ack_mutes", "ack_mute", "key.unknown", 11, 5),
        (
            "escalation.yaml",
            "{name: unit-head, at: +1d, to: head, every: 1d}",
            "{name: unit-head, at: +1d}",
            "key.missing",
            15,
            9,
        ),
        ("escalation.yaml", "[officer, head]", "[officer, haed]", "post.unknown", 8, 47),
        ("organisation.yaml", "reports_to: UBND}", "reports_to: [UBND, XX]}", "unit.unknown", 6, 74),
        ("calendar.yaml", '"07:00-11:00"', '"11:00-07:00"', "session.backwards", 9, 26),
        ("alertd.yaml", '"${TELEGRAM_TOKEN}"', "abc", "secret.literal", 15, 21),
        ("alertd.yaml", "type: sheet", "type: shet", "feed.type", 5, 11),
    ],
)
def test_columns(base, name, old, new, code, line, column):
    edit(base, name, (old, new))
    assert [(f.code, f.line, f.column) for f in check(base, TODAY)] == [(code, line, column)]


def test_order_is_by_file_line_and_column(base):
    edit(base, "organisation.yaml", ("chat_id: 1001", "chat_id: x"), ("chat_id: 1002", "chat_id: y"))
    edit(base, "alertd.yaml", ("type: sheet", "type: shet"))
    found = check(base, TODAY)
    assert found == sorted(found)
    assert codes(found) == ["feed.type", "contact.chat-id", "contact.chat-id"]


def test_faults_beside_structural_ones_keep_their_lines(base):
    """What is left of a list after faulty entries still points at its own lines."""
    edit(
        base,
        "escalation.yaml",
        ("{name: soon, at: -5d, to: officer}", "{name: soon, at: bad, to: officer}"),
        (
            "{name: overdue, at: 0d, to: [officer, head]}\n  - name: standard",
            "{name: overdue, at: 0d, to: [officer, person:ai]}\n  - name: land",
        ),
    )
    assert [(f.code, f.line) for f in check(base, TODAY)] == [
        ("offset.bad", 7),
        ("person.unknown", 8),
        ("policy.duplicate-name", 9),
    ]


def test_a_value_where_a_calendar_belongs():
    """Found by fuzzing: looked for sessions in a text."""
    texts = {p.name: p.read_text("utf-8") for p in (Path(__file__).parent / "base").iterdir()}
    found = check_texts(texts | {"calendar.yaml": "default: x\nunits: {}\n"}, TODAY)
    assert codes(found) == ["type.mapping"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), ["calendar.next-year"]),
        (date(2027, 1, 1), ["calendar.year-missing"]),
        (date(2027, 12, 1), ["calendar.year-missing", "calendar.next-year"]),
    ],
)
def test_years(base, today, expected):
    flat = "holidays: none\n  days_off: [2026-09-01, 2026-09-02]\n  working_days: [2026-08-22]\n"
    edit(base, "calendar.yaml", (flat, "years: {2026: {days_off: [2026-09-01, 2026-09-02]}}\n"))
    assert sorted(codes(check(base, today))) == sorted(expected)


def test_a_flat_list_declares_its_years(base):
    edit(base, "calendar.yaml", ("holidays: none", "holidays: VN"))
    assert check(base, date(2026, 6, 1)) == []


def test_the_library_is_compared_and_own_documents_stand(base, monkeypatch):
    known = Advice(frozenset({date(2026, 9, 2), date(2026, 1, 1), date(2026, 2, 1)}), frozenset({date(2026, 8, 29)}))
    monkeypatch.setattr(calendars, "advice", lambda year: known if year == 2026 else None)
    edit(
        base,
        "calendar.yaml",
        ("holidays: none", "holidays: VN"),
        ("2026-09-02]", "2026-09-02, {day: 2026-01-02, by: Công văn}]"),
    )
    found = check(base, date(2026, 6, 1))
    assert {f.severity for f in found} == {"warning"}
    assert [f.what for f in found] == [
        "khác lịch nghỉ lễ đã biết: 2026-01-01 ở đây là ngày làm việc",
        "khác lịch nghỉ lễ đã biết: 2026-08-29 ở đây là ngày nghỉ",
        "khác lịch nghỉ lễ đã biết: 2026-09-01 ở đây là ngày nghỉ",
        "khác lịch nghỉ lễ đã biết: 2026-08-22 ở đây là ngày làm bù",
    ]


def test_the_adviser_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert advice(2026) is None
    assert names(2026) == {}


def test_the_adviser_takes_dates_only(monkeypatch):
    class Known(dict):
        weekend_workdays = frozenset({date(2014, 12, 27), date(2026, 8, 22)})  # the library leaks other years

    library = types.SimpleNamespace(
        country_holidays=lambda _land, years, language=None: Known({date(years, 1, 1): "x"})
    )
    monkeypatch.setitem(sys.modules, "holidays", library)
    assert advice(2026) == Advice(frozenset({date(2026, 1, 1)}), frozenset({date(2026, 8, 22)}))
    assert names(2026) == {date(2026, 1, 1): "x"}


def test_a_role_that_hides_a_post(base):
    edit(base, "escalation.yaml", ("chairman: head@root", "chairman: head@root\n  deputy: head@root\n  duty: duty"))
    assert codes(check(base, TODAY)) == ["role.shadows"]


def test_a_policy_for_a_closed_unit(base):
    edit(
        base,
        "organisation.yaml",
        ("people:\n", "  - {code: CU, name: Cũ, until: 2020-01-01, successor: TP}\npeople:\n"),
    )
    edit(base, "escalation.yaml", ("unit: TNMT", "unit: CU"))
    assert codes(check(base, TODAY)) == ["match.closed"]


def test_vacant_posts_of_a_role_and_of_the_parent(base):
    edit(base, "organisation.yaml", ("posts: [{unit: UBND, post: head}]", "posts: []"))
    found = check(base, TODAY)
    assert [(f.code, f.line) for f in found] == [("post.vacant", 5)]
    assert not any(f.is_fault for f in found)


def test_a_circle_that_never_is_on_one_day(base):
    edit(base, "organisation.yaml", ("kind: district}", "kind: district, reports_to: [{unit: TP, until: 2023-12-31}]}"))
    edit(
        base,
        "organisation.yaml",
        ("kind: department, reports_to: UBND}", "reports_to: [{unit: UBND, from: 2024-01-01}]}"),
    )
    assert check(base, TODAY) == []
    edit(base, "organisation.yaml", ("until: 2023-12-31", "until: 2024-01-01"))
    assert codes(check(base, TODAY)) == ["unit.loop"]


@pytest.mark.parametrize("code", sorted(wording.MESSAGES))
def test_every_code_has_both_languages_with_the_same_names(code):
    class Names(dict):
        def __missing__(self, key):
            self[key] = key
            return key

    row = wording.MESSAGES[code]
    assert len(row) == 4
    used = [Names(), Names()]
    for index, text in enumerate(row):
        assert text.strip()
        text.format_map(used[index // 2])
    assert set(used[0]) == set(used[1])


def test_a_finding_stays_one_short_line():
    finding = Finding.of("text.empty", Place("f", 1, 2))
    assert str(finding) == "f:1:2: [text.empty] giá trị trống; viết giá trị hoặc bỏ khóa này"
    long = Finding.of("offset.bad", Place("f", 1, 1), value="x\n" * 500)
    assert "\n" not in str(long)
    assert len(str(long)) < 400


def test_nearest():
    assert nearest("Phong Tu phap", ["Phòng Tư pháp", "Phòng Nội vụ"]) == "có phải là 'Phòng Tư pháp'?"
    assert nearest("zzz", ["a", "b"]) == "hiện có: a, b"
    assert nearest("zzz", []) == "chưa có tên nào để chọn"
    assert nearest("zzz", map(str, range(20))).endswith("…")


def test_nearest_among_thousands():
    """Not all are compared then; what was meant is found all the same."""
    names = [f"chuyen-vien-{number:04}" for number in range(5000)] + ["Phòng Tư pháp", "TP", "lãnh đạo"]
    assert nearest("chuyen-vien-12345", names).startswith("có phải là 'chuyen-vien-")
    assert nearest("Phong Tu phap huyen", names) == "có phải là 'Phòng Tư pháp'?"
    assert nearest("TPP", names) == "có phải là 'TP'?"
    assert nearest("lanh-dao", names) == "có phải là 'lãnh đạo'?"
    assert nearest("???", names).startswith("hiện có: Phòng Tư pháp, TP, chuyen-vien-0000, ")
