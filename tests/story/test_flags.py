"""Pauses and flags in the story: what was seen, in the order in which it happened, and in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from alertd.core.dossier import PauseKind, Phase
from alertd.core.flags import Flag
from alertd.store import codes, history
from alertd.story import flags, lines, tell
from tests.store.ground import World, at, dossier, finished

DUE, LATER = "2024-06-10T16:00:00+07:00", "2024-06-14T16:00:00+07:00"
EVIDENCE = {
    Flag.SUPPLEMENT_REPEAT: ({"count": 2, "declared": None, "seen": 2}, "yêu cầu bổ sung từ lần thứ hai (lần 2)"),
    Flag.EXTENDED_AFTER_DUE: (
        {"from": DUE, "to": LATER, "phase": "running"},
        "dời hẹn trả khi đã quá hạn (16:00 10/06 → 16:00 14/06)",
    ),
    Flag.SECOND_EXTENSION: (
        {"from": DUE, "to": LATER, "count": 2},
        "dời hẹn trả từ lần thứ hai (lần 2: 16:00 10/06 → 16:00 14/06)",
    ),
    Flag.CONFLICT: (
        {"phase": "running", "finished_at": DUE},
        "đang mở mà có ngày kết thúc (kết thúc 16:00 10/06)",
    ),
    Flag.ORDER: (
        {"earlier": "received_at", "later": "due_at", "received_at": LATER, "due_at": DUE},
        "các ngày trái thứ tự (tiếp nhận 16:00 14/06 sau hẹn trả 16:00 10/06)",
    ),
    Flag.ACCEPTED_LATE: (
        {"accept_by": DUE, "received_at": LATER},
        "tiếp nhận trễ (tiếp nhận 16:00 14/06, hạn tiếp nhận 16:00 10/06)",
    ),
    Flag.ESTIMATED_FINISH: ({"phase": "done"}, "kết thúc mà không có ngày nào"),
    Flag.REOPENED: ({"from": "done", "to": "running"}, "mở lại sau khi kết thúc (done → running)"),
    Flag.BACKDATED_FINISH: (
        {"from": LATER, "to": DUE, "due_at": DUE},
        "ngày kết thúc ghi lùi về trước hạn (16:00 14/06 → 16:00 10/06, hạn 16:00 10/06)",
    ),
}


def when(text):
    return f"{datetime.fromisoformat(text):%H:%M %d/%m}"


@pytest.mark.parametrize("flag", list(Flag))
def test_each_flag_says_what_was_seen(flag):
    evidence, said = EVIDENCE[flag]
    assert flags.words(flag, evidence, when) == said


def test_a_story_holds_pauses_and_flags_where_they_happened(database):
    world = World(database)
    asked = dossier(due="20/06 16:00", phase=Phase.PAUSED, status="5", pause=PauseKind.SUPPLEMENT)
    running = dossier(due="20/06 16:00")
    for day, shown in enumerate([asked, running, asked, finished(running, "05/06 09:00")], 3):
        world.poll(f"{day:02}/06 08:00", shown)
    world.poll("07/06 10:00", dossier(due="20/06 16:00", finished_at=at("05/06 09:00")))
    with world.database.read() as connection:
        (row,) = codes.find(connection, "HS-1")
        found = tell(history.record(connection, row, at("08/06 08:00")), world.rules, at("08/06 08:00"), past=False)
        then = tell(history.record(connection, row, at("03/06 09:00")), world.rules, at("03/06 09:00"), past=True)
    assert [event["event"] for event in found["history"]] == [
        "seen", "pause", "seen", "phase", "pause_ended", "seen", "phase", "pause", "flag", "seen", "phase",
        "pause_ended", "seen", "phase", "flag", "flag",
    ]  # fmt: skip
    assert [event["event"] for event in then["history"]] == ["seen", "pause"], "its end was not known yet"
    said = "\n".join(lines(found))
    for words in (
        "08:00:00 03/06/2024  chờ bổ sung giấy tờ («5»)", "08:00:00 04/06/2024  hết chờ bổ sung giấy tờ, sau 1 ngày",
        "08:00:00 05/06/2024  dấu hiệu: yêu cầu bổ sung từ lần thứ hai (lần 2)",
        "10:00:00 07/06/2024  dấu hiệu: mở lại sau khi kết thúc (done → running)",
        "10:00:00 07/06/2024  dấu hiệu: đang mở mà có ngày kết thúc (kết thúc 09:00:00 05/06/2024)",
    ):  # fmt: skip
        assert words in said
    assert found["plan"][0]["next"] is not None, "the status is believed: the steps go on"
