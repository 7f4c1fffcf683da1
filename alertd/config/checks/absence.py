"""Findings that say something is not there: not to be trusted while faulty parts of its files are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.reading import ALERTD, CALENDAR, ESCALATION, ORGANISATION

if TYPE_CHECKING:
    from alertd.config.reading import Reading

#: By code: the files that must be free of faults of form before it is said.
NEEDS: dict[str, tuple[str, ...]] = {
    "policy.last": (ESCALATION,),
    "match.empty": (ESCALATION,),
    "match.closed": (ORGANISATION,),
    "level.skipped": (ESCALATION,),
    "person.unreachable": (ORGANISATION,),
    "contact.no-address": (ORGANISATION, ALERTD),
    "contact.no-hook": (ORGANISATION, ALERTD),
    "post.vacant": (ORGANISATION,),
    "group.empty": (ORGANISATION,),
    "fallback.nobody": (ORGANISATION,),
    "zalo.templates": (ALERTD,),
    "email.login": (ALERTD,),
    "feed.none": (ALERTD,),
    "columns.code": (ALERTD,),
    "fields.code": (ALERTD,),
    "fields.unread": (ALERTD,),
    "map.deadlines": (ALERTD,),
    "feed.login": (ALERTD,),
    "igate.sso": (ALERTD,),
    "igate.login": (ALERTD,),
    "calendar.year-missing": (CALENDAR,),
    "calendar.next-year": (CALENDAR,),
    "calendar.holiday": (CALENDAR,),
    "session.none": (CALENDAR,),
    "session.monday": (CALENDAR,),
}
#: What is looked up among everything that is written, faulty or not: only a file that cannot be read at all hides it.
LOOKED_UP = frozenset(
    {"unit.unknown", "person.unknown", "group.unknown", "post.unknown", "target.kind", "target.edge", "fallback.nobody"}
)


def faulty(reading: Reading) -> set[str]:
    """The files with a fault of form, by name; the people of a CSV belong to the organisation."""
    at_fault = {finding.file for finding in reading.findings if finding.is_fault}
    names = {name for name in (ALERTD, ESCALATION, ORGANISATION, CALENDAR) if name not in reading.sources}
    for name, source in reading.sources.items():
        if source.file in at_fault:
            names.add(name)
            at_fault.discard(source.file)
    return names | ({ORGANISATION} if at_fault - {s.file for s in reading.sources.values()} else set())


def hides_names(reading: Reading) -> bool:
    """Whether names of the organisation are written where they cannot be read: in a file that is broken or away."""
    source = reading.sources.get(ORGANISATION)
    if source is None:
        return True
    include = source.values.get("people_csv")
    if include is None:
        return False
    return str(include) not in reading.texts or any(f.code.startswith("csv.") for f in reading.findings)
