"""One YAML file: its text, its values, and the line and column of each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from alertd.config.findings import Finding, Place
from alertd.config.tree import Builder, Mapping, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str | int, ...]
#: The place of entry N of another file, and of what a path within it names.
Locate = Callable[[int, Path], Place]
_TAB = re.compile(r"^[ ]*\t\s*[^\s#]")
#: Deeper nesting than any configuration has; the parser would run out of stack some way beyond.
_DEEPEST = 60


class Source:
    """A parsed file. `values` is None when nothing could be read; `findings` then says why."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.findings: list[Finding] = []
        self.values: Any = None
        #: By path of a list: which of its entries are left after `salvage`.
        self.kept: dict[Path, list[int]] = {}
        self._root: Node | None = None
        self._beyond: dict[str, tuple[int, Locate]] = {}
        self._index: dict[int, dict[str, tuple[Node, Node]]] = {}
        self._read()

    def _read(self) -> None:
        self.findings += [
            Finding.of("yaml.tab", Place(self.file, number, line.index("\t") + 1))
            for number, line in enumerate(self.text.splitlines(), 1)
            if _TAB.match(line)
        ]
        if self.findings:
            return
        if _too_deep(self.text):
            self.findings.append(Finding.of("yaml.deep", Place(self.file, 1, 1)))
            return
        self._root = self._compose()
        if self._root is None:
            if not self.findings:
                self.findings.append(Finding.of("file.empty", Place(self.file, 1, 1)))
            return
        builder = Builder(self.file)
        self.values = builder.build(self._root)
        self.findings += builder.findings
        if self.values is None and not self.findings:
            self.findings.append(Finding.of("file.empty", builder.place(self._root)))
        if self.values is not None and not isinstance(self.values, Mapping):
            self.findings.append(Finding.of("type.mapping", builder.place(self._root)))
            self.values = None

    def _compose(self) -> Node | None:
        reader = YAML(typ="safe", pure=True)
        try:
            root: Node | None = reader.compose(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file, 1, 1)
            self.findings.append(Finding.of("yaml.syntax", place, problem=_one_line(error.problem or error.context)))
        except RecursionError:
            self.findings.append(Finding.of("yaml.deep", Place(self.file, 1, 1)))
        except (YAMLError, ValueError, AttributeError, TypeError, IndexError, KeyError, AssertionError) as error:
            # ruamel lets some plain exceptions through for text that is no YAML at all (found by fuzzing)
            position = getattr(error, "position", 0)
            self.findings.append(Finding.of("yaml.syntax", self._offset(position), problem=_one_line(str(error))))
        else:
            return root
        return None

    def _offset(self, position: object) -> Place:
        before = self.text[: position if isinstance(position, int) else 0]
        return Place(self.file, before.count("\n") + 1, len(before) - before.rfind("\n"))

    def extend(self, key: str, more: list[Any], locate: Locate) -> None:
        """Put values from another file behind the list at a top key; `locate` knows their places."""
        own = self.values.get(key) or []
        own = own if isinstance(own, list) else [own]
        self._beyond[key] = (len(own), locate)
        self.values[key] = [*own, *more]

    def at(self, *path: str | int) -> Place:
        """Where the value at a path begins; of the nearest value above it that exists."""
        path = self.original(path)
        return self._elsewhere(path) or self.place(self._walk(path)[0])

    def key(self, *path: str | int) -> Place:
        """Where the key at the end of a path stands; as `at` for anything that has no key."""
        path = self.original(path)
        node, last = self._walk(path)
        return self._elsewhere(path) or self.place(last if last is not None else node)

    def original(self, path: Path) -> Path:
        """A path counted without the entries that `salvage` left out, as it was written."""
        made: Path = ()
        for part in path:
            left = self.kept.get(made)
            made = (*made, left[part] if left is not None and isinstance(part, int) and part < len(left) else part)
        return made

    def _elsewhere(self, path: Path) -> Place | None:
        if len(path) < 2 or path[0] not in self._beyond or not isinstance(path[1], int):  # noqa: PLR2004
            return None
        count, locate = self._beyond[str(path[0])]
        return locate(path[1] - count, path[2:]) if path[1] >= count else None

    def has(self, *path: str | int) -> bool:
        """Whether something is written at a path."""
        node: Node | None = self._root
        for part in path:
            found = self._step(node, part)
            if found is None:
                return False
            node = found[1]
        return node is not None

    def place(self, node: Node | None) -> Place:
        """Where a node begins; the top of the file for none."""
        if node is None:
            return Place(self.file, 1, 1)
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _walk(self, path: Sequence[str | int]) -> tuple[Node | None, Node | None]:
        """The node at a path and the key it stands under, if both exist to the end."""
        node, key = self._root, None
        for part in path:
            found = self._step(node, part)
            if found is None:
                key = None
                continue  # pydantic puts names of its own into a path (a feed's type); they are no part of the file
            key, node = found
        return node, key

    def _step(self, node: Node | None, part: str | int) -> tuple[Node | None, Node] | None:
        if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
            return None, node.value[part]
        if not isinstance(node, MappingNode):
            return None
        index = self._index.get(id(node))
        if index is None:
            index = self._index[id(node)] = {}
            for key, value in pairs(node):
                index.setdefault(key.value, (key, value))
        return index.get(str(part))


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())[:200]


def _too_deep(text: str) -> bool:
    """Whether brackets or indicators nest beyond any use; quotes are not looked at, so this errs to yes."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth = max(0, depth - 1)
    dashes = max((len(run) // 2 for run in re.findall(r"(?:[-?] )+", text)), default=0)
    indents = len({len(line) - len(line.lstrip(" ")) for line in text.splitlines()})
    return max(deepest, dashes) > _DEEPEST or indents > _DEEPEST * 4
