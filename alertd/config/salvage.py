"""What can still be looked at in a file with structural faults, so that `check` tells everything in one go.

Each faulty value is left out, then whatever needed it; what remains is validated again. Places keep pointing at the
original text, because the source is told which entries of its lists are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from alertd.config.calendar import CalendarModel
from alertd.config.organisation import OrganisationModel
from alertd.config.settings import Settings

if TYPE_CHECKING:
    from alertd.config.source import Path, Source
    from alertd.config.strict import Strict

_M = TypeVar("_M", bound="Strict")
_ROUNDS = 12
#: What stands in for a top key that is missing or faulty; `check` says nothing that would follow from it.
_STAND_INS: dict[type[Any], dict[str, Any]] = {
    Settings: {
        "timezone": "Asia/Ho_Chi_Minh",
        "storage": {"url": "sqlite:///var/alertd.db"},
        "feeds": [],
        "channels": {},
    },
    OrganisationModel: {"fallback": "person:-", "units": [], "people": []},
    CalendarModel: {"default": {"sessions": {"mon-fri": ["07:30-11:30", "13:00-17:00"]}}},
}
#: Begins every name that stands in for a faulty one: a character that no keyboard has.
_MARK = "\ue000"
#: What stands in for one value of an entry, so that its other values can be looked at: a name, a target or an offset
#: that equals no other one.
_NAMES = frozenset({"name", "id", "code", "unit", "post", "channel", "to"})
_OFFSET = "at"


def is_stand_in(value: object) -> bool:
    """Whether a value, or a name in it, stands in for a faulty one."""
    return isinstance(value, str) and value.startswith(_MARK)


def salvage(source: Source, model: type[_M]) -> _M | None:
    """The file without its faulty parts; None when nothing is left to look at."""
    removed: set[Path] = set()
    added: dict[Path, Any] = {}
    for _ in range(_ROUNDS):
        source.kept = {}
        values = _without(source.values, removed, added, (), source.kept)
        try:
            made = model.model_validate(values)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                if not _mend(source, model, detail["type"], tuple(detail["loc"]), removed, added):
                    return None
        else:
            return made
    return None


def _mend(source: Source, model: type[Any], kind: str, loc: Path, removed: set[Path], added: dict[Path, Any]) -> bool:
    """Leave a faulty value out, or let something stand in for one that is missing; False when nothing more helps."""
    if kind == "missing" and len(loc) > 1 and str(loc[-1]) in {*_NAMES, _OFFSET}:
        parent = _existing(source.values, source.original(loc[:-1]))
        path = (*parent, str(loc[-1]))
        if isinstance(_value(source.values, parent), dict) and path not in added:
            number = len(added) + 1
            added[path] = f"0.{number:05}1m" if loc[-1] == _OFFSET else f"{_MARK}{number}"
            return True
    path = _existing(source.values, source.original(loc))
    while path in removed:  # what needed the value goes with it
        path = path[:-1]
    if path:
        removed.add(path)
        return True
    key = str(loc[0]) if loc else ""
    if key not in _STAND_INS.get(model, {}) or (key,) in added:
        return False
    added[key,] = _STAND_INS[model][key]
    return True


def _value(values: Any, path: Path) -> Any:
    for part in path:
        values = values[part]
    return values


def _existing(values: Any, path: Path) -> Path:
    """The part of a path that is really written; pydantic adds names of its own and names what is missing."""
    made: Path = ()
    for part in path:
        if isinstance(values, dict) and part in values:
            values = values[str(part)]
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            continue
        made = (*made, part)
    return made


def _without(values: Any, removed: set[Path], added: dict[Path, Any], path: Path, kept: dict[Path, list[int]]) -> Any:
    if isinstance(values, dict):
        stays = {k: _without(v, removed, added, (*path, k), kept)
                 for k, v in values.items() if (*path, k) not in removed}  # fmt: skip
        return stays | {str(at[-1]): value for at, value in added.items() if at[:-1] == path}
    if isinstance(values, list):
        left = [index for index in range(len(values)) if (*path, index) not in removed]
        if len(left) < len(values):
            kept[path] = left
        return [_without(values[index], removed, added, (*path, index), kept) for index in left]
    return values
