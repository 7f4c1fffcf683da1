"""JSONPath (RFC 9535), compiled when the configuration is loaded, so that a fault carries its line; its only place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.selectors import IndexSelector, NameSelector
from pydantic import PlainValidator

from alertd.config.values import fault, written

if TYPE_CHECKING:
    from jsonpath import JSONPath

#: `strict`: the standard's syntax and nothing of the library's own, so that a path works elsewhere too.
_ENVIRONMENT = JSONPathEnvironment(strict=True)
_ONE = (NameSelector, IndexSelector)


class Path:
    """A compiled path; called with a JSON value it gives everything that it finds there, in order."""

    __slots__ = ("_compiled", "_steps", "text")

    def __init__(self, text: str, compiled: JSONPath) -> None:
        self.text = text
        self._compiled = compiled
        self._steps = steps(compiled)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"

    def __call__(self, value: object) -> list[object]:
        """All that is found. Raises ValueError where JSON is nested too deeply to be searched."""
        if not isinstance(value, dict | list):  # a text would be taken for JSON to parse
            return [] if self._compiled.segments else [value]
        if self._steps is not None:
            return walked(value, self._steps)
        try:
            return self._compiled.findall(value)
        except (JSONPathError, RecursionError):
            raise ValueError(f"the path {self.text} cannot be followed in it") from None


def steps(compiled: JSONPath) -> tuple[str | int, ...] | None:
    """The names and indices of a path that leads to one place at most; None for any other.

    Nearly every path of a field is one, and there are twenty of them for each of a hundred thousand rows.
    """
    if not compiled.singular_query():
        return None
    selectors = [selector for segment in compiled.segments for selector in segment.selectors]
    made = [s.name if isinstance(s, NameSelector) else s.index for s in selectors if isinstance(s, _ONE)]
    return tuple(made) if len(made) == len(selectors) else None


def walked(value: object, steps: tuple[str | int, ...]) -> list[object]:
    """What stands at the end of the steps; nothing where one of them leads nowhere."""
    for step in steps:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return []
            value = value[step]
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return []
    return [value]


def compiled(text: str) -> Path:
    """A path that is right; raises JSONPathError, or RecursionError for one of absurd length."""
    return Path(text, _ENVIRONMENT.compile(text))  # type: ignore[arg-type]  # strict: there are no compound paths


def _path(value: Any) -> Path:
    text = written(value).strip()
    try:
        return compiled(text)
    except (JSONPathError, RecursionError) as error:
        token = getattr(error, "token", None)
        at = token.index if token is not None else 0
        raise fault("path.bad", value=text, position=len(text) if at < 0 else at + 1) from None


PathText = Annotated[Path, PlainValidator(_path, json_schema_input_type=str)]
