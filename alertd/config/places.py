"""Where each rule stands in the files: `config/escalation.yaml:24`, for whoever asks by which rule it was done."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from alertd.config.reading import CALENDAR, ESCALATION, ORGANISATION

if TYPE_CHECKING:
    from alertd.config.findings import Place
    from alertd.config.reading import Reading

#: What a unit or a person can be known by, as `unit` and `person` take it.
By = tuple[str | int, ...]


class Places:
    """The places of one configuration, as `file:line`; None for what is not in it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def unit(self, code: str | None, by: By = ("code",)) -> str | None:
        """A unit, or what of it names it: `("name",)`, `("aliases", 1)`."""
        at = self._units.get(code or "")
        return None if at is None else self._place(ORGANISATION, "units", at, *by)

    def person(self, ident: str, by: By = ("id",)) -> str | None:
        """A person, or what of them names them: `("portal_ids", 0)`."""
        at = self._people.get(ident)
        return None if at is None else self._place(ORGANISATION, "people", at, *by)

    def policy(self, name: str | None) -> str | None:
        """A policy."""
        at = self._policies.get(name or "")
        return None if at is None else self._place(ESCALATION, "policies", at)

    def step(self, policy: str | None, name: str) -> str | None:
        """A step of a policy."""
        at = self._policies.get(policy or "")
        steps = self._reading.escalation.policies[at].steps if at is not None and self._reading.escalation else ()
        index = next((index for index, step in enumerate(steps) if step.name == name), None)
        return None if at is None or index is None else self._place(ESCALATION, "policies", at, "steps", index)

    def calendar(self, unit: str | None) -> str | None:
        """The calendar of a unit: its own, else the default."""
        source, model = self._reading.sources.get(CALENDAR), self._reading.calendar
        if source is None or model is None:
            return None
        return _shown(source.key("units", unit) if unit in model.units else source.key("default"))

    @cached_property
    def _units(self) -> dict[str, int]:
        units = self._reading.organisation.units if self._reading.organisation else ()
        return {unit.code: at for at, unit in reversed(list(enumerate(units)))}

    @cached_property
    def _people(self) -> dict[str, int]:
        people = self._reading.organisation.people if self._reading.organisation else ()
        return {person.id: at for at, person in reversed(list(enumerate(people)))}

    @cached_property
    def _policies(self) -> dict[str, int]:
        policies = self._reading.escalation.policies if self._reading.escalation else ()
        return {policy.name: at for at, policy in reversed(list(enumerate(policies)))}

    def _place(self, name: str, *path: str | int) -> str | None:
        source = self._reading.sources.get(name)
        return _shown(source.at(*path)) if source is not None else None


def _shown(place: Place) -> str:
    return f"{place.file}:{place.line}"
