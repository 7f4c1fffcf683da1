"""The name that was probably meant."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from alertd.config.findings import language
from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHOWN = 8
#: Of more names than this only those that share most pairs of letters are compared: a province has thousands.
_FEW, _LIKELY = 200, 40


class _Names(NamedTuple):
    """Names in order, by their folded form, and the folded forms by their pairs of letters."""

    known: list[str]
    folded: Mapping[str, str]
    pairs: Mapping[str, list[str]]


def nearest(name: object, names: Iterable[object], *, english: bool | None = None) -> str:
    """`có phải là 'TP'?`, or the names there are; for the second half of a finding, in its language if not told."""
    among = names if isinstance(names, frozenset) else frozenset(map(str, names))
    english = language() == "en" if english is None else english
    found = _nearest(fold(str(name)), among)
    if found is not None:
        return f"did you mean '{found}'?" if english else f"có phải là '{found}'?"
    if not among:
        return "there is none to choose from" if english else "chưa có tên nào để chọn"
    known = _names(among).known
    listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    return f"known are: {listed}" if english else f"hiện có: {listed}"


@lru_cache(maxsize=4096)
def _nearest(name: str, among: frozenset[str]) -> str | None:
    names = _names(among)
    likely: Iterable[str] = names.folded
    if len(names.folded) > _FEW:
        shared = Counter(other for pair in _pairs(name) for other in names.pairs.get(pair, ()))
        likely = [other for other, _ in shared.most_common(_LIKELY)]
    found = get_close_matches(name, list(likely), n=1, cutoff=0.6)
    return names.folded[found[0]] if found else None


@lru_cache(maxsize=16)
def _names(among: frozenset[str]) -> _Names:
    known = sorted(map(str, among))
    folded: dict[str, str] = {}
    pairs: dict[str, list[str]] = {}
    for name in known:
        if folded.setdefault(fold(name), name) is name:
            for pair in _pairs(fold(name)) if len(known) > _FEW else ():
                pairs.setdefault(pair, []).append(fold(name))
    return _Names(known, folded, pairs)


def _pairs(folded: str) -> set[str]:
    """Neighbours, and the first and the last letter by themselves."""
    edged = f" {folded} "
    return {edged[at : at + 2] for at in range(len(edged) - 1)}
