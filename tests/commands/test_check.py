"""`alertd check`, as a new admin meets it: from the sample, one mistake at a time, each with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alertd.messages import proof
from alertd.messages.proof import Broken
from tests.config.editing import edit

SAMPLE = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A copy of the sample, named as an admin names it."""
    shutil.copytree(SAMPLE, tmp_path / "config", ignore=shutil.ignore_patterns("samples", "tests"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


def line_of(config, name, text):
    """Where a text stands, and how far into its line."""
    for number, line in enumerate((config / name).read_text("utf-8").splitlines(), 1):
        if text in line:
            return f"config/{name}:{number}:{line.index(text) + 1}:"
    raise AssertionError(text)


def test_the_sample_is_right(alertd, config):
    done = alertd("check")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_the_chairmans_step_at_two_days_is_right(alertd, config):
    edit(config, "escalation.yaml", ("at: +3d, to: chairman", "at: +2d, to: chairman"))
    done = alertd("check")
    assert (done.code, done.out) == (0, "")


def test_the_chairmans_step_at_two_days_written_wrong(alertd, config):
    edit(config, "escalation.yaml", ("at: +3d, to: chairman", "at: +2 ngày, to: chairman"))
    done = alertd("check")
    assert done.code == 2
    assert done.out.startswith(f"{line_of(config, 'escalation.yaml', '+2 ngày')} [offset.bad] '+2 ngày' ")
    assert "viết như -3d" in done.out


def test_a_mistyped_unit(alertd, config):
    edit(config, "organisation.yaml", ("posts: [{unit: NV, post: duty}]", "posts: [{unit: NVU, post: duty}]"))
    done = alertd("check")
    assert done.code == 2
    assert done.out == (
        f"{line_of(config, 'organisation.yaml', 'NVU')} [unit.unknown] không có đơn vị 'NVU'; có phải là 'NV'?\n"
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("alertd.yaml", '"13:00"]', '"1300"]', "time.bad"),
        ("alertd.yaml", '"13:00"]', "13:00]", "yaml.surprise"),
        ("alertd.yaml", '"21:30-06:30"', '"21:30"', "quiet.bad"),
        ("calendar.yaml", '"13:00-17:00"]', '"13:00-25:00"]', "session.bad"),
        ("calendar.yaml", '"13:00-17:00"]', '"17:00-13:00"]', "session.backwards"),
        ("escalation.yaml", "at: -4h", "at: -4", "offset.bad"),
    ],
)
def test_a_mistyped_time(alertd, config, name, old, new, code):
    edit(config, name, (old, new))
    done = alertd("check")
    assert done.code == 2
    wrong = new.rstrip("]").removeprefix("at: ")
    assert done.out.startswith(f"{line_of(config, name, wrong)} [{code}] "), done.out
    assert len(done.out.splitlines()) == 1


def test_a_head_that_is_removed_is_a_warning_at_the_unit(alertd, config):
    text = (config / "organisation.yaml").read_text("utf-8")
    head = text[text.index("  - id: truong-phong-tu-phap\n") : text.index("  - id: chuyen-vien-tu-phap\n")]
    (config / "organisation.yaml").write_text(text.replace(head, ""), "utf-8")
    done = alertd("check")
    assert done.code == 0, "the deputy, then the head above is told meanwhile"
    assert done.out.startswith(f"{line_of(config, 'organisation.yaml', 'TP, name: Phòng Tư pháp')} [post.vacant] ")
    assert "'head' ở TP" in done.out
    assert len(done.out.splitlines()) == 1


def test_a_person_who_is_removed_but_named_elsewhere_is_a_fault_where_they_are_named(alertd, config):
    text = (config / "organisation.yaml").read_text("utf-8")
    office = text[text.index("  - id: van-phong\n") : text.index("  - id: chuyen-vien-van-phong\n")]
    (config / "organisation.yaml").write_text(text.replace(office, ""), "utf-8")
    done = alertd("check")
    assert done.code == 2
    assert f"{line_of(config, 'organisation.yaml', 'person:van-phong        #')} [fallback.nobody] " in done.out
    assert "[person.unknown] không có người 'van-phong'" in done.out


def test_english_where_it_is_asked_for(alertd, config, monkeypatch):
    monkeypatch.setenv("ALERTD_LANG", "en")
    edit(config, "escalation.yaml", ("to: chairman, every", "to: chairmann, every"))
    assert alertd("check").out.endswith(
        "[post.unknown] there is no post or role 'chairmann'; did you mean 'chairman'?\n"
    )


def test_a_template_that_cannot_render_is_a_fault(alertd, config, monkeypatch):
    broken = Broken(Path("vi/dossier.txt"), 3, "UndefinedError: 'kode' is undefined")
    monkeypatch.setattr(proof, "broken", lambda _zone, _hours: [broken])
    done = alertd("check")
    assert done.code == 2
    assert done.out.startswith("vi/dossier.txt:3:1: [template.broken] ")


def test_a_folder_that_is_not_there_is_a_fault_and_no_traceback(alertd, config):
    done = alertd("check", "--config", "elsewhere")
    assert (done.code, done.err) == (2, "")
    assert done.out.startswith("elsewhere:1:1: [folder.missing] ")
