"""`alertd calendar suggest`: the draft of a year can be pasted, is checked, and says what it is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from alertd.commands import calendar
from alertd.config.adviser import Advice
from alertd.config.check import check

ROOT = Path(__file__).parents[2]
KNOWN = Advice(frozenset({date(2028, 1, 3), date(2028, 4, 30), date(2028, 5, 2)}), frozenset({date(2028, 5, 6)}))


@pytest.fixture
def known(monkeypatch):
    """What the library says of 2028, whichever release is installed."""
    monkeypatch.setattr(calendar, "advice", lambda year: KNOWN if year == 2028 else None)
    monkeypatch.setattr(calendar, "names", lambda _: {date(2028, 4, 30): "Ngày Chiến thắng"})


@pytest.fixture
def config(tmp_path):
    return Path(shutil.copytree(ROOT / "config", tmp_path / "config"))


def written(text):
    (year,) = YAML(typ="safe").load(text)["years"].items()
    return year


@pytest.mark.usefixtures("known")
def test_the_draft_has_days_off_on_working_days_and_the_others_as_comments(alertd, config):
    done = alertd("calendar", "suggest", "2028", "--config", config)
    assert (done.code, done.err) == (0, "")
    year, model = written(done.out)
    assert (year, model["days_off"], model["working_days"]) == (
        2028, [date(2028, 1, 3), date(2028, 5, 2)], [date(2028, 5, 6)],
    )  # fmt: skip
    assert "# - 2028-04-30  # Chủ Nhật: Ngày Chiến thắng" in done.out
    assert "CHƯA có thông báo chính thức" in model["by"]


@pytest.mark.usefixtures("known")
def test_it_follows_the_week_of_the_calendar(alertd, config):
    file = config / "calendar.yaml"
    file.write_text(file.read_text("utf-8").replace("mon-fri:", "tue-sun:"), "utf-8")
    _, model = written(alertd("calendar", "suggest", "2028", "--config", config).out)
    assert (model["days_off"], model["working_days"]) == ([date(2028, 4, 30), date(2028, 5, 2)], [])


def test_pasted_as_it_is_the_draft_of_the_real_library_has_no_finding(alertd, config):
    text = (config / "calendar.yaml").read_text("utf-8")
    head, rest = text.split("    2027:")
    draft = alertd("calendar", "suggest", "2027", "--config", config).out
    year = draft[draft.index("    2027:") :]
    (config / "calendar.yaml").write_text(head + year + rest[rest.index("\nunits:") :], "utf-8")
    assert list(map(str, check(config, date(2026, 11, 23)))) == []


@pytest.mark.usefixtures("known")
def test_without_a_calendar_monday_to_friday_are_taken_and_that_is_said(alertd, tmp_path):
    done = alertd("calendar", "suggest", "2028", "--config", tmp_path / "none")
    assert done.code == 0
    assert "Monday to Friday" in done.err
    assert written(done.out)[0] == 2028


def test_a_year_that_is_written_already_is_said_to_be(alertd, config):
    done = alertd("calendar", "suggest", "2027", "--config", config)
    assert (done.code, "has the year 2027 already" in done.err) == (0, True)


@pytest.mark.parametrize(("year", "said"), [("2029", "not known"), ("1066", "YEAR"), ("tết", "YEAR")])
@pytest.mark.usefixtures("known")
def test_a_year_of_which_nothing_is_known_is_one_clear_line(alertd, config, year, said):
    done = alertd("calendar", "suggest", year, "--config", config)
    assert (done.code, done.out) == (2, "")
    assert said in done.line
