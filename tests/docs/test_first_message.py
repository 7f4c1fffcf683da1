"""What the README says of the first hour: with its change of the sample messages leave at any hour, without it they wait."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime

import pytest

from alertd import assembly
from alertd.config.load import load
from alertd.core.signing import Signer
from alertd.jobs import escalate
from alertd.jobs.poll import Poll
from alertd.replies.links import links
from alertd.store import migrate
from tests.docs.page import changed, examples
from tests.docs.room import ROOT

#: A Saturday, 23:00 in Viet Nam, within the quiet hours of the sample.
NIGHT = datetime(2026, 6, 13, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("trying", "messages"), [(True, True), (False, False)])
async def test_the_change_for_trying_makes_an_overdue_dossier_a_message_on_a_saturday_night(
    tmp_path, monkeypatch, trying, messages
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "config", "config")
    settings = tmp_path / "config" / "alertd.yaml"
    (change,) = [each for each in examples(ROOT / "README.md") if each.file == "config/alertd.yaml"]
    text = settings.read_text("utf-8").replace("drop/*.xlsx", "drop/*.csv")
    settings.write_text(changed(text, change.text) if trying else text, "utf-8")
    (export_of,) = [each for each in examples(ROOT / "docs" / "tour.md") if each.file == "config/drop/ho-so.csv"]
    export = tmp_path / export_of.file
    export.parent.mkdir(exist_ok=True)
    export.write_text(export_of.text, "utf-8")  # due on the Monday before
    os.utime(export, (NIGHT.timestamp(), NIGHT.timestamp()))

    loaded = load(tmp_path / "config")
    database = assembly.database(loaded)
    migrate.upgrade(database)
    feed = assembly.feed(loaded, loaded.settings.feed("dossiers"))
    await Poll(database, loaded.rules, feed, "open").tick(NIGHT)
    escalate.tick(database, loaded.rules, assembly.ages(loaded), NIGHT)
    signer = Signer(assembly.key(loaded))
    made = assembly.delivery(loaded, database, {}, lambda: NIGHT, links(signer, None)).composer.tick(NIGHT)
    database.close()
    assert (made > 0) is messages
