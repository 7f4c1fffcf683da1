"""The shape of targets.yaml: the goals of the plan, each with the document that sets it (reference 0.1)."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from alertd.config.organisation import Spanned
from alertd.config.strict import Strict
from alertd.config.values import Day, OneOrMany, Text, plain_text

_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_SHARE = re.compile(r"0(?:[.,]\d+)?|1(?:[.,]0+)?")
#: A scope: the whole district, each unit of a kind, one unit.
_SCOPE = re.compile(r"all|(?:kind:)?[^\s@:=\"']+")


def share(text: str) -> Fraction | None:
    """`50%`, `62,5%`, or a number from 0 to 1; None for anything else, also for more than all."""
    percent = _PERCENT.fullmatch(text)
    if percent is None and _SHARE.fullmatch(text) is None:
        return None
    made = Fraction(Decimal((percent[1] if percent else text).replace(",", ".")))
    made = made / 100 if percent else made
    return made if made <= 1 else None


def _scope(text: str) -> str | None:
    return text if _SCOPE.fullmatch(text) else None


_SHARE_FORM = r"^\s*(?:(?:100(?:[.,]0+)?|\d{1,2}(?:[.,]\d+)?)\s*%|0(?:[.,]\d+)?|1(?:[.,]0+)?)\s*$"
ShareText = Annotated[
    Fraction,
    plain_text("goal.value", share, {"type": ["string", "number"], "minimum": 0, "maximum": 1, "pattern": _SHARE_FORM}),
]
ScopeText = Annotated[
    str, plain_text("goal.scope", _scope, {"type": "string", "pattern": rf"^\s*(?:{_SCOPE.pattern})\s*$"})
]


class GoalModel(Spanned):
    """One goal; nothing about it is assumed."""

    scope: ScopeText
    indicator: Literal["R1", "R2", "R3", "R4", "R5", "R6", "R7"]
    value: ShareText
    basis: Text
    first: Day = Field(alias="from")


class TargetsModel(Strict):
    """targets.yaml."""

    targets: Annotated[tuple[GoalModel, ...], OneOrMany] = ()
