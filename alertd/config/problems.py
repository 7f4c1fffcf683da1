"""Pydantic's errors as findings with file, line and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alertd.config.feeds import FEED_TYPES
from alertd.config.findings import Finding
from alertd.config.nearest import nearest
from alertd.config.tree import Mapping, pairs

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from alertd.config.source import Source

#: How long the path of a feed is: `feeds`, its number.
_FEED = 2
_QUOTED = re.compile(r"'([^']*)'")
_TYPES = {
    "list_type": "type.list",
    "tuple_type": "type.list",
    "dict_type": "type.mapping",
    "model_type": "type.mapping",
    "model_attributes_type": "type.mapping",
    "too_short": "list.empty",
}


class Problems:
    """What is wrong with one file; also the context that models report unknown keys to."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def unknown_key(self, data: dict[str, Any], key: object, code: str, known: list[str]) -> None:
        """A key that the model does not have, at the key itself."""
        place = self.source.at()
        if isinstance(data, Mapping):
            node = next((k for k, _ in pairs(data.node) if k.value == str(key)), None)
            place = self.source.place(node)
        self.findings.append(Finding.of(code, place, key=key, near=nearest(key, known)))

    def add(self, error: ValidationError) -> None:
        """All faults of one validation."""
        for detail in error.errors(include_url=False):
            self.findings.append(self._finding(detail))

    def _finding(self, detail: ErrorDetails) -> Finding:
        kind, path = detail["type"], tuple(detail["loc"])
        named: dict[str, Any] = dict(detail.get("ctx") or {})
        if path and path[-1] == "[key]":
            return self._bad_key(kind, path[:-1], named)
        if kind == "missing":
            return Finding.of("key.missing", self.source.at(*path[:-1]), key=path[-1])
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            return self._type(path, named)
        if kind == "literal_error":
            return self._choice("value.choice", self.source.at(*path), detail["input"], named)
        if kind in ("bool_parsing", "bool_type"):
            shown = detail["input"] if isinstance(detail["input"], str) else "…"
            return Finding.of("bool.bad", self.source.at(*path), value=shown)
        if kind == "step.times":
            return Finding.of(kind, self.source.key(*path, "times"))
        return Finding.of(_TYPES.get(kind, kind), self.source.at(*path), **named)

    def _type(self, path: tuple[str | int, ...], named: dict[str, Any]) -> Finding:
        """A `type` that is unknown or missing: of a feed, or of a part of one."""
        written = self.source.has(*path, "type")
        place = self.source.at(*path, "type") if written else self.source.at(*path)
        is_feed = path[:1] == ("feeds",) and len(path) <= _FEED
        known = _QUOTED.findall(str(named.get("expected_tags", ""))) or (FEED_TYPES if is_feed else ())
        if not known:
            return Finding.of("key.missing", place, key="type")
        tag = named.get("tag", "")
        return Finding.of("feed.type" if is_feed else "value.choice", place, value=tag, near=nearest(tag, known))

    def _bad_key(self, kind: str, path: tuple[str | int, ...], named: dict[str, Any]) -> Finding:
        place = self.source.key(*path)
        if kind == "literal_error":
            return self._choice("key.unknown", place, path[-1], named)
        return Finding.of(_TYPES.get(kind, kind), place, **named)

    def _choice(self, code: str, place: Any, value: object, named: dict[str, Any]) -> Finding:
        known = _QUOTED.findall(str(named.get("expected", "")))
        return Finding.of(code, place, key=value, value=value, near=nearest(value, known))
