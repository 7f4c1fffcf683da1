"""`alertd diff`: what a changed configuration would send otherwise, and what it means for the dossiers that are open."""

from __future__ import annotations

import json
import shutil

import pytest

from alertd.config.load import load
from alertd.core.freshness import MaxAge
from alertd.jobs import escalate
from alertd.store import configurations
from alertd.store.database import Database
from tests.commands.ground import stored, write_csv
from tests.store.ground import at

STRETCH = ("--from", "2024-06-01", "--to", "2024-07-01")
SHOWN = [
    ["HS-1", "Chứng thực", "Phòng Tư pháp", "tp.cv", "03/06/2024 08:00", "10/06/2024 16:00", ""],
    ["HS-2", "Chứng thực", "Phòng Tư pháp", "tp.cv", "03/06/2024 08:00", "07/06/2024 16:00", "12/06/2024 08:00"],
]


@pytest.fixture
def old(config):
    """The configuration that runs; on each engine in turn."""
    write_csv(config / "drop" / "e.csv", SHOWN)
    return config


@pytest.fixture
def new(old, tmp_path):
    """A copy of it, to change; without the drop folder, as a copy may be."""
    folder = tmp_path / "new"
    shutil.copytree(old, folder, ignore=shutil.ignore_patterns("drop"))
    return folder


def edit(folder, old, new, name="escalation.yaml"):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def differences(alertd, old, new, *more, feed="exports"):
    done = alertd("diff", old, new, "--feed", feed, *STRETCH, "--format", "json", *more)
    assert done.code == 0, done.err
    return json.loads(done.out)


def short(found):
    """Changes as (kind, dossier, step, who and when before, who and when after)."""
    return [
        (c["change"], c["dossier"], c["step"], c["was_person"], (c["was_at"] or "")[5:16], c["person"], (c["at"] or "")[5:16])
        for c in found["changes"]
    ]  # fmt: skip


def test_the_same_configuration_sends_the_same(alertd, old, new):
    found = differences(alertd, old, new)
    assert (found["changes"], found["per_person_day"], found["open"]) == ([], [], None)
    assert found["totals"] == {"more": 0, "less": 0, "earlier": 0, "later": 0, "other": 0}
    assert (found["dossiers"], found["from"], found["to"]) == (
        2,
        "2024-06-01T00:00:00+07:00",
        "2024-07-01T00:00:00+07:00",
    )


def test_the_chairman_from_the_second_day_on_is_one_more_of_each_dossier(alertd, old, new):
    edit(new, "at: +3d", "at: +2d")
    found = differences(alertd, old, new)
    assert short(found) == [
        ("more", "HS-2", "chairman", None, "", "chair", "06-11T16:00"),
        ("more", "HS-1", "chairman", None, "", "chair", "06-12T16:00"),
    ]
    assert found["per_person_day"] == [
        {"date": "2024-06-11", "person": "chair", "was_messages": 0, "messages": 1, "was_dossiers": 0, "dossiers": 1},
        {"date": "2024-06-12", "person": "chair", "was_messages": 0, "messages": 1, "was_dossiers": 0, "dossiers": 1},
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("at: -1d", "at: -2d"),
            [("earlier", "HS-2", "soon", "staff", "06-06T16:00", "staff", "06-05T16:00"),
             ("earlier", "HS-1", "soon", "staff", "06-07T16:00", "staff", "06-06T16:00")],
        ),
        (
            ("at: -1d", "at: -4h"),
            [("later", "HS-2", "soon", "staff", "06-06T16:00", "staff", "06-07T10:30"),
             ("later", "HS-1", "soon", "staff", "06-07T16:00", "staff", "06-10T10:30")],
        ),
        (
            ("{name: soon, at: -1d, to: officer}", "{name: soon, at: -1d, to: head}"),
            [("other", "HS-2", "soon", "staff", "06-06T16:00", "head", "06-06T16:00"),
             ("other", "HS-1", "soon", "staff", "06-07T16:00", "head", "06-07T16:00")],
        ),
        (
            ("      - {name: soon, at: -1d, to: officer}\n", ""),
            [("less", "HS-2", "soon", "staff", "06-06T16:00", None, ""),
             ("less", "HS-1", "soon", "staff", "06-07T16:00", None, "")],
        ),
    ],
    ids=["earlier", "later", "to-others", "less"],
)  # fmt: skip
def test_each_kind_of_change(alertd, old, new, change, expected):
    edit(new, *change)
    assert short(differences(alertd, old, new)) == expected


