"""The whole folder as the core's rules, and as settings with DESIGN's defaults."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.config.findings import ConfigError
from alertd.config.load import load, load_texts
from alertd.core.dossier import Clock
from alertd.core.errors import InputError
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact, Edge, Span, Target
from tests.config.editing import edit

ROOT = Path(__file__).parents[2]


def test_defaults_are_those_of_the_design(base):
    edit(
        base,
        "alertd.yaml",
        ('delivery:\n  slots: ["07:30", "13:00"]\n  quiet: "21:30-06:30"\n', ""),
        ("    scope: all\n", ""),
    )
    settings = load(base).settings
    feed, delivery = settings.feeds[0], settings.delivery
    assert (feed.scope, feed.every, feed.max_age) == ("part", timedelta(minutes=5), MaxAge(working_days=1))
    assert delivery.slots == (time(7, 30), time(13))
    assert delivery.quiet == (time(21, 30), time(6, 30))
    assert delivery.slot_days == "working"
    assert delivery.storm_brake is not None
    assert (delivery.storm_brake.factor, delivery.storm_brake.share, delivery.storm_brake.at_least) == (3, 0.2, 50)
    assert delivery.storm_brake.hold_max == timedelta(hours=4)
    assert (delivery.claim_timeout, delivery.resend_after) == (timedelta(seconds=60), timedelta(minutes=3))
    assert settings.web is not None
    assert settings.web.listen == ("127.0.0.1", 8080)
    assert (settings.report.week_ends, settings.report.send) == ((6, 1440), (0, 450))
    assert settings.admin is None
    assert settings.timezone == ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_portal_is_fresh_for_an_hour(base):
    edit(
        base,
        "alertd.yaml",
        ("delivery:\n", '  - {name: p, type: opencps, url: "https://p.example", groups: 35166}\ndelivery:\n'),
    )
    feed = load(base).settings.feed("p")
    assert feed is not None
    assert feed.type == "opencps"
    assert (feed.groups, feed.page_size, feed.timeout) == (("35166",), 200, timedelta(seconds=30))
    assert feed.max_age == MaxAge(elapsed=timedelta(hours=1))


def test_bare_off_none_and_at_once(base):
    edit(
        base,
        "alertd.yaml",
        ('slots: ["07:30", "13:00"]', "slots: at-once\n  storm_brake: off"),
        ('"21:30-06:30"', "none\nweb: off"),
    )
    settings = load(base).settings
    assert settings.delivery.at_once
    assert settings.delivery.quiet is None
    assert settings.delivery.storm_brake is None
    assert settings.web is None


def test_an_instant_without_offset_is_in_the_feeds_zone(base):
    edit(base, "alertd.yaml", ("scope: all", "as_of: 2026-11-20T17:00:00"))
    feed = load(base).settings.feeds[0]
    assert feed.type == "sheet"
    assert feed.as_of == datetime.fromisoformat("2026-11-20T17:00:00+07:00")
    assert feed.pattern(base) == base / "drop/*.csv"


def test_policies_keep_the_text_of_a_role(base):
    edit(base, "escalation.yaml", ("chairman: head@root", "chairman: [head@root, group:lanh-dao]"))
    land, standard = load(base).rules.policies
    assert standard.steps[-1].to == (
        Target("chairman", "head", "root"),
        Target("chairman", "group", arg="lanh-dao"),
    )
    assert land.match.unit == ("TNMT",)
    assert standard.match.everything
    assert (land.position, standard.position, standard.clock) == (0, 1, Clock.DUE)
    assert standard.ack_mutes is not None
    assert standard.ack_mutes.text == "1d"


def test_organisation(base):
    edit(
        base,
        "organisation.yaml",
        ("{code: TNMT, name", "{code: TNMT, from: 2024-01-01, successor: TP, aliases: TNMT huyện, name"),
        (
            "Môi trường, kind: department, reports_to: UBND}",
            "Môi trường, reports_to: [UBND, {unit: TP, kind: vertical}]}",
        ),
    )
    organisation = load(base).rules.organisation
    unit = organisation.units["TNMT"]
    assert unit.edges == (Edge("UBND"), Edge("TP", "vertical"))
    assert (unit.span, unit.successors, unit.aliases) == (Span(date(2024, 1, 1)), ("TP",), ("TNMT huyện",))
    person = organisation.people["truong-phong-tp"]
    assert person.contacts == (Contact("telegram", "1001"), Contact("console"))
    assert person.posts[0].span == Span(date(2024, 1, 1))
    assert organisation.fallback == Target("person:van-phong", "person", arg="van-phong")
    assert organisation.groups == {"lanh-dao": ("chu-tich", "van-phong")}


def test_a_units_calendar_inherits_what_it_does_not_write(base):
    rules = load(base).rules
    own, default = rules.calendar_of("TP"), rules.calendar_of("UBND")
    assert own.sessions(date(2026, 11, 23)) == ((420, 660), (780, 1020))
    assert default.sessions(date(2026, 11, 23)) == ((450, 690), (780, 1020))
    assert own.sessions(date(2026, 9, 2)) == ()
    assert own.sessions(date(2026, 8, 22)) == ((420, 660), (780, 1020))
    assert own.zone == ZoneInfo("Asia/Ho_Chi_Minh")


def test_people_of_a_csv_are_people(variant):
    loaded = load(variant(Path(__file__).parent / "right" / "people-csv"))
    person = loaded.rules.organisation.people["cv-tp"]
    assert [(p.unit, p.post, p.span.first) for p in person.posts] == [
        ("TP", "duty", date(2024, 2, 1)),
        ("TNMT", "duty", date(2025, 1, 1)),
    ]
    assert person.portal_ids == ("tp.chuyenvien", "tp.cv2")
    assert person.contacts == (Contact("telegram", "2001"), Contact("console"))
    assert set(loaded.text) == {"alertd.yaml", "escalation.yaml", "organisation.yaml", "calendar.yaml", "people.csv"}


def test_an_earlier_configuration_compiles_again_from_its_texts(variant):
    loaded = load(variant(Path(__file__).parent / "right" / "people-csv"))
    again = load_texts(loaded.text)
    assert again.digest == loaded.digest
    assert again.settings == loaded.settings
    assert again.rules.policies == loaded.rules.policies
    assert again.rules.organisation.people == loaded.rules.organisation.people


def test_the_digest_changes_with_every_letter(base):
    before = load(base).digest
    edit(base, "calendar.yaml", ("hours_per_day: 8", "hours_per_day: 8  # giờ"))
    assert load(base).digest != before


def test_every_structural_fault_at_once(base):
    edit(base, "alertd.yaml", ("Asia/Ho_Chi_Minh", "Asia/Hanoi"), ("scope: all", "scope: al"))
    edit(base, "calendar.yaml", ("holidays: none", "holidays: US"))
    (base / "escalation.yaml").unlink()
    with pytest.raises(ConfigError) as caught:
        load(base)
    assert [f.code for f in caught.value.findings] == ["zone.unknown", "value.choice", "value.choice", "file.missing"]
    assert isinstance(caught.value, InputError)
    assert str(caught.value).count("\n") == 3
    assert caught.value.exit_code == 2


def test_no_folder(tmp_path):
    with pytest.raises(ConfigError, match=r"\[folder.missing\]"):
        load(tmp_path / "none")


def test_a_folder_in_place_of_a_file(base):
    (base / "targets.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"\[file.unreadable\]"):
        load(base)


def test_files_are_named_relative_to_the_current_folder(base, monkeypatch):
    (base / "calendar.yaml").unlink()
    monkeypatch.chdir(base.parent)
    for folder in (Path("config"), base):
        with pytest.raises(ConfigError, match=r"^config/calendar.yaml:1:1: \[file.missing\] "):
            load(folder)


def test_names_that_lead_nowhere_do_not_stop_loading(base):
    edit(base, "escalation.yaml", ("to: chairman", "to: chairmann"), ("unit: TNMT", "unit: XX"))
    edit(base, "organisation.yaml", ("fallback: person:van-phong", "fallback: group:none"))
    rules = load(base).rules
    assert rules.organisation.on(date(2026, 11, 23)).fallback() == ()


@pytest.mark.parametrize("folder", ["config", "config/samples/two-tier"])
def test_the_samples_load(folder):
    loaded = load(ROOT / folder)
    assert loaded.rules.policies[-1].match.everything
    assert all("Trưởng" in p.name or p.name[0].isupper() for p in loaded.rules.organisation.people.values())
