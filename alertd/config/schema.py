"""JSON Schema of the configuration's files for editors: completion, help on every key, faults of form as one types.

What `alertd check` refuses for its form an editor refuses too; what takes more than one value to judge stays `check`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from alertd.config.calendar import CalendarModel
from alertd.config.escalation import EscalationModel
from alertd.config.help import help_of, key_help, title_of
from alertd.config.organisation import OrganisationModel
from alertd.config.rule_tests import TestsModel
from alertd.config.settings import Settings
from alertd.config.targets import TargetsModel
from alertd.config.values import one_or_many

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from alertd.config.strict import Strict

Json = dict[str, Any]
#: Editors know this dialect best.
DIALECT = "http://json-schema.org/draft-07/schema#"
#: The files that a schema is made for, and their models; `tests` is any file of rule tests.
MODELS: dict[str, type[Strict]] = {
    "alertd": Settings,
    "escalation": EscalationModel,
    "organisation": OrganisationModel,
    "calendar": CalendarModel,
    "targets": TargetsModel,
    "tests": TestsModel,
}
FILES = tuple(MODELS)
#: The only file that may say nothing.
MAY_BE_EMPTY = "targets"


def schema(file: str) -> Json:
    """The schema of one of `FILES`."""
    head = {"$schema": DIALECT, "title": file, "description": title_of(file)}
    made: Json = _counted(MODELS[file].model_json_schema(schema_generator=_Editors))
    if file == MAY_BE_EMPTY:
        made["type"] = [made["type"], "null"]
    return head | made


class _Editors(GenerateJsonSchema):
    """Pydantic's schema with our help, without titles and defaults, and with what `Strict` lets pass."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        """A key's name is title enough."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        """Defaults are values of Python here; the help says them as the file would."""
        return self.generate_inner(schema["schema"])

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Json:
        """A single value stands for a list of one, where that is offered."""
        made = super().function_before_schema(schema)
        if schema["function"]["function"] is one_or_many and "items" in made:
            return {"anyOf": [made["items"], made]}
        return made

    def dict_schema(self, schema: core_schema.DictSchema) -> Json:
        """A mapping with keys of one's own; where the keys are known, each is offered."""
        keys, values = self.generate_inner(schema["keys_schema"]), self.generate_inner(schema["values_schema"])
        if "enum" in keys:
            made = {name: dict(values) for name in keys["enum"]}
            return {"type": "object", "properties": made, "additionalProperties": False}
        return {"type": "object", "propertyNames": keys, "additionalProperties": values}

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> Json:
        """Told apart by the value of one key, which each choice writes as a constant."""
        return {"oneOf": super().tagged_union_schema(schema)["oneOf"]}

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        """One mapping: help on each key, and nothing behind an optional key counts as not written."""
        made = super().model_schema(schema)
        model: type[Strict] = schema["cls"]
        made.pop("description", None)
        made.pop("title", None)
        required = set(made.get("required", ()))
        for key, shown in made["properties"].items():
            made["properties"][key] = _with_help(model, key, shown, empty=key not in required or key in model.bare)
        return made


def _counted(made: Any) -> Any:
    """A least number of entries, where pydantic took a list that may be one value for a text with a least length."""
    if isinstance(made, list):
        return [_counted(item) for item in made]
    if not isinstance(made, dict):
        return made
    least = made.get("minLength")
    for many in made.get("anyOf", ()) if least else ():
        if "items" in many:
            many["minItems"] = least
            del made["minLength"]
    return {key: _counted(value) for key, value in made.items()}


def _with_help(model: type[Strict], key: str, shown: Json, *, empty: bool) -> Json:
    for inner in (shown, *shown.get("anyOf", ())):
        for name, value in inner.get("properties", {}).items():
            inner["properties"][name] = {"description": key_help(key, name), **_beside(value)}
    made = _beside(shown)
    if empty:
        choices = made.pop("anyOf", None) or [made]
        made = {"anyOf": choices if {"type": "null"} in choices else [*choices, {"type": "null"}]}
    return {"description": help_of(model, key), **made}


def _beside(shown: Json) -> Json:
    """A reference that may have a description beside it: in this dialect nothing beside a bare one is read."""
    return {"allOf": [shown]} if "$ref" in shown else dict(shown)
