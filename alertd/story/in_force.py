"""By which line of which configuration an alert was made: rules change, and what they did before stays explained."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from alertd.config.reading import ESCALATION
from alertd.config.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


class InForce:
    """The configurations that ran: `versions` are their numbers and when each began, oldest first.

    `files` gives the files of one by its number; it is asked for those only that are needed.
    """

    def __init__(self, versions: Sequence[tuple[int, datetime]], files: Callable[[int], Mapping[str, str]]) -> None:
        self._versions = versions
        self._source = cache(lambda number: Source(ESCALATION, files(number).get(ESCALATION, "")))

    def number(self, at: datetime) -> int | None:
        """The configuration that ran at an instant; None before the first."""
        return next((number for number, began in reversed(self._versions) if began <= at), None)

    def step(self, policy: str, name: str, at: datetime) -> dict[str, Any] | None:
        """Where the step stood by which something was done at an instant: the configuration's number, and the line."""
        number = self.number(at)
        if number is None:
            return None
        source = self._source(number)
        policies = _listed(source.values.get("policies") if source.values else None)
        for index, each in policies:
            if each.get("name") == policy:
                for position, step in _listed(each.get("steps")):
                    if step.get("name") == name:
                        place = source.at("policies", index, "steps", position)
                        return {"configuration": number, "at": f"{place.file}:{place.line}"}
        return {"configuration": number, "at": None}


def _listed(values: Any) -> list[tuple[int, dict[str, Any]]]:
    """The mappings of a list, or the one that stands for it, with their places in it."""
    items = values if isinstance(values, list) else [values]
    return [(at, item) for at, item in enumerate(items) if isinstance(item, dict)]
