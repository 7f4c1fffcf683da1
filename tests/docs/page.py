"""The examples of a documentation page: its fenced blocks, in order, with their lines.

A page whose examples are run says so with `<!-- examples: at INSTANT -->`; INSTANT is what the clock shows for them. Of its
fenced blocks:

- ```console    commands after `$ `, each followed by exactly what it prints; a line `…` stands for any lines
- ```pycon      a Python session: `>>>`, `...`, and exactly what it shows; later blocks know the names of earlier ones
- ```LANG FILE  what FILE holds from here on
- ```diff FILE  a change of FILE: lines after `-` go, lines after `+` come in their place, the rest finds the place
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_MARK = re.compile(r"^<!-- examples: at (\S+) -->$", re.MULTILINE)
_FENCE = re.compile(r"^( *)```(\S*)(?: +(\S+))? *\n(.*?)^\1``` *$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One fenced block; `line` is where its text begins."""

    kind: str
    file: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """One command of a console block and what the page says that it prints."""

    text: str
    printed: list[str]
    line: int


def clock_of(path: Path) -> datetime | None:
    """The instant of a page's examples; None for a page whose examples are only read."""
    found = _MARK.search(path.read_text("utf-8"))
    return datetime.fromisoformat(found[1]) if found else None


def examples(path: Path) -> list[Example]:
    """All fenced blocks."""
    text = path.read_text("utf-8")
    return [
        Example(match[2], match[3] or "", match[4], text.count("\n", 0, match.start(4)) + 1)
        for match in _FENCE.finditer(text)
    ]


def commands(example: Example) -> list[Command]:
    """The commands of a console block."""
    found: list[Command] = []
    for number, line in enumerate(example.text.splitlines(), example.line):
        if line.startswith("$ "):
            found.append(Command(line[2:], [], number))
        elif not found:
            raise AssertionError(f"line {number}: a console block begins with a command after `$ `")
        else:
            found[-1].printed.append(line.rstrip())
    return found


def changed(text: str, change: str) -> str:
    """A text with one change of a diff block made; the place must be found, and be one."""
    lines = change.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("-", " "))
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] in ("+", " "))
    assert text.count(before) == 1, f"the lines to change stand {text.count(before)} times in the file:\n{before}"
    return text.replace(before, after)


def agrees(printed: list[str], expected: list[str]) -> bool:
    """Whether lines are as expected, `…` standing for any number of lines."""
    pattern = "".join("(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None
