"""YAML nodes as plain Python values that still know how they were written.

Every plain scalar stays text: the models say what a value should be, so that `08`, `no` or a telephone number is never
turned into something else on the way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from alertd.config.findings import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Values expanded through aliases beyond this many are an attack or an accident.
MOST_VALUES = 2_000_000
_NULL = re.compile(r"~|null|Null|NULL|")
#: What some YAML reader takes for something quite other than the text that stands there: truth values, nothing, octal
#: numbers, minutes in sixties. Plain numbers keep their text here, so they surprise nobody.
_SURPRISE = re.compile(
    r"(?i:~|null|true|false|yes|no|on|off)"
    r"|[-+]?0[0-9_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?0o[0-7_]+|[-+]?[0-9]+_[0-9_]*"
    r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?0:[0-5]?[0-9]"
    r"|[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


class Scalar(str):
    """A value as written; `plain` when it stands without quotes."""

    __slots__ = ("plain",)
    plain: bool

    @property
    def surprising(self) -> bool:
        """Whether some YAML reader would take it for a number, a truth value or nothing."""
        return self.plain and bool(_SURPRISE.fullmatch(self))


def scalar(text: str, *, plain: bool) -> Scalar:
    """Make a Scalar."""
    made = Scalar(text)
    made.plain = plain
    return made


class Mapping(dict[str, Any]):
    """A mapping that knows its node."""

    __slots__ = ("node",)
    node: MappingNode | None


class Builder:
    """Turns one document's nodes into values; faults go to `findings`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._made: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def place(self, node: Node) -> Place:
        """Where a node begins."""
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def fault(self, code: str, node: Node, /, **named: object) -> None:
        """Note a fault at a node."""
        self.findings.append(Finding.of(code, self.place(node), **named))

    def build(self, node: Node) -> Any:
        """The value of a document's root; None when it was too big to be meant."""
        value, size = self._value(node)
        if size > MOST_VALUES:
            self.fault("yaml.alias", node)
            return None
        return value

    def _value(self, node: Node) -> tuple[Any, int]:
        known = self._made.get(id(node))
        if known is not None:
            return known
        if id(node) in self._open:
            self.fault("yaml.alias", node)
            return None, 1
        if not str(node.tag).startswith("tag:yaml.org,2002:"):
            self.fault("yaml.tag", node, tag=node.tag)
        self._open.add(id(node))
        made = self._make(node)
        self._open.discard(id(node))
        self._made[id(node)] = made
        return made

    def _make(self, node: Node) -> tuple[Any, int]:
        if isinstance(node, ScalarNode):
            plain = node.style is None
            return (None if plain and _NULL.fullmatch(node.value) else scalar(node.value, plain=plain)), 1
        if isinstance(node, MappingNode):
            return self._mapping(node)
        parts = [self._value(item) for item in node.value]
        return [value for value, _ in parts], 1 + sum(size for _, size in parts)

    def _mapping(self, node: MappingNode) -> tuple[Mapping, int]:
        made = Mapping()
        made.node = node
        total = 1
        for key, item in node.value:
            if not isinstance(key, ScalarNode):
                self.fault("yaml.key", key)
                continue
            value, size = self._value(item)
            total += size
            name = scalar(key.value, plain=key.style is None)
            if name in made:
                self.fault("yaml.duplicate", key, key=name)
                continue
            made[name] = value
        return made, total


def pairs(node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
    """Keys and values of a mapping node with plain keys; nothing for any other node."""
    if isinstance(node, MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, ScalarNode))
