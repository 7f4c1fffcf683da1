from __future__ import annotations

import errno
import io
import os
from zoneinfo import ZoneInfo

import pytest

from alertd.channels.console import ConsoleChannel
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import now, outgoing

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


async def test_a_message_has_one_header_line_the_text_indented_and_a_blank_line_after():
    stream = io.StringIO()

    result = await ConsoleChannel(ZONE, now=now, stream=stream).send(outgoing(text="Sắp đến hạn: 2 hồ sơ\n\n1. A\n"))

    assert result.outcome is Outcome.ACCEPTED
    assert stream.getvalue() == (
        "[04/06/2024 16:00:00] → Trưởng phòng Tư pháp (truong-phong-tu-phap)\n    Sắp đến hạn: 2 hồ sơ\n\n    1. A\n\n"
    )


async def test_standard_output_is_used_unless_a_stream_is_given(capsys):
    await ConsoleChannel(ZONE, now=now).send(outgoing(text="Quá hạn"))

    assert "    Quá hạn\n\n" in capsys.readouterr().out


async def test_a_message_is_flushed_at_once():
    read, write = os.pipe()
    os.set_blocking(read, False)  # so that an empty pipe is an error here
    with open(write, "w", encoding="utf-8") as stream, open(read, "rb") as reader:  # noqa: PTH123, ASYNC230
        await ConsoleChannel(ZONE, now=now, stream=stream).send(outgoing(text="Quá hạn"))

        assert "Quá hạn" in os.read(reader.fileno(), 4096).decode()


async def test_a_terminal_without_utf_8_shows_question_marks_instead_of_nothing():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    result = await ConsoleChannel(ZONE, now=now, stream=stream).send(outgoing(text="Quá hạn"))

    assert result.outcome is Outcome.ACCEPTED
    assert b"    Qu? h?n" in raw.getvalue()


async def test_a_reader_that_went_away_is_a_channel_that_is_down():
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w", encoding="utf-8")

    result = await ConsoleChannel(ZONE, now=now, stream=stream).send(outgoing())

    assert (result.outcome, result.code, result.scope) == (
        Outcome.CHANNEL_DOWN,
        "console:broken_pipe",
        Scope.CHANNEL,
    )
    with pytest.raises(BrokenPipeError):
        stream.close()


async def test_a_closed_output_is_a_channel_that_is_down():
    stream = io.StringIO()
    stream.close()

    result = await ConsoleChannel(ZONE, now=now, stream=stream).send(outgoing())

    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "console:closed")


async def test_a_full_disk_leaves_unknown_what_was_written():
    class Full(io.StringIO):
        def flush(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    result = await ConsoleChannel(ZONE, now=now, stream=Full()).send(outgoing())

    assert (result.outcome, result.code) == (Outcome.UNKNOWN, "console:os_error")
    assert result.detail == "No space left on device"


async def test_closing_leaves_the_stream_to_its_owner():
    stream = io.StringIO()
    channel = ConsoleChannel(ZONE, now=now, stream=stream)

    await channel.close()

    assert not stream.closed
