"""Every fault of the whole configuration at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alertd.config.checks import (
    calendars,
    channels,
    contacts,
    feeds,
    people,
    policies,
    portals,
    recipients,
    rest,
    retention,
    secrets,
    sessions,
    slots,
    steps,
    targets,
    units,
)
from alertd.config.checks.context import Context
from alertd.config.reading import read_folder, read_texts

if TYPE_CHECKING:
    from datetime import date

    from alertd.config.findings import Finding
    from alertd.config.reading import Reading

_CHECKS = (
    feeds.check,
    portals.check,
    rest.check,
    slots.check,
    retention.check,
    secrets.check,
    channels.check,
    policies.check,
    steps.check,
    recipients.check,
    units.check,
    people.check,
    contacts.check,
    sessions.check,
    calendars.check,
    targets.check,
)

#: A new year without its days off is a fault to `check`; but on that morning it must not silence the office.
TOLERATED = frozenset({"calendar.year-missing"})


def refuses(finding: Finding) -> bool:
    """Whether a daemon does not run with this finding."""
    return finding.is_fault and finding.code not in TOLERATED


def check(folder: Path, today: date) -> list[Finding]:
    """All findings of a folder, by file, line and column; `today` is the local date for posts and years."""
    return checked(read_folder(Path(folder)), today)


def check_texts(texts: dict[str, str], today: date, folder: Path = Path("config")) -> list[Finding]:
    """The same for texts that are not, or no longer, files."""
    return checked(read_texts(texts, folder), today)


def checked(reading: Reading, today: date) -> list[Finding]:
    """All findings of what was read."""
    context = Context(reading, today)
    for look in _CHECKS:
        look(context)
    return sorted(set(reading.findings + context.findings))
