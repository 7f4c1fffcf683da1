"""The holidays library, as adviser only: it lacks swaps announced a week ahead. Names are never looked at."""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Advice(NamedTuple):
    """What the library knows of one year: days off and make-up working days."""

    off: frozenset[date]
    worked: frozenset[date]


def advice(year: int) -> Advice | None:
    """Vietnam's special days of a year; None where the library is not installed or does not know."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = importlib.import_module("holidays").country_holidays("VN", years=year)
    except (ImportError, AttributeError, NotImplementedError, ValueError):
        return None
    worked = {day for day in known.weekend_workdays if day.year == year}  # the library leaks other years' into this set
    return Advice(frozenset(day for day in known if day.year == year), frozenset(worked))
