"""`${NAME}` in alertd.yaml: from the environment, else from a file of that name: a credential, or one in `secrets/`.

systemd puts credentials into $CREDENTIALS_DIRECTORY; `secrets/` stands beside alertd.yaml. A name that is set nowhere
is no fault of the file: it is listed, and only `run` refuses to start without it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from alertd.config.findings import Finding, Place
from alertd.config.tree import Mapping, Scalar
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from alertd.config.source import Source

#: The folder beside alertd.yaml, for its owner only, a file a secret.
FOLDER = "secrets"
REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Unset(NamedTuple):
    """A name that neither the environment nor the credentials folder has, and where it is asked for."""

    name: str
    file: str
    line: int
    column: int


class Filled(Scalar):
    """A text with secrets put in; shown as stars wherever Python shows values by themselves."""

    __slots__ = ("unset", "written")
    written: str
    unset: tuple[str, ...]

    def __repr__(self) -> str:
        return "'***'"


class Secret:
    """A password, token or key. Its text comes out of `reveal` only."""

    __slots__ = ("_text", "missing")

    def __init__(self, text: str | None, missing: tuple[str, ...] = ()) -> None:
        self._text = text
        self.missing = missing

    @property
    def is_set(self) -> bool:
        """Whether there is a value."""
        return self._text is not None

    def reveal(self) -> str:
        """The value; raises InputError when a name in it is set nowhere."""
        if self._text is None:
            names = ", ".join(f"${{{name}}}" for name in self.missing)
            raise InputError(f"{names} is not set; put it into the environment, {FOLDER}/ or the credentials folder")
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self._text, self.missing) == (other._text, other.missing)

    def __hash__(self) -> int:
        return hash((self._text, self.missing))

    def __repr__(self) -> str:
        return "Secret('***')" if self.is_set else "Secret(unset)"

    __str__ = __repr__


def lookup(name: str, home: Path) -> str | None:
    """The value of a name; `home` is the configuration's folder. A file's last line break is no part."""
    value = os.environ.get(name)
    if value is not None:
        return value
    for path in _files(name, home):
        with suppress(OSError, UnicodeDecodeError):
            return path.read_text(encoding="utf-8").rstrip("\r\n")
    return None


def place_of(name: str, home: Path) -> str:
    """Where the value of a name stands, for whoever has to mend it: `$NAME` or a file."""
    if name in os.environ:
        return f"${name}"
    files = _files(name, home)
    return str(next((path for path in files if path.is_file()), files[-1]))


def _files(name: str, home: Path) -> list[Path]:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    return [Path(folder) / name for folder in (credentials, home / FOLDER) if folder]


def fill(source: Source, home: Path) -> list[Unset]:
    """Put the values of all `${NAME}` into a file's values, in place; the list of those that are not set."""
    unset: list[Unset] = []
    source.values = _filled(source, home, source.values, (), unset, set())
    return unset


def _filled(
    source: Source, home: Path, value: Any, path: tuple[str | int, ...], unset: list[Unset], done: set[int]
) -> Any:
    if isinstance(value, Scalar):
        return _substituted(value, home, source.at(*path), unset) if REFERENCE.search(value) else value
    if id(value) in done:  # reached through an alias a second time
        return value
    if isinstance(value, Mapping):
        done.add(id(value))
        for key, item in value.items():
            value[key] = _filled(source, home, item, (*path, str(key)), unset, done)
    elif isinstance(value, list):
        done.add(id(value))
        for index, item in enumerate(value):
            value[index] = _filled(source, home, item, (*path, index), unset, done)
    return value


def _substituted(value: Scalar, home: Path, place: Place, unset: list[Unset]) -> Filled:
    found = {name: lookup(name, home) for name in REFERENCE.findall(value)}
    missing = tuple(name for name, text in found.items() if text is None)
    unset += [Unset(name, *place) for name in missing]
    # a text with something missing stays as written: nothing uses it before `run` has refused
    text = str(value) if missing else REFERENCE.sub(lambda match: found[match[1]] or "", value)
    made = Filled(text)
    made.plain, made.written, made.unset = False, str(value), missing
    return made


def unset_warnings(unset: list[Unset]) -> list[Finding]:
    """What `check` says about names that are not set."""
    return [Finding.of("secret.unset", Place(item.file, item.line, item.column), name=item.name) for item in unset]
