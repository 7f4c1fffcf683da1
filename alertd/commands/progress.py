"""How far a long computation is, on stderr: a line that renews itself on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_T = TypeVar("_T")
#: Seconds until anything is said at all, and between two lines on a terminal and elsewhere.
SILENT, TERMINAL, ELSEWHERE = 2.0, 0.2, 10.0


class Progress:
    """Counts what has passed, of `total` where that is known; says so where it takes more than a moment."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label, self._total = label, total
        self._count = 0
        self._terminal = sys.stderr.isatty()
        self._due = time.monotonic() + SILENT
        self._said = False

    def advance(self, number: int = 1) -> None:
        """So many more have passed."""
        self._count += number
        now = time.monotonic()
        if now >= self._due:
            self._due = now + (TERMINAL if self._terminal else ELSEWHERE)
            self._said = True
            self._say()

    def end(self) -> None:
        """That was all: leaves the last count on a line of its own, if there was one."""
        if self._said and self._terminal:
            self._say()
            click.echo(err=True)

    def _say(self) -> None:
        share = f" of {self._total:,} ({100 * self._count // self._total} %)" if self._total else ""
        line = f"{self._label}: {self._count:,}{share}"
        click.echo(f"\r{line}\x1b[K" if self._terminal else line, err=True, nl=not self._terminal)


def progress(label: str, items: Collection[_T]) -> Iterator[_T]:
    """The same items, counted as they pass."""
    counting = Progress(label, len(items))
    for item in items:
        yield item
        counting.advance()
    counting.end()
