"""Courtesy: while somebody waits for a page, long work in a thread of the same process stands aside for a moment.

One thread runs Python at a time. Work that goes through many thousand rows would leave a page a small share of it.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
#: Rows gone through between two looks: a few milliseconds of work.
EVERY = 25
#: The most that is stood aside at one look, in seconds: where somebody always waits, work goes on all the same.
LONGEST = 0.05
#: And so many times as long as was worked since the look before: who has the database to write is waited for by jobs.
SHARE = 4

_lock = threading.Lock()
_nobody_waits = threading.Event()
_nobody_waits.set()
_waiting = 0
_queued = 0
_looked = threading.local()
#: The answer for which what runs here is done, in the threads and tasks begun for it too; set once it is out.
_answers: ContextVar[threading.Event | None] = ContextVar("answers", default=None)


@contextmanager
def waiting() -> Iterator[None]:
    """Somebody waits for an answer meanwhile."""
    global _waiting  # noqa: PLW0603 - one for the process, as the interpreter is
    with _lock:
        _waiting += 1
        _nobody_waits.clear()
    out = threading.Event()
    _answers.set(out)
    try:
        yield
    finally:
        out.set()  # perhaps in another task than the one that began
        with _lock:
            _waiting -= 1
            if not _waiting:
                _nobody_waits.set()


def answers() -> bool:
    """Whether what runs here is for an answer that somebody still waits for."""
    out = _answers.get()
    return out is not None and not out.is_set()


@contextmanager
def queued() -> Iterator[None]:
    """Here it is waited for the one who writes. If that is for an answer, the writer must not stand aside for it."""
    global _queued  # noqa: PLW0603 - as above
    if not answers():
        yield
        return
    with _lock:
        _queued += 1
    try:
        yield
    finally:
        with _lock:
            _queued -= 1


def stand_aside() -> None:
    """Wait while somebody waits for an answer, but not for long."""
    if _queued:
        return
    worked = time.monotonic() - getattr(_looked, "at", float("-inf"))
    _nobody_waits.wait(min(LONGEST, SHARE * worked))
    _looked.at = time.monotonic()


def each(things: Iterable[T]) -> Iterator[T]:
    """The same things, standing aside between them now and then."""
    for count, thing in enumerate(things):
        if count % EVERY == 0:
            stand_aside()
        yield thing
