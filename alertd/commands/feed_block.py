"""A proposed feed as YAML that can be pasted under `feeds:`; what is not certain stands in comments."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from alertd.core.dossier import Filing, Phase
from alertd.core.text import fold
from alertd.feeds.filing import filing_of
from alertd.feeds.guess import Sure
from alertd.feeds.hints import CHANNELS, STATUSES
from alertd.feeds.statuses import HANDED_BACK, Statuses, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from alertd.feeds.guess import Guess
    from alertd.feeds.profile import Column

    Sorted = tuple[dict[str, list[str]], list[str], int]

MANY = 12  # labels in a comment
#: What YAML does not take as it is, even in quotes.
_UNPRINTABLE = re.compile("[\x7f-\x84\x86-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NONE = Statuses({})


def block(guess: Guess, name: str, path: str, words: Mapping[str, str]) -> Iterator[str]:
    """The lines of the block. `words` are the comments' in the person's language."""
    yield f"  - name: {name}"
    yield "    type: sheet"
    yield f"    path: {quoted(path)}"
    if guess.several:
        yield f"    worksheet: {quoted(guess.grid.worksheet)}"
    if guess.grid.encoding:
        yield f"    encoding: {guess.grid.encoding}"
    if guess.month_first:
        yield "    date_order: month-first"
    yield "    columns:"
    for choice in guess.choices:
        line = f"      {choice.fit.field}: {quoted(choice.fit.column.title)}"
        notes = [words[choice.sure.value]] if choice.sure is not Sure.SURE else []
        if choice.rivals:
            notes.append(words["rivals"].format(names=", ".join(map(quoted, choice.rivals))))
        yield line + (f"  # {'; '.join(notes)}" if notes else "")
    if count := doubtful_midnights(guess):
        yield f"    # due_midnight: exact  # {words['midnights'].format(count=count)}"
    if column := guess.chosen("channel"):
        yield from _map("channel_values", channels(column), words)
    if column := guess.chosen("status"):
        yield from _map("statuses", statuses(column), words)
    yield f"    scope: part  # {words[scope(guess)]}"


def doubtful_midnights(guess: Guess) -> int:
    """How many due values say 00:00 where others have a time: that day's end, or midnight itself."""
    column = guess.chosen("due_at")
    return column.midnights if column is not None and column.days < column.dates else 0


def channels(column: Column) -> Sorted:
    """The labels of a channel column by what they mean, those nobody knows, and how many are not shown."""

    def meant(label: str) -> str:
        built_in = filing_of(label, {})
        return CHANNELS.get(fold(label), "") if built_in is Filing.UNKNOWN else built_in.value

    return _sorted(column, meant)


def statuses(column: Column) -> Sorted:
    """The labels of a status column by the phase they mean; what depends on a date is left to the tables."""

    def meant(label: str) -> str:
        if key(label) == HANDED_BACK:
            return ""
        phase = _NONE.label(label, finished=False)
        return STATUSES.get(fold(label), "") if phase is Phase.UNKNOWN else phase.value

    return _sorted(column, meant)


def scope(guess: Guess) -> str:
    """What the file seems to show, as a key of the words: whether dossiers in it have ended, and others not."""
    ends = [column for name in ("finished_at", "returned_at") if (column := guess.chosen(name))]
    ended = max((column.filled for column in ends), default=0)
    rows = max(column.rows for column in guess.columns)
    if not ends:
        return "scope unknown"
    return "scope open" if ended == 0 else "scope all" if ended < rows else "scope ended"


def quoted(text: str) -> str:
    """A text as YAML cannot take it for anything else."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _sorted(column: Column, meant: Callable[[str], str]) -> Sorted:
    labels, hidden = column.labels()
    known: dict[str, list[str]] = {}
    unknown = []
    seen: set[str] = set()
    for label in labels:
        if fold(label) in seen:
            continue
        seen.add(fold(label))
        if place := meant(label):
            known.setdefault(place, []).append(label)
        else:
            unknown.append(label)
    return known, unknown, hidden


def _map(name: str, found: Sorted, words: Mapping[str, str]) -> Iterator[str]:
    known, unknown, hidden = found
    if known:
        yield f"    {name}:"
        for place, labels in known.items():
            yield f"      {place}: [{', '.join(map(quoted, labels))}]"
    if unknown:
        shown = ", ".join(map(quoted, unknown[:MANY])) + (", …" if len(unknown) > MANY else "")
        yield f"    # {words['unmapped'].format(name=name, labels=shown)}"
    if hidden:
        yield f"    # {words['hidden labels'].format(name=name, count=hidden)}"
