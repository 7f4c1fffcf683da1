"""From a person's lines to the texts of the parts they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.digest import RESOLVED, Block, Limits, Line, arrange, latest, pack, worst_first
from alertd.core.feed_health import AGAIN
from alertd.messages import words
from alertd.messages.environment import environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

#: Reserved steps about the system that have words of their own; any other is said as it is noted.
NOTICES = ("feed", "channel", "delivery", "address", "storm", "config", "audit", "calendar", "rates")
#: What a phone shows of a message on its lock screen, in characters.
LOCK_SCREEN = 60
#: The most of an officer's or unit's name above a group.
LONGEST_TITLE = 120
REPEAT_MARK = "(gửi lại)"
_PART_MARK = re.compile(r" \(\d+/\d+\)$")


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the admin, about no dossier: a `feed`, a `channel`, a person out of reach (`delivery`), a `storm`.

    An `address` is one that a channel (the note) reaches no more, while another one does. A `config` is not taken
    because of its fault (the note), or is right again (`taken`). An `audit` has found differences, or they are gone.
    A `calendar` has no days off of a year (the subject) at places of its file (the note).
    """

    step: str
    subject: str
    note: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything one message says: the alerts' lines, notices, and two counts (DESIGN section 7).

    Lines of the step `resolved` are named only where there is nothing else to say; elsewhere `resolved` counts them.
    """

    lines: Sequence[Line]
    notices: Sequence[Notice] = ()
    others_overdue: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part's text and the dossiers it names."""

    text: str
    lines: tuple[Line, ...]


class Renderer:
    """Renders messages in one zone; the templates are read once."""

    def __init__(self, zone: ZoneInfo, hours_per_day: float, folder: Path | None = None) -> None:
        """`hours_per_day` is what a day of working time is in words; `folder` has other templates than our own."""
        self._hours_per_day = hours_per_day
        made = environment(zone, hours_per_day, folder)
        self._head = made.get_template("head.txt")
        self._dossier = made.get_template("dossier.txt")
        self._vanished = made.get_template("vanished.txt")
        self._resolved = made.get_template("resolved.txt")
        self._notices = {step: made.get_template(f"{step}.txt") for step in NOTICES}
        self._other = made.get_template("other.txt")
        self._tail = made.get_template("tail.txt")

    def parts(self, contents: Contents, now: datetime, limits: Limits | None = None) -> list[Part]:
        """The message as one or more parts; each names its dossiers, all together name every one."""
        lines = latest(contents.lines)
        blocks = [self._notice(notice) for notice in contents.notices]
        blocks += self._blocks(lines, now)
        head = self._headline(lines, contents, now)
        also = all(line.step == RESOLVED for line in lines) and bool(lines)
        tail = self._tail.render(others=contents.others_overdue, resolved=contents.resolved, also=also)

        def whole(part: int, parts: int, chosen: Sequence[Block], last: str) -> str:
            mark = f" ({part}/{parts})" if parts > 1 else ""
            texts = [_fit(head, LOCK_SCREEN - len(mark)) + mark, *(block.text for block in chosen)]
            return "\n".join([*texts, last] if last else texts)

        return [Part(text, named) for text, named in pack(blocks, tail, whole, limits or Limits())]

    def _blocks(self, lines: Sequence[Line], now: datetime) -> list[Block]:
        blocks: list[Block] = []
        plain = [line for line in lines if not line.vanished and line.step != RESOLVED]
        groups = arrange(plain) if plain else []
        by_officer = len({line.unit for line in plain}) == 1
        mixed = len({line.known for line in plain}) > 1
        number = 0
        for group in groups:
            for place, line in enumerate(group.lines):
                number += 1
                text = self._dossier.render(
                    line=line, number=number, now=now, grouped_by_officer=by_officer, new=mixed and not line.known
                )
                # a group's title travels with its first dossier, so that it never stands alone at a part's end
                title = words.cut(group.title, LONGEST_TITLE) if place == 0 else ""
                title = f"{title}:\n" if title else ""
                blocks.append(Block(title + text, (line,)))
        for line in (line for line in lines if line.vanished):
            number += 1
            blocks.append(Block(self._vanished.render(line=line, number=number), (line,)))
        for line in sorted((line for line in lines if line.step == RESOLVED), key=worst_first):
            number += 1
            blocks.append(Block(self._resolved.render(line=line, number=number), (line,)))
        return blocks

    def _notice(self, notice: Notice) -> Block:
        template = self._notices.get(notice.step, self._other)
        return Block(template.render(step=notice.step, subject=notice.subject, note=notice.note))

    def _headline(self, lines: Sequence[Line], contents: Contents, now: datetime) -> str:
        resolved = [line for line in lines if line.step == RESOLVED]
        vanished = [line for line in lines if line.vanished]
        steps = [line for line in lines if not line.vanished and line.step != RESOLVED]
        overdue, accepting = [line for line in steps if line.overdue], [line for line in steps if line.accepting]
        late = [line for line in overdue if not line.accepting] or overdue
        soon = [line for line in steps if not line.overdue]
        units = {line.unit for line in late}
        return self._head.render(
            overdue=sum(not line.accepting for line in overdue),
            accepted_late=sum(line.overdue for line in accepting),
            soon=sum(not line.accepting for line in soon),
            accept_soon=sum(not line.overdue for line in accepting),
            worst=words.short(min((line.left for line in late), default=timedelta()), self._hours_per_day),
            unit=units.pop() if len(units) == 1 else "",
            earliest=min((line.due_at for line in soon if line.due_at), default=now),
            vanished=len(vanished),
            resolved=len(resolved),
            storms=[n.note for n in contents.notices if n.step == "storm"],
            others=", ".join(n.subject for n in contents.notices if n.step not in NOTICES),
            feeds=_feeds(contents, again=False),
            well=_feeds(contents, again=True),
            channels=", ".join(n.subject for n in contents.notices if n.step == "channel"),
            rates=sum(n.note.count("\n") for n in contents.notices if n.step == "rates"),
            configs=[n.note for n in contents.notices if n.step == "config"],
            audits=[n.note for n in contents.notices if n.step == "audit"],
            years=[n.subject for n in contents.notices if n.step == "calendar"],
            unreachable=sum(n.step == "delivery" for n in contents.notices),
            dead=len({n.subject for n in contents.notices if n.step == "address"}),
            now=now,
        )


def _feeds(contents: Contents, *, again: bool) -> str:
    """The feeds with a trouble, or those that are well again."""
    named = (n.subject for n in contents.notices if n.step == "feed" and n.note.startswith(AGAIN) is again)
    return ", ".join(dict.fromkeys(named))


def repeated(text: str) -> str:
    """The same part, marked as sent once more because the first answer was lost; its first line still fits."""
    first, newline, rest = text.partition("\n")
    mark = _PART_MARK.search(first)
    end = mark[0] if mark else ""
    first = _fit(f"{REPEAT_MARK} {first.removesuffix(end)}", LOCK_SCREEN - len(end)) + end
    return first + newline + rest


def _fit(text: str, length: int) -> str:
    """At most so many characters; the unit in brackets at the end is the first thing to go."""
    text = words.plain(text)
    if len(text) > length and text.endswith(")") and " (" in text:
        text = text[: text.rindex(" (")]
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
