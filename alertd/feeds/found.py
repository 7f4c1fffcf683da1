"""What a path finds in one dossier, taken as one value, several, an amount or a count: rules, never guesses.

Nothing, null and blanks are "nothing". A list counts as its entries. An object is no value: the path stops too early.
Several different values where one belongs are a fault too; which of them is meant only the path can say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.text import clean
from alertd.feeds.series import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    #: A compiled path: everything that it finds in a JSON value. Raises ValueError where it cannot be followed.
    Find = Callable[[object], list[object]]

Value = str | int | float | bool
#: More supplements than any dossier has; what is beyond is a number of something else.
MOST_SUPPLEMENTS = 10_000


class FoundError(ValueError):
    """Why what was found cannot be taken; never repeats it."""


def values(found: Iterable[object]) -> list[Value | None]:
    """Single values, blank ones included. Raises FoundError for an object."""
    made: list[Value | None] = []
    for item in found:
        for entry in item if isinstance(item, list) else [item]:
            if entry is not None and not isinstance(entry, str | int | float | bool):
                raise FoundError("the path leads to an object and not to a value; let it end at one field of it")
            made.append(entry)
    return made


def filled(found: Iterable[object]) -> list[Value]:
    """Those that hold something."""
    return [value for value in values(found) if value is not None and not (isinstance(value, str) and _blank(value))]


def first_filled(paths: Sequence[Find], row: object) -> list[object]:
    """What the first path finds that finds something; what the last one found when none does."""
    found: list[object] = []
    for path in paths:
        found = path(row)
        if any(not _nothing(item) for item in found):
            return found
    return found


def one(found: Iterable[object]) -> Value | None:
    """The one value; None for nothing. Raises FoundError for several that differ."""
    kept = filled(found)
    if not kept:
        return None
    if len({text_of(value) for value in kept}) > 1:
        raise FoundError(
            f"the path finds {len(kept)} values that differ, where one belongs;"
            f" let it choose one, as by [0] or by a filter [?@.key == 'x']"
        )
    return kept[0]


def text(found: Iterable[object]) -> str:
    """The one value as a text to keep; empty for nothing. Raises FoundError."""
    value = one(found)
    return "" if value is None else text_of(value)


def texts(found: Iterable[object]) -> tuple[str, ...]:
    """All values as texts, each once, in their order. Raises FoundError."""
    return tuple(dict.fromkeys(text_of(value) for value in filled(found)))


def text_of(value: Value) -> str:
    """One value as a text: a whole number without its decimal point, truth in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return clean(str(value))


def count(found: list[object]) -> int | None:
    """How many: a number that stands there, or the length of what is listed; None for nothing. Raises FoundError."""
    if len(found) == 1 and isinstance(found[0], list):
        return bounded(len(found[0]))
    if found and all(isinstance(item, dict) for item in found):
        return bounded(len(found))
    value = one(found)
    if value is None:
        return None
    number = whole(text_of(value))
    if number is None:
        raise FoundError("what is found is neither a number nor a list; check the path")
    return bounded(number)


def bounded(number: int) -> int:
    """A count that can be one. Raises FoundError."""
    if number > MOST_SUPPLEMENTS:
        raise FoundError("the number found is too large to count supplements; check the path")
    return number


def _blank(text: str) -> bool:
    return not clean(text)


def _nothing(item: object) -> bool:
    return item is None or item in ([], {}) or (isinstance(item, str) and _blank(item))
