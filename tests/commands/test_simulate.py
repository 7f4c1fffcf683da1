"""`alertd simulate` beyond its contract: one file, the ceiling, the page and its charts, progress."""

from __future__ import annotations

import re
import sys

import pytest

from alertd.commands import progress as progressing
from alertd.commands.progress import Progress, progress
from tests.commands.ground import write_csv

STRETCH = ("--from", "2026-06-01", "--to", "2026-07-01")


def rows(count, due="10/06/2026 16:00", officer="tp.cv"):
    return [
        [f"HS-{n}", "Chứng thực", "Phòng Tư pháp", officer, "01/06/2026 08:00", due, "11/06/2026 08:00"]
        for n in range(count)
    ]


@pytest.fixture
def limited(local):
    """The configuration with slots and a ceiling of three dossiers, and four dossiers of one officer."""
    settings = local / "alertd.yaml"
    text = settings.read_text("utf-8")
    assert "slots: at-once" in text
    settings.write_text(text.replace("slots: at-once", 'slots: ["07:30", "13:00"], max_per_person_per_day: 3'), "utf-8")
    write_csv(local / "drop" / "e.csv", rows(4))
    return local


def test_one_file_is_read_as_its_feed_reads(alertd, limited, tmp_path):
    other = write_csv(tmp_path / "other.csv", rows(1))
    done = alertd("simulate", "--feed", "exports", "--file", other, *STRETCH, "--config", limited)
    assert done.code == 0
    assert done.err == "3 alerts for 2 people, 1 dossiers\n"


@pytest.mark.parametrize(
    "arguments", [("simulate", "--feed", "exports", *STRETCH), ("import", "drop/e.csv", "--feed", "exports")]
)
def test_what_no_daemon_would_run_with_can_be_tried_and_is_said(alertd, local, monkeypatch, arguments):
    """Rules are tried while they are being written; whoever reads the outcome knows what is wrong with them."""
    monkeypatch.chdir(local)
    write_csv(local / "drop" / "e.csv", rows(1))
    policies = local / "escalation.yaml"
    text = policies.read_text("utf-8")
    policies.write_text(text.replace("name: overdue", "name: resolved"), "utf-8")
    done = alertd(*arguments, "--config", local)
    assert done.code == 0
    first, second, *_ = done.err.splitlines()
    assert "[step.reserved]" in first
    assert second.startswith(f"warning: no daemon runs with this; `alertd check --config {local}`")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--file", "x.csv"], "name the feed that reads it with --feed"),
        (["--file", "nirgends.csv", "--feed", "exports"], "there is no file nirgends.csv"),
        (["--file", "x.csv", "--feed", "portal"], "of type opencps; a file can only be read by a sheet feed"),
    ],
)
def test_a_file_that_nothing_can_read_is_one_clear_line(alertd, limited, arguments, words):
    settings = limited / "alertd.yaml"
    text = settings.read_text("utf-8")
    more = '\n  - {name: portal, type: opencps, url: "http://127.0.0.1:9/", groups: [1]}\nchannels:'
    settings.write_text(text.replace("\nchannels:", more), "utf-8")
    done = alertd("simulate", *arguments, *STRETCH, "--config", limited)
    assert done.code == 2
    assert words in done.line


def test_where_the_ceiling_breaks_is_said_on_stderr_in_every_format(alertd, limited):
    for shape in ("table", "jsonl", "html"):
        done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", shape, "--config", limited)
        assert done.code == 0
        assert [line for line in done.err.splitlines() if line.startswith("warning")] == [
            "warning: 2026-06-10: staff is told of 4 dossiers in 1 messages, more than max_per_person_per_day: 3",
            "warning: 2026-06-11: head is told of 4 dossiers in 1 messages, more than max_per_person_per_day: 3",
            "warning: 2026-06-11: staff is told of 4 dossiers in 1 messages, more than max_per_person_per_day: 3",
        ]


