"""`status` and `doctor` say what the terms of storage last did; `explain` and `report` say what they took."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from alertd.config.load import load
from alertd.core.keeping import Kind
from alertd.store import floors, migrate, outdated, prunings
from alertd.store.database import Database
from tests.commands.ground import rows, write_csv
from tests.config.editing import edit
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def stored(alertd, config, url, tmp_path):
    assert alertd("import", write_csv(tmp_path / "e.csv", rows(3)), "--feed", "exports", "--config", config).code == 0
    database = Database(url)
    yield database
    database.close()


def begun(database, ago, *, ended=True):
    now = datetime.now(UTC) - ago
    with database.write() as connection:
        row = prunings.begin(connection, now)
        prunings.add(connection, row.id, Kind.DOSSIERS, 3)
        prunings.add(connection, row.id, Kind.DOSSIERS, 4)
        prunings.add(connection, row.id, Kind.ACCESS, 2)
        if ended:
            prunings.end(connection, row.id, now)


def lines(alertd, command, config, start):
    done = alertd(*command.split(), "--config", config)
    return [line for line in done.out.splitlines() if line.removeprefix("✓ ").removeprefix("! ").startswith(start)]


def test_before_the_first_night_nothing_went(alertd, config, stored):
    assert lines(alertd, "status", config, "thời hạn lưu giữ") == ["thời hạn lưu giữ: chưa xóa lần nào"]
    assert lines(alertd, "doctor", config, "thời hạn") == ["✓ thời hạn lưu giữ: chưa đến đêm đầu tiên"]


def test_status_and_doctor_say_how_many_of_each_class_went(alertd, config, stored):
    begun(stored, timedelta(hours=3))
    found = json.loads(alertd("status", "--format", "json", "--config", config).out)["retention"]
    assert found["counts"] == {"access": 2, "dossiers": 7}
    assert found["begun_at"] == found["ended_at"]
    (line,) = lines(alertd, "status", config, "thời hạn lưu giữ")
    assert line.endswith(": 2 dòng nhật ký, 7 hồ sơ")
    (line,) = lines(alertd, "doctor", config, "thời hạn")
    assert line.startswith("✓ ")
    assert line.endswith(": 2 dòng nhật ký, 7 hồ sơ")


def test_a_night_that_is_not_over_says_that_there_is_more_to_do(alertd, config, stored):
    begun(stored, timedelta(minutes=3), ended=False)
    (line,) = lines(alertd, "status", config, "thời hạn lưu giữ")
    assert line.endswith("7 hồ sơ, còn tiếp")


def test_doctor_says_when_it_has_not_been_done_for_days(alertd, config, stored):
    begun(stored, timedelta(days=9))
    assert lines(alertd, "doctor", config, "thời hạn") == ["! thời hạn lưu giữ: lần cuối cách đây 9 ngày"]


def test_where_everything_is_kept_doctor_says_so(alertd, config, stored):
    kinds = ", ".join(f"{kind.value}: keep" for kind in Kind)
    edit(config, "alertd.yaml", ("delivery:", f"retention: {{{kinds}}}\ndelivery:"))
    assert load(config).settings.retention.terms == {}
    assert lines(alertd, "doctor", config, "thời hạn") == ["✓ thời hạn lưu giữ: giữ mãi mọi dữ liệu (retention)"]


async def test_explain_says_that_a_message_is_past_its_term_and_who_was_told_all_the_same(alertd, config, url):
    database = Database(url)
    migrate.upgrade(database)
    world = World(database)
    shown = dossier("HS-1", due="04/06 16:00")
    world.run("05/06 09:00", shown)
    await world.send("05/06 09:00")
    world.run("06/06 09:00", finished(shown, "06/06 08:30"))
    before = json.loads(alertd("explain", "HS-1", "--format", "json", "--config", config).out)
    with database.write() as connection:
        assert outdated.BATCHES[Kind.MESSAGES](connection, at("01/01/2027 00:00"), 10, at("01/01/2029 00:00"))
    database.close()
    after = json.loads(alertd("explain", "HS-1", "--format", "json", "--config", config).out)
    told = [(each["step"], each["person"], each["at"], each["state"]) for each in after["alerts"]]
    assert told == [(each["step"], each["person"], each["at"], each["state"]) for each in before["alerts"]]
    sent = [each for each in after["alerts"] if each["state"] == "sent"]
    assert sent
    assert {(each["message"], each["delivery"]) for each in sent} == {(None, "past_term")}
    assert (after["messages"], after["silence"]) == ([], None)
    assert "đã vào tin, tin đã hết thời hạn lưu giữ" in alertd("explain", "HS-1", "--config", config).out


def test_report_verify_names_the_weeks_that_cannot_be_counted_again(alertd, config, stored):
    assert alertd("report", "weekly", "--config", config).code == 0
    with stored.write() as connection:
        floors.lift(connection, Kind.DOSSIERS, datetime.now(UTC))
    done = alertd("report", "verify", "--config", config)
    assert done.code == 0, done
    assert done.out
    assert all(line.endswith("không đếm lại được, hồ sơ đã hết thời hạn lưu giữ") for line in done.out.splitlines())