def test_another_organisation_or_calendar_is_a_change_too(alertd, old, new):
    edit(
        new,
        "{unit: TP, post: head}]",
        "{unit: TP, post: head}], away: [{from: 2024-06-07, until: 2024-06-07, to: person:chair}]",
        "organisation.yaml",
    )
    edit(new, "holidays: none", "holidays: none\n  days_off: [2024-06-06]", "calendar.yaml")
    assert short(differences(alertd, old, new)) == [
        ("earlier", "HS-2", "soon", "staff", "06-06T16:00", "staff", "06-05T16:00"),
        ("other", "HS-2", "overdue", "head", "06-07T16:00", "chair", "06-07T16:00"),
    ]


def test_slots_are_applied_to_what_people_are_sent_on_a_day(alertd, old, new):
    edit(new, "slots: at-once", 'slots: ["07:30"], max_per_person_per_day: 1', "alertd.yaml")
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH, "--format", "json")
    found = json.loads(done.out)
    assert found["changes"] == []
    staff = [day for day in found["per_person_day"] if day["person"] == "staff"]
    assert [(d["date"][5:], d["was_messages"], d["messages"], d["was_dossiers"], d["dossiers"]) for d in staff] == [
        ("06-06", 1, 0, 1, 0), ("06-07", 1, 1, 2, 1), ("06-10", 1, 1, 1, 2), ("06-11", 0, 1, 0, 1),
    ]  # fmt: skip
    assert "more than max_per_person_per_day: 1" in done.err


def test_for_people_it_is_sentences_and_tables(alertd, old, new):
    edit(new, "at: +3d", "at: +2d")
    edit(new, "at: -1d", "at: -2d")
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH)
    assert done.code == 0
    assert done.out.splitlines()[:2] == [
        f"{old} → {new}: từ 00:00 Thứ Bảy 01/06/2024 đến trước 00:00 Thứ Hai 01/07/2024, 2 hồ sơ",
        "khác: nhiều hơn 2, sớm hơn 2",
    ]
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "HS-1 chairman nhiều hơn Chủ tịch – 16:00 Thứ Tư 12/06/2024 1" in lines
    assert "HS-1 soon sớm hơn 1 ngày Chuyên viên 16:00 Thứ Sáu 07/06/2024 16:00 Thứ Năm 06/06/2024 1" in lines
    assert "2024-06-12 Chủ tịch 0 1 0 1" in lines
    assert "không có cơ sở dữ liệu để xem" in lines
    assert done.err.startswith("open dossiers are not looked at: ")


def test_a_repeating_step_is_one_row_with_its_number(alertd, old, new):
    edit(new, "      - {name: chairman, at: +3d, to: head@root, every: 1d}\n", "")
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH)
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "khác: ít hơn 12" in lines
    assert "HS-1 chairman ít hơn Chủ tịch 16:00 Thứ Năm 13/06/2024 – 12" in lines


def test_a_long_table_is_cut_and_says_so(alertd, old, new):
    edit(new, "at: -1d", "at: -2d")
    many = [[f"HS-{n:03}", *SHOWN[0][1:]] for n in range(70)]
    write_csv(old / "drop" / "e.csv", many)
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH)
    assert "… và 10 dòng nữa; --format json có đủ" in done.out
    assert len(differences(alertd, old, new)["changes"]) == 70


# --- which dossiers ---------------------------------------------------------------------------------------------------


def test_a_feed_that_only_the_new_configuration_can_read_is_read_there_and_said(alertd, old, new):
    shutil.move(old / "drop", new / "drop")
    (old / "drop").mkdir()
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH, "--format", "json")
    assert json.loads(done.out)["dossiers"] == 2
    assert f"its dossiers are those of {new}" in done.err


def test_a_feed_that_neither_can_read_is_one_clear_line(alertd, old, new):
    shutil.rmtree(old / "drop")
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH)
    assert done.code == 2
    assert "there is no file" in done.line


