"""One thing that `alertd doctor` looked at: how it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`bad` is something that keeps alerts from people, now or soon; `warn` is worth a look."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Found:
    """`what` is a sentence for people, `todo` what to do about it, '' when nothing."""

    name: str
    state: State
    what: str
    todo: str = ""


def ok(name: str, what: str) -> Found:
    """All is well."""
    return Found(name, State.OK, what)


def warn(name: str, what: str, todo: str) -> Found:
    """Worth a look."""
    return Found(name, State.WARN, what, todo)


def bad(name: str, what: str, todo: str) -> Found:
    """People miss alerts, or will."""
    return Found(name, State.BAD, what, todo)
