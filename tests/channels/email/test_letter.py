"""A mail's form: whatever stands in a text, nothing of it becomes a header, and every reader shows it as it was."""

from __future__ import annotations

import email
import email.policy

import pytest

from alertd.channels.email.letter import address, letter, message_id
from tests.channels.samples import NOW, outgoing

SENDER, RECIPIENT = address("Nhắc hạn <alertd@office.example>"), address("an@office.example")


def shown(mail):
    return mail.get_content().replace("\r\n", "\n").rstrip("\n")


def read(**changes):
    return email.message_from_bytes(letter(outgoing(**changes), SENDER, RECIPIENT, NOW), policy=email.policy.default)


def test_the_subject_is_the_lock_screens_line_and_the_body_the_whole_text():
    text = "QUÁ HẠN 1 ngày: 3 hồ sơ (Phòng Tư pháp)\n1. H27.35-240531-0007 · Cải chính hộ tịch"
    mail = read(text=text)
    assert mail["Subject"] == "QUÁ HẠN 1 ngày: 3 hồ sơ (Phòng Tư pháp)"
    assert shown(mail) == text
    assert mail["From"] == "Nhắc hạn <alertd@office.example>"
    assert (mail["To"], mail["Auto-Submitted"]) == ("an@office.example", "auto-generated")
    assert mail["Date"].datetime == NOW
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"])
def test_nothing_in_a_text_becomes_a_header(line_end):
    mail = read(text=f"Sắp đến hạn{line_end}Bcc: else@evil.example{line_end}{line_end}body")
    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted(
        ["Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["<b>&[@ 😀", "Ho\u0302\u0300 sơ", "x" * 5000, "\n.\n.\nQUIT", "lone \udc80 surrogate", "", "\n\n"]
)
def test_odd_texts_arrive_whole(text):
    raw = letter(outgoing(text=text), SENDER, RECIPIENT, NOW)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert shown(mail) == text.encode("utf-8", "replace").decode().rstrip("\n")


def test_a_page_stands_at_the_end_of_the_body():
    assert read(page="https://alertd.example/m/abc").get_content().rstrip().endswith("https://alertd.example/m/abc")


def test_the_message_id_follows_from_the_part():
    assert message_id("m0123.1", SENDER) == "<alertd.m0123.1@office.example>"
    assert read(id="m-1.1")["Message-ID"] == read(id="m-1.1", text="(gửi lại) khác")["Message-ID"]
    assert read(id="m-1.1")["Message-ID"] != read(id="m-1.2")["Message-ID"]
    assert "\n" not in message_id("x>\r\nBcc: y", SENDER)
