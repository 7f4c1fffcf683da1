"""Dossiers received in a year as the national evaluation counts them, beside our own count (reference 1.1.6).

The difference shows what was not synchronised, or what no feed shows us. It is told in `alertd status`; nothing is
decided by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alertd.core.directory import Directory


@dataclass(frozen=True, slots=True)
class Total:
    """What the evaluation says of one unit: how many dossiers it received in the year."""

    code: str
    name: str
    received: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One of our units: dossiers received by it and by what is below it."""

    unit: str
    national: int
    own: int


def differences(totals: Iterable[Total], own: Mapping[str, int], directory: Directory) -> list[Difference]:
    """Each of our units that the evaluation names by code, name or alias; `own` counts each unit by itself."""
    with_below: dict[str, int] = {}
    for unit, received in own.items():
        for above in directory.line(unit):
            with_below[above] = with_below.get(above, 0) + received
    national: dict[str, int] = {}
    for total in totals:
        meant = directory.unit(total.code) or directory.unit(total.name)
        if meant is not None:
            national.setdefault(meant, total.received)
    return [Difference(unit, received, with_below.get(unit, 0)) for unit, received in sorted(national.items())]
