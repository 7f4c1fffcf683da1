"""Files put in place: all or none, what stood there kept beside them."""

from __future__ import annotations

import os

import pytest

from alertd.config.load import load
from alertd.config.writing import differing, replace
from alertd.core.errors import InputError
from tests.config.editing import edit


@pytest.fixture
def earlier(base):
    """The texts of a configuration, of which two files were edited since."""
    texts = load(base).text
    edit(base, "escalation.yaml", ("at: -3d", "at: -4d"))
    edit(base, "organisation.yaml", ("fallback:", "# một dòng mới\nfallback:"))
    return texts


def test_the_files_are_as_they_were_and_what_stood_there_is_kept(base, earlier):
    now = (base / "escalation.yaml").read_text("utf-8")
    assert differing(base, earlier) == ["escalation.yaml", "organisation.yaml"]
    assert replace(base, earlier) == ["escalation.yaml", "organisation.yaml"]
    assert load(base).text == earlier
    assert (base / "escalation.yaml~").read_text("utf-8") == now
    assert replace(base, earlier) == []
    assert sorted(path.name for path in base.iterdir() if path.name.startswith(".")) == []


def test_a_file_that_was_not_there_goes(base, earlier):
    (base / "targets.yaml").write_text("# sau này\n", encoding="utf-8")
    assert "targets.yaml" in replace(base, earlier)
    assert not (base / "targets.yaml").exists()
    assert (base / "targets.yaml~").read_text("utf-8") == "# sau này\n"


def test_rights_and_links_stay(base, earlier, tmp_path):
    (base / "escalation.yaml").chmod(0o640)
    real = tmp_path / "elsewhere.yaml"
    (base / "organisation.yaml").rename(real)
    (base / "organisation.yaml").symlink_to(real)
    replace(base, earlier)
    assert (base / "escalation.yaml").stat().st_mode & 0o777 == 0o640
    assert (base / "organisation.yaml").is_symlink()
    assert real.read_text("utf-8") == earlier["organisation.yaml"]


def test_ends_of_lines_are_kept_letter_by_letter(base):
    text = (base / "escalation.yaml").read_text("utf-8").replace("\n", "\r\n")
    (base / "escalation.yaml").write_bytes(text.encode())
    texts = load(base).text
    edit(base, "escalation.yaml", ("at: -3d", "at: -4d"))
    replace(base, texts)
    assert (base / "escalation.yaml").read_bytes() == text.encode()


def test_nothing_is_moved_when_one_file_cannot_be_written(base, earlier):
    earlier["org/people.csv"] = "id,name\n"  # a folder that is not there
    before = {path.name: path.read_bytes() for path in base.iterdir()}
    with pytest.raises(InputError, match=r"people\.csv.*cannot be written"):
        replace(base, earlier)
    assert {path.name: path.read_bytes() for path in base.iterdir()} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_one_clear_line(base, earlier):
    base.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot be written"):
            replace(base, earlier)
    finally:
        base.chmod(0o700)