def test_one_file_and_a_new_feed(alertd, old, new, tmp_path):
    file = write_csv(tmp_path / "one.csv", SHOWN[:1])
    assert differences(alertd, old, new, "--file", file)["dossiers"] == 1
    edit(new, "name: exports", "name: others", "alertd.yaml")
    assert differences(alertd, old, new, "--file", file, feed="others")["dossiers"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--feed", "portal", *STRETCH], "no feed is called 'portal'"),
        (["--feed", "exports", "--from", "2024-06-02", "--to", "2024-06-01"], "is not before"),
        (["--feed", "exports", *STRETCH, "--at", "morgen"], "--at: 'morgen' is not an instant"),
        ([*STRETCH], "there is no database yet"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_line(alertd, local, tmp_path, arguments, words):
    shutil.copytree(local, tmp_path / "new")
    done = alertd("diff", local, tmp_path / "new", *arguments)
    assert done.code == 2
    assert words in done.line


def test_a_configuration_that_cannot_be_read_is_told_with_its_line(alertd, old, new):
    edit(new, "at: +3d", "at: drei Tage")
    done = alertd("diff", old, new, "--feed", "exports", *STRETCH)
    assert done.code == 2
    assert done.line.startswith(f"{new / 'escalation.yaml'}:7:30: [offset.bad] ")


# --- the dossiers that are open ---------------------------------------------------------------------------------------


@pytest.fixture
def running(alertd, old, url):
    """The old configuration has run on its database until 11/06/2024 08:00."""
    assert alertd("import", old / "drop" / "e.csv", "--feed", "exports", "--config", old).code == 0
    loaded = load(old)
    database = Database(url)
    try:
        escalate.tick(database, loaded.rules, {"exports": MaxAge(working_days=2000)}, at("11/06 08:00"))
        with database.write() as connection:
            version = configurations.Version(loaded.digest, loaded.text, "", "")
            configurations.accept(connection, version, at("03/06 07:00"))
    finally:
        database.close()
    return old


def test_what_the_change_means_for_open_dossiers_is_said_and_nothing_is_written(alertd, running, new, url):
    before = stored(url)
    edit(new, "at: +3d", "at: +2d")
    edit(new, "    steps:\n", "    steps:\n      - {name: early, at: -2d, to: head}\n")
    done = alertd("diff", running, new, *STRETCH, "--at", "2024-06-11T08:00", "--format", "json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["dossiers"] == 2, "without a feed, what is stored"
    assert found["open"] == {
        "at": "2024-06-11T08:00:00+07:00",
        "dossiers": 1,
        "affected": [
            {
                "feed": "exports", "dossier": "HS-1",
                "not_applied": [{"step": "early", "occurrence": 0, "at": "2024-06-06T16:00:00+07:00"}],
                "was_next": {"step": "chairman", "at": "2024-06-13T16:00:00+07:00"},
                "next": {"step": "chairman", "at": "2024-06-12T16:00:00+07:00"},
            }
        ],
    }  # fmt: skip
    assert stored(url) == before


def test_for_people_the_rule_of_the_change_stands_above_the_open_dossiers(alertd, running, new):
    edit(new, "    steps:\n", "    steps:\n      - {name: early, at: -2d, to: head}\n")
    done = alertd("diff", running, new, *STRETCH, "--at", "2024-06-11T08:00")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    at_ = lines.index("Hồ sơ đang mở")
    assert lines[at_ + 1 :] == [
        "1 hồ sơ. Thay đổi áp dụng từ 08:00 Thứ Ba 11/06/2024; bước mới nào rơi vào trước lúc ấy thì không báo bù.",
        "1 hồ sơ bị ảnh hưởng, 1 bước không áp dụng.",
        "hồ sơ không áp dụng bước tiếp theo trước đây bước tiếp theo sẽ là",
        "HS-1 early (16:00 Thứ Năm 06/06/2024) chairman 16:00 Thứ Năm 13/06/2024 chairman 16:00 Thứ Năm 13/06/2024",
    ]


def test_that_the_old_configuration_is_not_the_one_that_ran_last_is_said(alertd, running, new):
    edit(running, "at: -1d", "at: -2d")
    done = alertd("diff", running, new, *STRETCH, "--at", "2024-06-11T08:00")
    assert done.code == 0
    assert "is not the configuration that ran last" in done.err


def test_two_drafts_without_data_are_tried_on_what_a_third_configuration_shows_and_stores(alertd, old, new, tmp_path):
    draft = tmp_path / "draft"
    shutil.copytree(new, draft)
    for folder in (new, draft):
        edit(folder, "storage: {url:", "storage: {url: sqlite:///nirgends.db} #", "alertd.yaml")
    edit(draft, "at: +3d", "at: +2d")
    assert alertd("import", old / "drop" / "e.csv", "--feed", "exports", "--config", old).code == 0
    found = differences(alertd, new, draft, "--config", old)
    assert [change["change"] for change in found["changes"]] == ["more", "more"]
    assert found["open"] is not None, "open dossiers are those of the named configuration's database"
    stored = alertd("diff", new, draft, "--config", old, *STRETCH, "--format", "json")
    assert (stored.code, len(json.loads(stored.out)["changes"])) == (0, 2), stored.err


def test_the_configuration_whose_data_are_tried_must_be_one(alertd, old, new, tmp_path):
    done = alertd("diff", old, new, "--config", tmp_path / "nirgends", *STRETCH)
    assert (done.code, "nirgends" in done.line) == (2, True)
