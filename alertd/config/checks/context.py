"""What the checks look at, and where they put what they find."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from alertd.config import compile as compiling
from alertd.config.calendar import CalendarModel
from alertd.config.checks import absence
from alertd.config.escalation import EscalationModel
from alertd.config.findings import Finding, Place
from alertd.config.organisation import OrganisationModel
from alertd.config.reading import ALERTD, CALENDAR, ESCALATION, ORGANISATION, TARGETS
from alertd.config.salvage import is_stand_in, salvage
from alertd.config.settings import Settings
from alertd.config.targets import TargetsModel

if TYPE_CHECKING:
    from datetime import date

    from alertd.config.reading import Reading
    from alertd.config.source import Source
    from alertd.config.strict import Strict
    from alertd.core.directory import Directory
    from alertd.core.worktime import Calendar

_M = TypeVar("_M", bound="Strict")


class Context:
    """One run of `check`. A model is None when its file could not be read at all."""

    def __init__(self, reading: Reading, today: date) -> None:
        self.reading = reading
        self.today = today
        self.findings: list[Finding] = []
        self._faulty = absence.faulty(reading)
        self._hides_names = absence.hides_names(reading)
        self.settings = self._model(reading.settings, ALERTD, Settings)
        self.escalation = self._model(reading.escalation, ESCALATION, EscalationModel)
        self.organisation = self._model(reading.organisation, ORGANISATION, OrganisationModel)
        self.calendar = self._model(reading.calendar, CALENDAR, CalendarModel)
        self.targets = self._model(reading.targets, TARGETS, TargetsModel)

    def _model(self, made: _M | None, name: str, model: type[_M]) -> _M | None:
        source = self.source(name)
        return made if made is not None or source is None else salvage(source, model)

    def source(self, name: str) -> Source | None:
        """A file that could be read."""
        return self.reading.sources.get(name)

    def at(self, name: str, *path: str | int) -> Place:
        """Where a value stands."""
        return self.reading.sources[name].at(*path)

    def key(self, name: str, *path: str | int) -> Place:
        """Where a key stands."""
        return self.reading.sources[name].key(*path)

    def add(self, code: str, place: Place, /, **named: object) -> None:
        """Note a finding, unless it would follow only from what had to be left out or stands in for that."""
        if self._faulty.intersection(absence.NEEDS.get(code, ())) or (self._hides_names and code in absence.LOOKED_UP):
            return
        if not any(is_stand_in(value) for value in named.values()):
            self.findings.append(Finding.of(code, place, **named))

    def values(self, name: str, key: str) -> Any:
        """What is written under a top key of a file, faulty or not."""
        source = self.source(name)
        return source.values.get(key) if source else None

    @cached_property
    def directory(self) -> Directory | None:
        """Who is who today."""
        if self.organisation is None:
            return None
        return compiling.one_organisation(self.organisation, None).on(self.today)

    @cached_property
    def unit_codes(self) -> frozenset[str]:
        """Codes of all units that are written, faulty ones included."""
        return _named(self.values(ORGANISATION, "units"), "code")

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of all units that are written, faulty ones included."""
        return _named(self.values(ORGANISATION, "units"), "kind")

    @cached_property
    def posts(self) -> frozenset[str]:
        """Posts that anybody is written to hold, faulty ones included."""
        return _named(_all(self.values(ORGANISATION, "people"), "posts"), "post")

    @cached_property
    def lines(self) -> frozenset[str]:
        """Kinds of all lines of reporting that are written, the ordinary one included."""
        return frozenset({"line"}) | _named(_all(self.values(ORGANISATION, "units"), "reports_to"), "kind")

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles that are written, faulty ones included."""
        return _keys(self.values(ESCALATION, "roles"))

    @cached_property
    def person_ids(self) -> frozenset[str]:
        """Ids of all people that are written, faulty ones included."""
        return _named(self.values(ORGANISATION, "people"), "id")

    @cached_property
    def group_names(self) -> frozenset[str]:
        """Names of all groups that are written."""
        return _keys(self.values(ORGANISATION, "groups"))

    @cached_property
    def channel_names(self) -> frozenset[str]:
        """Channels that are written, faulty ones included."""
        return _keys(self.values(ALERTD, "channels"))

    @cached_property
    def work(self) -> Calendar | None:
        """The default calendar's week, without special days."""
        if self.calendar is None or self.settings is None:
            return None
        model = self.calendar.default
        plain = model.model_copy(update={"days_off": (), "working_days": (), "years": {}})
        return compiling.one_calendar(plain, self.settings.timezone)


def _named(items: Any, key: str) -> frozenset[str]:
    items = items if isinstance(items, list) else [items]
    named = (item for item in items if isinstance(item, dict) and isinstance(item.get(key), str))
    return frozenset(str(item[key]).strip() for item in named)


def _all(items: Any, key: str) -> list[Any]:
    """What stands under a key of each of some mappings, in one list."""
    found = [item.get(key) for item in (items if isinstance(items, list) else [items]) if isinstance(item, dict)]
    return [part for value in found for part in (value if isinstance(value, list) else [value])]


def _keys(items: Any) -> frozenset[str]:
    return frozenset(str(key) for key in items) if isinstance(items, dict) else frozenset()
