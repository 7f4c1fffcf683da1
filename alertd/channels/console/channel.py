"""Print each message as a person would read it."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from alertd.channels import File, Outgoing


#: A disk has room.
LARGEST_FILE = 1 << 30


class ConsoleChannel:
    """Writes to `stream` (standard output unless given): one header line, the text indented, a blank line.

    `now` returns an aware instant, shown in `zone`; it is given because a demo runs on a fast clock. A file is
    put into `folder` (default `var/reports`), and its path is printed.
    """

    name = "console"
    largest_file = LARGEST_FILE

    def __init__(
        self, zone: tzinfo, *, now: Callable[[], datetime], stream: TextIO | None = None, folder: Path | None = None
    ) -> None:
        self._zone = zone
        self._now = now
        self._stream = stream
        self._folder = folder or Path("var", "reports")

    async def send(self, part: Outgoing) -> SendResult:
        """Print one part; a stream that fails is classified, never raised."""
        time = self._now().astimezone(self._zone).strftime("%d/%m/%Y %H:%M:%S")
        text = textwrap.indent(part.text.rstrip("\n"), "    ")
        try:
            if part.file is not None:
                text += f"\n    Tệp: {self._kept(part.file)}"
            self._write(f"[{time}] → {part.person_name} ({part.person})\n{text}\n\n")
        except BrokenPipeError:
            return _failed(Outcome.CHANNEL_DOWN, "broken_pipe", "nobody reads the output any more")
        except OSError as error:  # a full disk: some of it may have been written
            return _failed(Outcome.UNKNOWN, "os_error", error.strerror or "the output cannot be written")
        except ValueError:
            return _failed(Outcome.CHANNEL_DOWN, "closed", "the output is closed")
        return SendResult(Outcome.ACCEPTED)

    async def probe(self) -> None:
        """Nothing to ask: only a line that is written tells whether lines can be written."""

    async def close(self) -> None:
        """Do nothing: the stream belongs to the caller."""

    def _kept(self, file: File) -> Path:
        """Put a file beside the database, whole or not at all; gives where it is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = (self._folder / file.name).absolute()
        beside = path.with_name(f".{file.name}.part")
        beside.write_bytes(file.content)
        return beside.replace(path)

    def _write(self, text: str) -> None:
        stream = self._stream or sys.stdout  # asked anew each time, as it may be redirected
        # A terminal without UTF-8 gets question marks instead of no message.
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


def _failed(outcome: Outcome, code: str, detail: str) -> SendResult:
    return SendResult(outcome, code=f"console:{code}", detail=detail, scope=Scope.CHANNEL)
