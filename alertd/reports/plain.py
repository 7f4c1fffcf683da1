"""A report as JSON can hold it: for programs, and for whoever wants to look at every number (docs/report.md)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from alertd.core.organisation import Span
from alertd.core.rates.counts import Counts
from alertd.core.rates.rate import Rate
from alertd.core.weekly import RateCell, ScorePart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

#: Shares of 1 keep so many decimals.
_DECIMALS = 6


def plain(value: Any, zone: ZoneInfo) -> Any:
    """Any value of a report; instants in the zone that people see, shares of 1 as numbers."""
    if isinstance(value, Fraction):
        return round(float(value), _DECIMALS)
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Counts):
        return value.values()
    if is_dataclass(value):
        return {name: plain(each, zone) for name, each in _values(value).items()}
    if isinstance(value, dict):
        return {str(key): plain(each, zone) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each, zone) for each in value]
    return value


def _values(value: Any) -> Mapping[str, Any]:
    """The fields of a value, with what follows from them."""
    if isinstance(value, Rate):
        return {
            "numerator": value.numerator, "denominator": value.denominator, "unknown": value.unknown,
            "dossiers": value.dossiers, "value": value.value, "coverage": value.coverage,
        }  # fmt: skip
    if isinstance(value, Span):
        return {"from": value.first, "until": value.last}
    made = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, RateCell):
        made["change"] = value.change
    if isinstance(value, ScorePart):
        made["points"] = value.points
    return made
