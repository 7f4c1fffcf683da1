"""`alertd schema`: what it prints and writes."""

from __future__ import annotations

import json

import pytest

from alertd.config.schema import FILES, schema


@pytest.mark.parametrize("file", FILES)
def test_one_file_is_printed_as_one_schema(alertd, file):
    done = alertd("schema", "--file", file)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == schema(file)
    assert "\\u" not in done.out, "Vietnamese is readable"


def test_all_are_printed_by_name(alertd):
    assert json.loads(alertd("schema").out) == {file: schema(file) for file in FILES}


def test_files_are_written_and_the_line_for_the_editor_is_said(alertd, tmp_path):
    done = alertd("schema", "--out", tmp_path / "a" / "schema", "--config", tmp_path / "a")
    assert done.code == 0
    assert done.out.split() == [str(tmp_path / "a" / "schema" / f"{file}.json") for file in FILES]
    assert "# yaml-language-server: $schema=schema/alertd.json" in done.err
    assert json.loads((tmp_path / "a" / "schema" / "escalation.json").read_text("utf-8")) == schema("escalation")
    again = alertd("schema", "--file", "calendar", "--out", tmp_path / "b", "--config", tmp_path / "a")
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["calendar.json"]
    assert "$schema=../b/calendar.json" in again.err


def test_a_folder_that_cannot_be_written_is_one_clear_line(alertd, tmp_path):
    (tmp_path / "file").write_text("")
    done = alertd("schema", "--out", tmp_path / "file" / "schema")
    assert done.code == 1
    assert "cannot be written" in done.line


def test_a_file_that_is_none_of_ours_is_refused(alertd):
    done = alertd("schema", "--file", "escalations")
    assert done.code == 2
    assert "'escalations' is not one of" in done.line
