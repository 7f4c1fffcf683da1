from __future__ import annotations

from alertd.config.load import load
from tests.config.conftest import HERE, copy


def feed(tmp_path, case, name):
    return load(copy(tmp_path, HERE / "right" / case)).settings.feed(name)


def test_plain_numbers_and_truths_in_a_body_are_sent_as_such_and_quoted_ones_as_texts(tmp_path):
    assert feed(tmp_path, "rest-feed", "portal").body == {
        "trangThai": [2, 4], "moiNhat": True, "nguong": 0.5, "maXa": "035",
    }  # fmt: skip


def test_a_ready_map_is_completed_by_what_the_feed_writes_itself(tmp_path):
    written = feed(tmp_path, "rest-national", "portal")
    whole = written.completed()
    assert [path.text for path in whole.fields["aliases"]] == ["$['SoBienNhan', 'MaHoSoKhac']"]
    assert [path.text for path in whole.fields["finished_at"]] == ["$.NgayKetThucXuLy", "$.NgayTuChoi"]
    assert (whole.done_needs_finish, whole.deadlines) == (True, False)
    assert whole.values.paid_online == {"yes": ("1", "2"), "no": ("3",)}
    assert written.model_copy(update={"done_needs_finish": False}).completed().done_needs_finish is False


def test_no_secret_is_in_what_python_shows_of_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:s3cret")
    for case in ("rest-feed", "rest-national"):
        folder = tmp_path / case
        folder.mkdir()
        assert "s3cret" not in repr(load(copy(folder, HERE / "right" / case)).settings)
