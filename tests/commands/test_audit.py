"""`alertd audit`: what it says, and that a long log which nobody touched is in order."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from alertd import assembly
from alertd.config.load import load
from alertd.core.freshness import MaxAge
from alertd.jobs import audit, escalate
from alertd.jobs.accept import accept
from alertd.jobs.poll import Poll
from alertd.jobs.watch import Watch
from alertd.store.database import Database
from tests.commands.ground import rows, write_csv
from tests.oracle.permits import write_permits

ORACLE = Path(__file__).parents[1] / "oracle" / "config"


@pytest.fixture
def told(alertd, config, tmp_path, url):
    """Five dossiers of which three are overdue, and the tick that told of them."""
    export = write_csv(tmp_path / "e.csv", [*rows(3, due=-5), *rows(2, first=4)])
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0
    database, loaded = Database(url), load(config)
    escalate.tick(database, loaded.rules, assembly.ages(loaded), datetime.now(UTC))
    yield config, database
    database.close()


def test_a_ledger_in_order_is_one_line_and_exit_0(alertd, told):
    done = alertd("audit", "--config", told[0])
    assert (done.code, done.err) == (0, "")
    assert done.out == "Đã xét 5 hồ sơ đang mở: 0 sai lệch.\n"


def test_a_broken_ledger_is_told_dossier_by_dossier_and_exit_1(alertd, told):
    config, database = told
    with database.write() as connection:
        connection.execute(text("DELETE FROM alerts WHERE step = 'chairman' AND dossier_id = 1"))
    done = alertd("audit", "--config", config)
    assert (done.code, done.err) == (1, "")
    heading, line, total = done.out.splitlines()
    assert heading.startswith("sai lệch")
    assert total == "Đã xét 5 hồ sơ đang mở: 1 sai lệch."
    assert all(word in line for word in ("thiếu cảnh báo", "HS-0001", "chairman"))
    done = alertd("audit", "--format", "json", "--config", config)
    assert done.code == 1
    (found,) = json.loads(done.out)["findings"]
    assert (found["fault"], found["dossier"], found["step"]) == ("missing", "HS-0001", "chairman")


def test_where_the_escalation_never_ran_that_is_said(alertd, config, tmp_path):
    export = write_csv(tmp_path / "e.csv", rows(1))
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0
    done = alertd("audit", "--config", config)
    assert done.code == 0
    assert "nothing was compared" in done.err


def test_files_that_are_not_the_ones_that_run_are_said_to_be_so(alertd, told):
    config, database = told
    accept(database, load(config), datetime.now(UTC), "")
    assert alertd("audit", "--config", config).err == ""
    file = config / "escalation.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("-1d", "-2d"), encoding="utf-8")
    assert "not the configuration that ran last" in alertd("audit", "--config", config).err


def test_a_log_of_permits_that_nobody_touched_is_in_order(database, tmp_path):
    folder = tmp_path / "permits"
    shutil.copytree(ORACLE, folder)
    (folder / "drop").mkdir(exist_ok=True)
    write_permits(folder / "drop" / "generated.csv", 20101001, 120)
    loaded = load(folder)
    now = datetime(2011, 3, 1, 9, tzinfo=UTC)
    accept(database, loaded, now, "")
    settings = loaded.settings.feed("generated")
    poll = Poll(database, loaded.rules, assembly.feed(loaded, settings), settings.scope, True, True)
    ages = {"generated": MaxAge(elapsed=timedelta(days=100_000))}
    watch = Watch(database, loaded.rules, ages, {}, now)
    alerts = 0
    for _ in range(8):
        asyncio.run(poll.tick(now))
        watch.tick(now)  # it turns the plans on a day on which the organisation changes
        alerts += escalate.tick(database, loaded.rules, ages, now)
        found = audit.walk(database, loaded.rules)
        assert found.findings == ()
        now += timedelta(days=37, hours=3)
    assert alerts > 100
    assert found.dossiers > found.undecided
