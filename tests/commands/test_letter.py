"""Letters and report files from the command line: filled in, counted, and one clear line when they cannot be."""

from __future__ import annotations

import pytest
from docx import Document

from tests.commands.ground import day, rows, write_csv


@pytest.fixture
def stored(alertd, config, tmp_path, monkeypatch):
    """Three overdue dossiers and one that is not; commands write into an empty folder."""
    export = write_csv(config / "drop" / "a.csv", [*rows(3, due=-2), *rows(1, first=4)])
    assert alertd("import", export, "--feed", "exports", "--config", config).code == 0
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return config


def text_of(path):
    document = Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_an_apology_is_filled_in_from_the_dossier(alertd, stored, tmp_path):
    done = alertd(
        "letter", "apology", "hs-0001", "--new-date", "2030-01-15", "--reason", "chờ xác minh", "--config", stored
    )
    assert (done.code, done.out) == (0, "")
    text = text_of(tmp_path / "out" / "xin-loi-HS-0001.docx")
    for words in (
        "PHIẾU XIN LỖI",
        "HS-0001",
        "Chứng thực",
        "15/01/2030",
        "chờ xác minh",
        day(-2)[:10],
        "Phòng Tư pháp",
    ):
        assert words in text
    assert "Kính gửi: Ông/Bà …" in text  # nobody's name is stored


def test_a_reminder_lists_what_is_overdue_and_counts_itself(alertd, stored, tmp_path):
    for times in (1, 2):
        assert alertd("letter", "reminder", "TP", "--config", stored).code == 0
        text = text_of(tmp_path / "out" / f"don-doc-TP-lan-{times}.docx")
        assert f"(lần {times})" in text
        assert "có 3 hồ sơ quá hạn" in text
        assert "Phòng Tư pháp (Trưởng phòng)" in text
        assert all(f"HS-000{n}" in text for n in (1, 2, 3))
        assert "HS-0004" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["apology", "HS-9999"], 1, "no dossier of this code"),
        (["apology", "HS-0001", "--new-date", "15/01/2030"], 2, "write it like 2026-06-30"),
        (["apology", "HS-0001", "--new-date", "2020-01-15"], 2, "not to come"),
        (["apology", "HS-0001", "--feed", "other"], 1, "no dossier of this code"),
        (["apology", "HS-0001", "--out", "x.pdf"], 2, "let the name end in .docx"),
        (["apology", "HS-0001", "--out", "nowhere/x.docx"], 1, "cannot be written"),
        (["reminder", "XX"], 2, "no unit 'XX'"),
        (["reminder", "UBND"], 1, "nothing to remind of"),
    ],
)
def test_what_cannot_be_written_is_one_line(alertd, stored, tmp_path, arguments, code, says):
    done = alertd("letter", *arguments, "--config", stored)
    assert done.code == code
    assert says in done.line
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pdf", "html"])
def test_the_weekly_report_is_written_to_a_file(alertd, stored, tmp_path, ending):
    done = alertd("report", "weekly", "--out", f"tuan.{ending}", "--config", stored)
    assert (done.code, done.out) == (0, "")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"tuan.{ending}"]


def test_a_report_of_another_kind_of_file_is_refused(alertd, stored, tmp_path):
    done = alertd("report", "weekly", "--out", "tuan.odt", "--config", stored)
    assert done.code == 2
    assert ".docx, .xlsx, .pdf, .html" in done.err
