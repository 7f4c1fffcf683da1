"""Two accounts of who is told what and when, compared: what was expected with what comes, or two sets of rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from datetime import datetime


class Told(Protocol):
    """One alert, as far as it is compared; `at` is aware."""

    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def dossier(self) -> str: ...  # noqa: D102
    @property
    def step(self) -> str: ...  # noqa: D102
    @property
    def person(self) -> str: ...  # noqa: D102


class Kind(StrEnum):
    """How an alert differs: only the second account has it, only the first, at another time, to somebody else."""

    MORE = "more"
    LESS = "less"
    EARLIER = "earlier"
    LATER = "later"
    OTHER = "other"


_T = TypeVar("_T", bound=Told)
_U = TypeVar("_U", bound=Told)


@dataclass(frozen=True, slots=True)
class Change(Generic[_T, _U]):
    """One difference; `before` is None for MORE, `after` for LESS."""

    kind: Kind
    before: _T | None
    after: _U | None

    @property
    def shown(self) -> _T | _U:
        """The alert as it is after the change, or was if it is no more."""
        made = self.after if self.after is not None else self.before
        assert made is not None  # one of the two is there
        return made


def changes(before: Iterable[_T], after: Iterable[_U]) -> list[Change[_T, _U]]:
    """What differs, by instant, dossier, step, person.

    What is alike in dossier, step, instant and person is no difference. Of the rest, the same step of a dossier at the
    same instant goes to somebody else; then the same step for the same person comes earlier or later, in order of time;
    what is left is more or less. Occurrences are not counted: a repeating step that begins earlier sends more, it does
    not move every one of its repetitions.
    """
    found: list[Change[_T, _U]] = []
    _, old, new = _paired(before, after, lambda t: (t.dossier, t.step, t.at, t.person))
    others, old, new = _paired(old, new, lambda t: (t.dossier, t.step, t.at))
    found += [Change(Kind.OTHER, one, other) for one, other in others]
    moved, old, new = _paired(old, new, lambda t: (t.dossier, t.step, t.person))
    found += [Change(Kind.EARLIER if other.at < one.at else Kind.LATER, one, other) for one, other in moved]
    found += [Change(Kind.LESS, one, None) for one in old]
    found += [Change(Kind.MORE, None, other) for other in new]
    return sorted(found, key=_order)


def _paired(
    before: Iterable[_T], after: Iterable[_U], key: Callable[[Told], Hashable]
) -> tuple[list[tuple[_T, _U]], list[_T], list[_U]]:
    """Those that share a key, one to one in the order given, and what is left on either side."""
    waiting: defaultdict[Hashable, list[_T]] = defaultdict(list)
    for one in before:
        waiting[key(one)].append(one)
    for ones in waiting.values():
        ones.reverse()
    pairs: list[tuple[_T, _U]] = []
    new: list[_U] = []
    for other in after:
        ones = waiting.get(key(other), [])
        if ones:
            pairs.append((ones.pop(), other))
        else:
            new.append(other)
    return pairs, [one for ones in waiting.values() for one in reversed(ones)], new


def _order(change: Change[_T, _U]) -> tuple[datetime, str, str, str]:
    shown = change.shown
    return (shown.at, shown.dossier, shown.step, shown.person)
