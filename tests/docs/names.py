"""Names of the code on a page, and whether the project has them.

Between backquotes: `jobs/poll.Poll.tick`, `core/worktime` and `store/` stand under `alertd/`, `tests/jobs/` and `config/alertd.yaml`
under the project; `clock.Clock` is a class of a module at the top, `dossiers.next_step_at` a column.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

from alertd.store.tables import metadata
from tests.docs.room import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PLACE = re.compile(r"\.?[a-z]\w*(?:/[\w.-]*)+|[a-z_]+\.[A-Z]\w+(?:\.\w+)*")
_COLUMN = re.compile(r"([a-z_]+)\.([a-z_]+)")


def named(page: Path) -> list[str]:
    """The names on a page that look like a place in the code, in order."""
    quoted = _QUOTED.findall(re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    return [text for text in quoted if _PLACE.fullmatch(text) or _table(text) is not None]


def exists(name: str) -> bool:
    """Whether the project has what a name says."""
    if (column := _COLUMN.fullmatch(name)) and (table := _table(name)) is not None:
        return column[2] in table.columns
    if (ROOT / name).exists() or (ROOT / "alertd" / name).exists():
        return True
    folder, _, last = name.rpartition("/")
    module, *attributes = last.split(".")
    place = ROOT / "alertd" / folder / module
    if not place.is_dir() and not place.with_suffix(".py").is_file():
        return False
    thing: object = importlib.import_module(
        ".".join(["alertd", *folder.split("/"), module] if folder else ["alertd", module])
    )
    for attribute in attributes:
        if attribute in getattr(thing, "__dataclass_fields__", {}):
            return True
        thing = getattr(thing, attribute, None)
        if thing is None:
            return False
    return True


def _table(name: str):
    found = _COLUMN.fullmatch(name)
    return metadata.tables.get(found[1]) if found else None
