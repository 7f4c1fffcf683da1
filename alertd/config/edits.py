"""What an edit changed, letter by letter: two configurations as a unified diff, and what to say of one."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Lines around a change, in a diff for people.
_AROUND = 2
_NONE = "/dev/null"
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class Change(NamedTuple):
    """The first line that an edit touched: as it was ('' for a new one) and as it is ('' for one taken away)."""

    file: str
    line: int
    old: str
    new: str


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The diff from one configuration's files to another's, in the order of their names; '' where they are equal."""
    made: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        made += unified_diff(
            (old or "").splitlines(), (new or "").splitlines(), _NONE if old is None else name,
            _NONE if new is None else name, lineterm="", n=_AROUND,
        )  # fmt: skip
    return "\n".join(made)


def files(diff: str) -> list[str]:
    """The names of the files that a diff is about."""
    return [name for name, _ in _parts(diff)]


def first(diff: str) -> Change | None:
    """The first change of a diff; None for an empty one, and where only the ends of lines differ."""
    name, lines = next(_parts(diff), ("", []))
    at, old = 0, ""
    for line in lines:
        if match := _HUNK.match(line):
            at = int(match[2])
        elif line.startswith("-") and not old:
            old = line[1:].strip()
        elif line.startswith("+"):
            return Change(name, at, old, line[1:].strip())
        elif line.startswith(" ") and old:
            return Change(name, at, old, "")
        elif line.startswith(" "):
            at += 1
    return Change(name, at, old, "") if old else None


def _parts(diff: str) -> Iterator[tuple[str, list[str]]]:
    """Each file's name and the lines below its two headers."""
    lines = diff.split("\n") if diff else []
    heads = [
        at for at in range(len(lines) - 1)
        if lines[at].startswith("--- ") and lines[at + 1].startswith("+++ ")
        and (at + 2 == len(lines) or _HUNK.match(lines[at + 2]))
    ]  # fmt: skip
    for at, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        old, new = lines[at][4:], lines[at + 1][4:]
        yield (old if new == _NONE else new), lines[at + 2 : end]
