"""The name that was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from alertd.config.findings import language
from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 8
#: Beyond this many names the comparison of each would cost more than it helps.
_COMPARED = 6000


def nearest(name: object, names: Iterable[object]) -> str:
    """`có phải là 'TP'?`, or the names there are; for the second half of a finding."""
    known = sorted({str(n) for n in names})
    folded: dict[str, str] = {}
    for candidate in known[:_COMPARED]:
        folded.setdefault(fold(candidate), candidate)
    found = get_close_matches(fold(str(name)), list(folded), n=1, cutoff=0.6)
    english = language() == "en"
    if found:
        return f"did you mean '{folded[found[0]]}'?" if english else f"có phải là '{folded[found[0]]}'?"
    if not known:
        return "there is none to choose from" if english else "chưa có tên nào để chọn"
    listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    return f"known are: {listed}" if english else f"hiện có: {listed}"
