"""The holidays library, as adviser only: it lacks swaps announced a week ahead. Names are for people to read."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Advice(NamedTuple):
    """What the library knows of one year: days off and make-up working days."""

    off: frozenset[date]
    worked: frozenset[date]


def advice(year: int) -> Advice | None:
    """Vietnam's special days of a year; None where the library is not installed or does not know."""
    known = _known(year)
    if known is None:
        return None
    worked = {day for day in known.weekend_workdays if day.year == year}  # the library leaks other years' into this set
    return Advice(frozenset(day for day in known if day.year == year), frozenset(worked))


def names(year: int) -> Mapping[date, str]:
    """What the library calls the days off of a year, in Vietnamese; other names in other releases."""
    return dict(_known(year, language="vi") or {})


def _known(year: int, **how: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module("holidays").country_holidays("VN", years=year, **how)
    except (ImportError, AttributeError, NotImplementedError, ValueError):
        return None
