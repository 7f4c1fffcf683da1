"""The shape of a file of rule tests (`alertd test`): dossiers, answers and a clock, and who is told what and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from alertd.config.organisation import PersonModel  # noqa: TC001 - pydantic reads it
from alertd.config.strict import Strict
from alertd.config.times import day_of
from alertd.config.values import Code, OneOrMany, Text, fault, form, instant
from alertd.core.worktime import FIRST_YEAR, LAST_YEAR

NOBODY = "nobody"
_AT = form(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?")


def _given(value: Any) -> datetime:
    """An instant in the years that a calendar can be asked about."""
    made = instant(value)
    if made is None:
        raise fault("type.text")
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        raise fault("instant.bad", value=str(value))
    return made


def _due(value: Any) -> date | datetime:
    """A bare date means the day, as it does in a feed."""
    made = _given(value)
    try:
        return day_of(str(value).strip()) or made
    except ValueError:
        return made


At = Annotated[datetime, PlainValidator(_given, json_schema_input_type=_AT)]
Due = Annotated[date | datetime, PlainValidator(_due, json_schema_input_type=_AT)]


class DossierModel(Strict):
    """A dossier as a feed shows it; the keys are those of a feed's columns."""

    code: Text
    unit: Text = ""
    officer: Annotated[tuple[Text, ...], OneOrMany] = ()
    procedure_code: Text = ""
    procedure: Text = ""
    field: Text = ""
    channel: Literal["direct", "online", "postal", "unknown"] = "unknown"
    phase: Literal["pre", "running", "paused", "done", "returned", "cancelled", "rejected", "unknown"] = "running"
    submitted_at: At | None = None
    accept_due_at: At | None = None
    received_at: At | None = None
    due_at: Due | None = None
    finished_at: At | None = None
    returned_at: At | None = None


class AnswerModel(Strict):
    """Somebody acknowledges a dossier."""

    person: Code
    dossier: Text | None = None
    at: At


class ClockModel(Strict):
    """From when to before when the test looks."""

    first: At | None = Field(default=None, alias="from")
    last: At = Field(alias="to")


class ExpectModel(Strict):
    """One step of one dossier, told to one or more people at an instant."""

    dossier: Text | None = None
    step: Code
    at: At
    to: Annotated[tuple[Code, ...], OneOrMany, Field(min_length=1)]


def _expected(value: Any) -> Any:
    return [] if isinstance(value, str) and value.strip() == NOBODY else value


_EXPECTED = Literal["nobody"] | tuple[ExpectModel, ...]
Expected = Annotated[tuple[ExpectModel, ...], BeforeValidator(_expected, json_schema_input_type=_EXPECTED)]


class TestModel(Strict):
    """One test."""

    __test__ = False  # none of pytest's

    name: Text
    people: Annotated[tuple[PersonModel, ...], OneOrMany] = ()
    dossiers: Annotated[tuple[DossierModel, ...], OneOrMany, Field(min_length=1)]
    acknowledged: Annotated[tuple[AnswerModel, ...], OneOrMany] = ()
    clock: ClockModel
    expect: Expected


class TestsModel(Strict):
    """A file of tests."""

    __test__ = False

    tests: Annotated[tuple[TestModel, ...], OneOrMany, Field(min_length=1)]
