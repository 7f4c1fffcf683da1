"""The configuration's files read and validated, faults collected; `load` and `check` both begin here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from alertd.config.calendar import CalendarModel
from alertd.config.escalation import EscalationModel
from alertd.config.findings import Finding, Place
from alertd.config.organisation import OrganisationModel
from alertd.config.people_csv import PeopleCsv
from alertd.config.problems import Problems
from alertd.config.secrets import Unset, fill
from alertd.config.settings import Settings
from alertd.config.source import Source
from alertd.config.targets import TargetsModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from alertd.config.strict import Strict

ALERTD, ESCALATION, ORGANISATION, CALENDAR, TARGETS = (
    "alertd.yaml",
    "escalation.yaml",
    "organisation.yaml",
    "calendar.yaml",
    "targets.yaml",
)
#: Everything but the people of a CSV, which has the name that organisation.yaml gives it.
FILES = (ALERTD, ESCALATION, ORGANISATION, CALENDAR, TARGETS)
_M = TypeVar("_M", bound="Strict")


@dataclass(eq=False)
class Reading:
    """What could be read; a model is None when its file has structural faults."""

    folder: Path
    sources: dict[str, Source] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unset: list[Unset] = field(default_factory=list)
    settings: Settings | None = None
    escalation: EscalationModel | None = None
    organisation: OrganisationModel | None = None
    calendar: CalendarModel | None = None
    targets: TargetsModel | None = None

    def fault(self, code: str, place: Place, /, **named: object) -> None:
        """Note a finding."""
        self.findings.append(Finding.of(code, place, **named))


def read_folder(folder: Path) -> Reading:
    """Read the files of a folder; nothing is raised."""
    reading = Reading(folder)

    def text_of(name: str) -> str | None:
        return read_text(Path(reading.folder, name), reading.findings)

    if not folder.is_dir():
        reading.fault("folder.missing", Place(shown(folder), 1, 1))
        return reading
    return _read(reading, text_of)


def read_texts(texts: dict[str, str], folder: Path) -> Reading:
    """The same from texts kept earlier; `folder` only names the files in findings."""
    return _read(Reading(folder), texts.get)


def shown(path: Path) -> str:
    """A file as the admin names it: relative to the current folder where it lies below."""
    relative = os.path.relpath(path) if path.is_absolute() else str(path)
    return str(path) if relative.startswith("..") else relative


def read_text(path: Path, findings: list[Finding]) -> str | None:
    """A file's text; None when there is no such file, empty with a finding when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or error
        findings.append(Finding.of("file.unreadable", Place(shown(path), 1, 1), problem=problem))
        return ""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = Place(shown(path), before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        findings.append(Finding.of("file.encoding", place))
        return ""


def _read(reading: Reading, text_of: Callable[[str], str | None]) -> Reading:
    for name in FILES:
        faults = len(reading.findings)
        text = text_of(name)
        file = shown(reading.folder / name)
        if text is None:
            if name != TARGETS:
                reading.fault("file.missing", Place(file, 1, 1), name=name)
            continue
        reading.texts[name] = text
        if len(reading.findings) > faults:
            continue
        if name == TARGETS and _says_nothing(text):
            continue
        source = Source(file, text)
        reading.findings += source.findings
        if source.values is not None:
            reading.sources[name] = source
    if (source_ := reading.sources.get(ALERTD)) is not None:
        reading.unset = fill(source_, reading.folder)
    if (source_ := reading.sources.get(ORGANISATION)) is not None:
        _include_people(reading, source_, text_of)
    reading.settings = _validated(reading, ALERTD, Settings)
    reading.escalation = _validated(reading, ESCALATION, EscalationModel)
    reading.organisation = _validated(reading, ORGANISATION, OrganisationModel)
    reading.calendar = _validated(reading, CALENDAR, CalendarModel)
    reading.targets = _validated(reading, TARGETS, TargetsModel)
    return reading


def _says_nothing(text: str) -> bool:
    """Blank, or comments only: no goals, which is nothing wrong."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


def _include_people(reading: Reading, source: Source, text_of: Callable[[str], str | None]) -> None:
    name: Any = source.values.get("people_csv")
    if not isinstance(name, str) or not name.strip():
        return
    faults = len(reading.findings)
    text = text_of(str(name))
    if text is None:
        reading.fault("file.missing", source.at("people_csv"), name=name)
        return
    if len(reading.findings) > faults:
        return
    reading.texts[str(name)] = text
    table = PeopleCsv(shown(reading.folder / name), text)
    reading.findings += table.findings
    source.extend("people", table.people, table.locate)


def _validated(reading: Reading, name: str, model: type[_M]) -> _M | None:
    source = reading.sources.get(name)
    if source is None:
        return None
    problems = Problems(source)
    try:
        made = model.model_validate(source.values, context=problems)
    except ValidationError as error:
        problems.add(error)
        made = None
    reading.findings += problems.findings
    return made
