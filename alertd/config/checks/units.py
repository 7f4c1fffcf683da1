"""Units: codes that stand twice or nowhere, dates that make no sense, circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.checks.spans import backwards, overlaps
from alertd.config.nearest import nearest
from alertd.config.reading import ORGANISATION

if TYPE_CHECKING:
    from datetime import date

    from alertd.config.checks.context import Context
    from alertd.config.organisation import UnitModel


def check(context: Context) -> None:
    """Look at every unit."""
    if context.organisation is None:
        return
    units = context.organisation.units
    seen: set[str] = set()
    for at, unit in enumerate(units):
        path = ("units", at)
        if unit.code in seen:
            context.add("unit.duplicate", context.at(ORGANISATION, *path, "code"), code=unit.code)
        seen.add(unit.code)
        backwards(context, unit, path)
        for index, edge in enumerate(unit.reports_to):
            backwards(context, edge, (*path, "reports_to", index))
            _known(context, edge.unit, (*path, "reports_to", index, "unit"))
        for index, code in enumerate(unit.successor):
            _known(context, code, (*path, "successor", index))
        edges = [((edge.unit, edge.kind), edge) for edge in unit.reports_to]
        for index, other in overlaps(edges):
            place = context.at(ORGANISATION, *path, "reports_to", index)
            context.add("span.overlap", place, other=unit.reports_to[other].unit)
    _reporting_loops(context, units)
    _successor_loops(context, units)


def _known(context: Context, code: str, path: tuple[str | int, ...]) -> None:
    if code not in context.unit_codes:
        near = nearest(code, context.unit_codes)
        context.add("unit.unknown", context.at(ORGANISATION, *path), code=code, near=near)


def _reporting_loops(context: Context, units: tuple[UnitModel, ...]) -> None:
    """Circles of lines that are valid on one and the same day."""
    lines: dict[str, list[str]] = {}
    for unit in units:
        lines.setdefault(unit.code, []).extend(edge.unit for edge in unit.reports_to)
    circles = _circles(lines)
    if not circles:
        return
    days: set[date | None] = {None, context.today}
    days |= {d for unit in units for edge in unit.reports_to for d in (edge.first, edge.last) if d}
    told: set[frozenset[str]] = set()
    for day in sorted(days, key=lambda d: (d is not None, d or context.today)):
        valid: dict[str, list[str]] = {}
        for unit in units:
            for edge in unit.reports_to:
                if (edge.first is None and edge.last is None) if day is None else day in edge.span:
                    valid.setdefault(unit.code, []).append(edge.unit)
        for circle in _circles(valid):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                _tell(context, units, circle, "unit.loop", "reports_to")


def _successor_loops(context: Context, units: tuple[UnitModel, ...]) -> None:
    for circle in _circles({unit.code: list(unit.successor) for unit in units}):
        _tell(context, units, circle, "unit.successor-loop", "successor")


def _tell(context: Context, units: tuple[UnitModel, ...], circle: list[str], code: str, key: str) -> None:
    """At the unit of the circle that stands last in the file: the one that closes it."""
    at = max(index for index, unit in enumerate(units) if unit.code in circle)
    start = circle.index(units[at].code)
    line = [*circle[start:], *circle[:start], units[at].code]
    written = [edge.unit for edge in units[at].reports_to] if key == "reports_to" else list(units[at].successor)
    index = next((i for i, code_ in enumerate(written) if code_ == line[1]), 0)
    context.add(code, context.at(ORGANISATION, "units", at, key, index), line=" → ".join(line))


def _circles(lines: dict[str, list[str]]) -> list[list[str]]:
    """Circles that a walk along the lines runs into; each unit is entered once, so each circle is met once."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in lines:
        way: list[str] = []
        on_way: dict[str, int] = {}
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            code, leaving = todo.pop()
            if leaving:
                done.add(code)
                del on_way[way.pop()]
                continue
            if code in on_way:
                found.append(way[on_way[code] :])
                continue
            if code in done:
                continue
            on_way[code] = len(way)
            way.append(code)
            todo.append((code, True))
            todo += [(above, False) for above in lines.get(code, ())]
    return found
