"""What is understood of what people type."""

from __future__ import annotations

import pytest

from alertd.replies.asked import Ask, Asked, asked, spelled


@pytest.mark.parametrize(
    ("text", "ask", "rest"),
    [
        ("/quahan", Ask.OVERDUE, ""),
        ("  /quahan@TenBot  ", Ask.OVERDUE, ""),
        ("Quá hạn", Ask.OVERDUE, ""),
        ("QUÁ  HẠN nhé", Ask.OVERDUE, "nhé"),
        ("Qua\u0301 ha\u0323n", Ask.OVERDUE, ""),
        ("hôm nay", Ask.TODAY, ""),
        ("Hồ sơ H27.35-240603-0012", Ask.DOSSIER, "H27.35-240603-0012"),
        ("/hoso@TenBot HS 1", Ask.DOSSIER, "HS 1"),
        ("/start abc_-DEF", Ask.START, "abc_-DEF"),
        ("LIENKET 12345678", Ask.CONNECT, "12345678"),
        ("liên kết 1234 5678", Ask.CONNECT, "1234 5678"),
        ("Liên  Kết\n12345678", Ask.CONNECT, "12345678"),
        ("Hủy", Ask.CANCEL, ""),
        ("huỷ", Ask.CANCEL, ""),
        ("/giaitrinh HS-1 Chờ Sở\ntrả lời", Ask.EXPLAIN, "HS-1 Chờ Sở\ntrả lời"),
        ("Giải trình HS-1 Chờ", Ask.EXPLAIN, "HS-1 Chờ"),
        ("chuyển HS-1 binh", Ask.HAND_OVER, "HS-1 binh"),
        ("trợ giúp", Ask.HELP, ""),
        ("TROGIUP", Ask.HELP, ""),
    ],
)
def test_a_word_with_and_without_slash_marks_and_capitals(text, ask, rest):
    assert asked(text) == Asked(ask, rest)


@pytest.mark.parametrize("text", ["", "  ", "xin chào", "/", "@", "quahan!", "a quahan", "12345678", "liên", "\x00"])
def test_anything_else_is_none_of_them(text):
    assert asked(text) is None


def test_a_word_is_spelled_as_the_channel_is_used():
    assert [spelled(Ask.TODAY, "telegram"), spelled(Ask.TODAY, "zalo"), spelled(Ask.TODAY, "zalo_bot")] == [
        "/homnay", "HOMNAY", "HOMNAY",
    ]  # fmt: skip
