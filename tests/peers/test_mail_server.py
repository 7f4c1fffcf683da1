"""The judge is judged: what it reports must be what happened."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from pathlib import Path

import aiosmtplib
import pytest

from tests.peers.mail_server import MailServer

ROOT = Path(__file__).parents[2]
GOOD = (
    b"Subject: x\r\nFrom: a@x.vn\r\nTo: b@x.vn\r\nDate: Tue, 04 Jun 2024 09:00:00 +0000\r\n"
    b"Message-ID: <1@x.vn>\r\nAuto-Submitted: auto-generated\r\n\r\nfirst\r\nsecond\r\n"
)


async def judged(*mails):
    async with MailServer() as server, aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port) as client:
        for mail in mails:
            await client.sendmail("a@x.vn", ["b@x.vn"], mail)
        return server.violations


async def test_a_right_mail_and_its_marked_repeat_have_no_violation():
    repeat = GOOD.replace(b"first", "(gửi lại) first".encode()).replace(
        b"Auto-Submitted",
        b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\nAuto-Submitted',
    )
    assert await judged(GOOD, repeat) == []


@pytest.mark.parametrize(
    ("old", "new", "violation"),
    [
        (b"second", b"s" * 999, "a line of more than 998 octets"),
        (b"second", "hồ sơ".encode(), "bytes above 127 without a charset and 8bit"),
        (b"Subject: x", "Subject: hồ sơ".encode(), "a header that is not ASCII"),
        (b"Date: Tue, 04 Jun 2024 09:00:00 +0000\r\n", b"", "0 headers Date"),
        (b"Date: Tue, 04 Jun 2024 09:00:00 +0000", b"Date: today", "a Date that cannot be read"),
        (b"Message-ID: <1@x.vn>\r\n", b"", "0 headers Message-ID"),
        (b"Subject: x", b"Subject: x\r\nSubject: y", "2 headers Subject"),
        (b"Auto-Submitted: auto-generated\r\n", b"", "0 headers Auto-Submitted"),
        (b"To: b@x.vn", b"To: c@x.vn", "To is not the recipient"),
    ],
)
async def test_it_names_what_is_wrong(old, new, violation):
    assert violation in await judged(GOOD.replace(old, new))


async def test_another_text_under_the_same_id():
    assert await judged(GOOD, GOOD.replace(b"second", b"third")) == ["the Message-ID of another text"]


@pytest.mark.process
def test_as_a_process_it_tells_its_port_keeps_what_came_and_ends_on_sigterm(tmp_path):
    log = tmp_path / "mails.jsonl"
    command = [sys.executable, "-m", "tests.peers.mail_server", "--log", str(log), "--refuse", "no@x.vn"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        with smtplib.SMTP("127.0.0.1", int(running.stdout.readline()), timeout=10) as client:
            client.sendmail("a@x.vn", ["b@x.vn"], GOOD)
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("a@x.vn", ["no@x.vn"], GOOD)
        running.terminate()
        assert running.wait(10) == 0
    (kept,) = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert (kept["to"], kept["violations"]) == ("b@x.vn", [])
