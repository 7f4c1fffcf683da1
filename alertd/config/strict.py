"""The base of all models: frozen, unknown keys refused with the nearest known one, empty values taken for absent."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from alertd.config.secrets import Filled, Secret


class Strict(BaseModel):
    """A mapping of the configuration with a fixed set of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    #: Keys whose bare `key:` means an empty mapping and not an absent key.
    bare: ClassVar[frozenset[str]] = frozenset()
    #: The code of the fault for a key that is not known.
    unknown: ClassVar[str] = "key.unknown"

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict):
            return data
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        kept: dict[str, Any] = {}
        for key, value in data.items():
            field = fields.get(key)
            if field is None:
                if info.context is not None:
                    info.context.unknown_key(data, key, cls.unknown, list(fields))
                continue
            if value is None and key in cls.bare:
                kept[key] = {}
            elif value is None or _must_wait(value, field.annotation, required=field.is_required()):
                continue
            else:
                kept[key] = value
        return kept


def _must_wait(value: Any, annotation: Any, *, required: bool) -> bool:
    """Whether a value with an unset `${NAME}` cannot be read yet: its default stands in until `run` refuses."""
    if not isinstance(value, Filled) or not value.unset or required:
        return False
    return not _kinds(annotation) & {str, Secret}


def _kinds(annotation: Any) -> set[Any]:
    """The classes that an annotation is made of: `Annotated[Secret, …] | None` is Secret and None."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    return {annotation}