def test_the_table_lists_the_days_beyond_the_ceiling(alertd, limited):
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--config", limited)
    first, beyond = done.out.split("\n\n")
    assert first.splitlines()[0].split() == ["ngày", "người", "nhận", "bước", "cảnh", "báo"]
    assert beyond.splitlines() == [
        "vượt mức 3 hồ sơ một người một ngày:",
        "ngày        người nhận  hồ sơ  tin nhắn",
        "2026-06-10  staff           4         1",
        "2026-06-11  head            4         1",
        "2026-06-11  staff           4         1",
    ]


def test_many_days_beyond_it_are_counted_and_not_all_named_on_stderr(alertd, limited):
    more = [[f"{row[0]}-{day}", *row[1:5], f"{day}/06/2026 16:00", ""] for day in range(15, 20) for row in rows(4)]
    write_csv(limited / "drop" / "e.csv", more)
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "jsonl", "--config", limited)
    warned = [line for line in done.err.splitlines() if line.startswith("warning")]
    assert len(warned) == 6
    assert re.fullmatch(r"warning: … and \d+ more such days", warned[-1])


def test_within_the_ceiling_nothing_is_said(alertd, limited):
    settings = limited / "alertd.yaml"
    settings.write_text(settings.read_text("utf-8").replace("_per_day: 3", "_per_day: 4"), "utf-8")
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", limited)
    assert done.err == ""
    assert "Không ai nghe quá 4 hồ sơ trong một ngày." in done.out


def test_the_page_shows_people_days_and_charts_and_stands_alone(alertd, limited):
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", limited)
    page = done.out
    assert page.count("<svg") == 2, "messages and dossiers of one month"
    assert "Tháng 06/2026" in page
    assert not re.search(r"(src|href)=[\"']?https?://|<script|@import|<!--", page)
    people = re.findall(r"<tr><td>([^<]*)</td>" + r'<td class="n">([^<]*)</td>' * 4, page)
    assert ("Chuyên viên", "2", "2", "8", "4") in people
    assert ("Trưởng phòng", "1", "1", "4", "4") in people
    assert "Vượt mức 3 hồ sơ một người một ngày" in page
    again = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", limited)
    assert again.out == page, "the same data make the same page"


def test_without_the_drawing_part_the_page_says_so(alertd, limited, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygal", None)
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", limited)
    assert done.code == 0
    assert "<svg" not in done.out
    assert "chưa cài phần vẽ" in done.out
    assert "Trưởng phòng" in done.out


def test_a_page_of_nothing_says_so(alertd, limited):
    done = alertd("simulate", "--feed", "exports", "--from", "2020-01-01", "--to", "2020-02-01", "--format", "html",
                  "--config", limited)  # fmt: skip
    assert done.code == 0
    assert "Không có tin nào." in done.out


def test_what_people_are_called_is_no_markup(alertd, limited):
    names = limited / "organisation.yaml"
    names.write_text(names.read_text("utf-8").replace("name: Chuyên viên", 'name: "<b>&Chuyên</b>"'), "utf-8")
    done = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "html", "--config", limited)
    assert "<b>" not in done.out
    assert "&lt;b&gt;&amp;Chuyên&lt;/b&gt;" in done.out


# --- progress ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when somebody says so."""
    now = [0.0]
    monkeypatch.setattr(progressing.time, "monotonic", lambda: now[0])
    return now


def test_a_quick_computation_says_nothing(capsys, clock):
    assert list(progress("replayed", range(1000))) == list(range(1000))
    assert capsys.readouterr().err == ""


def test_a_long_one_says_how_far_it_is_a_line_now_and_then(capsys, clock):
    for _ in progress("replayed", range(4000)):
        clock[0] += 0.01
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "replayed: 200 of 4,000 (5 %)"
    assert len(lines) == 4


def test_on_a_terminal_one_line_renews_itself(capsys, clock, monkeypatch):
    monkeypatch.setattr(progressing.sys.stderr, "isatty", lambda: True, raising=False)
    counting = Progress("rows read")
    for _ in range(5):
        clock[0] += 1
        counting.advance(100)
    counting.end()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.endswith("\n")
    assert said.count("\r") == 5
    assert "rows read: 500" in said
