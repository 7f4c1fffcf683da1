"""`alertd test`: the verdict on an admin's rule tests, and a sentence with its line for all that differs."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TWO_TIER = ROOT / "config" / "samples" / "two-tier"

TEST = """\
tests:
  - name: Sắp hạn rồi quá hạn
    dossiers:
      code: HS-1
      unit: Phòng Tư pháp
      officer: tp.cv
      received_at: 2026-06-01T08:00
      due_at: 2026-06-08T16:00
    clock: {to: 2026-06-09}
    expect:
      - {step: soon,    at: 2026-06-05T16:00, to: staff}
      - {step: overdue, at: 2026-06-08T16:00, to: [staff, head]}
"""


@pytest.fixture
def tested(alertd, local, tmp_path):
    """Runs one text as a file of tests."""
    path = tmp_path / "rules.yaml"

    def run(text, *more):
        path.write_text(text, "utf-8")
        return alertd("test", path, *more, "--config", local)

    run.path = path
    return run


def test_tests_that_hold_are_one_line_each_and_exit_0(tested):
    done = tested(TEST)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"đạt: Sắp hạn rồi quá hạn ({tested.path}:2)\n1 bài thử: 1 đạt, 0 không đạt\n"


def test_the_sample_suites_hold(alertd, monkeypatch):
    for name in ("ZALO_SECRET", "ZALO_ACCESS", "ZALO_REFRESH", "WEBHOOK_SECRET", "TELEGRAM_TOKEN"):
        monkeypatch.setenv(f"ALERTD_{name}", "x")
    for folder, least in ((ROOT / "config", 5), (TWO_TIER, 4)):
        done = alertd("test", folder / "tests", "--config", folder)
        assert (done.code, done.err) == (0, ""), done.out
        assert done.out.count("đạt: ") >= least
        assert done.out.endswith(", 0 không đạt\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        (
            "to: staff}", "to: [staff, head]}", "11:9",
            "thiếu: hồ sơ HS-1, bước 'soon' lẽ ra báo cho Trưởng phòng (head) lúc 16:00 Thứ Sáu 05/06/2026",
        ),
        (
            "to: [staff, head]}", "to: head}", "2:11",
            "thừa: hồ sơ HS-1, bước 'overdue' báo cho Chuyên viên (staff) lúc 16:00 Thứ Hai 08/06/2026, bài thử không chờ tin này",
        ),
        (
            "2026-06-05T16:00", "2026-06-06T18:00", "11:9",
            "sớm hơn 1 ngày 2 giờ: hồ sơ HS-1, bước 'soon' báo cho Chuyên viên (staff) lúc 16:00 Thứ Sáu 05/06/2026, bài thử chờ lúc 18:00 Thứ Bảy 06/06/2026",
        ),
        (
            "2026-06-05T16:00", "2026-06-05T15:30", "11:9",
            "muộn hơn 30 phút: hồ sơ HS-1, bước 'soon' báo cho Chuyên viên (staff) lúc 16:00 Thứ Sáu 05/06/2026, bài thử chờ lúc 15:30 Thứ Sáu 05/06/2026",
        ),
        (
            "to: staff}", "to: chair}", "11:9",
            "khác người: hồ sơ HS-1, bước 'soon' lúc 16:00 Thứ Sáu 05/06/2026 báo cho Chuyên viên (staff), bài thử chờ Chủ tịch (chair)",
        ),
    ],
    ids=["missing", "unexpected", "earlier", "later", "somebody-else"],
)  # fmt: skip
def test_each_difference_is_a_sentence_with_its_line(tested, old, new, line, sentence):
    done = tested(TEST.replace(old, new, 1))
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        f"KHÔNG ĐẠT: Sắp hạn rồi quá hạn ({tested.path}:2)",
        f"  {tested.path}:{line}: {sentence}",
        "1 bài thử: 0 đạt, 1 không đạt",
    ]


def test_in_english(tested, monkeypatch):
    monkeypatch.setenv("ALERTD_LANG", "en")
    done = tested(TEST.replace("to: staff}", "to: chair}", 1))
    assert done.out.splitlines() == [
        f"FAILED: Sắp hạn rồi quá hạn ({tested.path}:2)",
        f"  {tested.path}:11:9: somebody else: dossier HS-1, step 'soon' at Fri 05/06/2026 16:00 tells Chuyên viên (staff); the test expects Chủ tịch (chair)",
        "tests: 1, passed: 0, failed: 1",
    ]


def test_why_somebody_is_not_told_is_said(tested, local):
    rules = local / "escalation.yaml"
    rules.write_text(rules.read_text("utf-8").replace("match: {}", "match: {}\n    ack_mutes: 1d"), "utf-8")
    answered = TEST.replace("    clock:", "    acknowledged: {person: staff, at: 2026-06-05T10:00}\n    clock:")
    done = tested(answered)
    assert done.code == 1
    assert "người này đã xác nhận hồ sơ, nên không bị nhắc lại (ack_mutes)" in done.out
    joined = rules.read_text("utf-8").replace("at: -1d,", "at: 0d,")
    rules.write_text(joined, "utf-8")
    done = tested(TEST.replace("2026-06-05T16:00", "2026-06-08T16:00"))
    assert done.code == 1
    assert "bước này gộp vào bước khác cùng lúc" in done.out


def test_all_tests_of_all_files_are_run_and_one_that_fails_decides(tested, local, alertd, tmp_path):
    folder = tmp_path / "suite"
    folder.mkdir()
    (folder / "b.yaml").write_text(TEST.replace("Sắp hạn", "B"), "utf-8")
    (folder / "a.yaml").write_text(TEST.replace("Sắp hạn", "A").replace("to: staff}", "to: head}"), "utf-8")
    (folder / "notes.txt").write_text("không phải bài thử", "utf-8")
    tested(TEST)
    done = alertd("test", folder, tested.path, "--config", local)
    assert done.code == 1
    assert [line.split(" ")[0] for line in done.out.splitlines() if not line.startswith("  ")] == [
        "KHÔNG", "đạt:", "đạt:", "3",
    ]  # fmt: skip
    assert "3 bài thử: 2 đạt, 1 không đạt" in done.out


def test_wrong_files_are_told_as_check_tells_them_and_nothing_is_run(tested, alertd, local, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(TEST.replace("clock: {to", "clok: {to"), "utf-8")
    tested.path.write_text(TEST.replace("step: soon", "step: son"), "utf-8")
    done = alertd("test", tested.path, other, "--config", local)
    assert (done.code, done.out) == (2, "")
    first, *rest = done.err.splitlines()
    assert first == f"{tested.path}:11:16: [test.step] không chính sách nào có bước 'son'; có phải là 'soon'?"
    assert rest[0].startswith(f"{other}:2:5: [key.missing] ")
    assert rest[1].startswith(f"{other}:9:5: [key.unknown] không có khóa 'clok'; có phải là 'clock'?")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["test"], "Missing argument 'FILE...'"), (["test", "nirgends.yaml"], "[file.missing]")],
)
def test_a_mistake_in_the_call_is_one_clear_line(alertd, local, arguments, words):
    done = alertd(*arguments, "--config", local)
    assert done.code == 2
    assert words in done.line


def test_a_folder_without_tests_is_one_clear_line(alertd, local, tmp_path):
    (tmp_path / "empty").mkdir()
    done = alertd("test", tmp_path / "empty", "--config", local)
    assert done.code == 2
    assert "there is no *.yaml" in done.line


def test_rules_that_cannot_be_read_are_told(tested, local):
    (local / "escalation.yaml").write_text("policies: [", "utf-8")
    done = tested(TEST)
    assert done.code == 2
    assert "[yaml.syntax]" in done.line
