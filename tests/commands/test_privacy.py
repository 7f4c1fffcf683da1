"""`alertd privacy`: what is on record of a dossier as JSON, and the way it goes."""

from __future__ import annotations

import json

import pytest

from tests.commands.ground import day, rows, stored, write_csv

ERASE = ("privacy", "erase", "HS-0001", "--yes", "--reason", "yêu cầu của công dân")


@pytest.fixture
def ended(alertd, config, tmp_path):
    """Two dossiers, of which the first has ended."""
    first, second = rows(2)
    export = write_csv(tmp_path / "e.csv", [[*first[:-1], day(-1)], second])
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0
    return config


def test_an_export_is_json_and_in_the_log(alertd, ended, url):
    done = alertd("privacy", "export", "hs-0001", "--config", ended)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert (found["dossier"]["code"], len(found["observations"])) == ("HS-0001", 1)
    (line,) = stored(url)["audit"]
    assert (line.action, line.dossier_id) == ("privacy export", found["dossier"]["id"])


def test_an_erased_dossier_is_known_by_its_code_no_more(alertd, ended, url):
    done = alertd(*ERASE, "--config", ended)
    assert (done.code, "history: " in done.out, "frozen weeks" in done.err) == (0, True, True)
    again = alertd("explain", "HS-0001", "--config", ended)
    assert (again.code, "no dossier of this code" in again.line) == (1, True)
    assert [row.code for row in stored(url)["dossiers"]] == ["DA-XOA-1", "HS-0002"]
    assert [row.action for row in stored(url)["audit"]] == ["privacy erase"]
    assert alertd("status", "--config", ended).code == 0
    assert alertd("db", "check", "--config", ended).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("erase", "HS-0002", "--yes", "--reason", "x"), 2, "HS-0002: this dossier is under way"),
        (("erase", "HS-9999", "--yes", "--reason", "x"), 1, "no dossier of this code"),
        (("export", "HS-9999"), 1, "no dossier of this code"),
        (("erase", "HS-0001", "--yes"), 2, "--reason"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(alertd, ended, url, arguments, code, words):
    before = stored(url)
    done = alertd("privacy", *arguments, "--config", ended)
    assert (done.code, words in done.line) == (code, True), done
    assert stored(url) == before


def test_a_code_that_two_feeds_show_goes_from_both(alertd, ended, tmp_path, url):
    text = (ended / "alertd.yaml").read_text("utf-8")
    feed = '  - {name: others, type: sheet, path: "other/*.csv"}\n'
    (ended / "alertd.yaml").write_text(text.replace("channels:\n", f"{feed}channels:\n", 1), "utf-8")
    export = write_csv(tmp_path / "o.csv", [[*rows(1)[0][:-1], day(-1)]])
    assert alertd("import", export, "--feed", "others", "--config", ended).code == 0
    assert len(json.loads(alertd("privacy", "export", "HS-0001", "--config", ended).out)) == 2
    assert alertd(*ERASE, "--config", ended).code == 0
    assert sorted(row.code for row in stored(url)["dossiers"]) == ["DA-XOA-1", "DA-XOA-3", "HS-0002"]
