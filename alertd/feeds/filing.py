"""How a dossier was filed, as feeds write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.dossier import Filing
from alertd.core.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUILT_IN: Mapping[str, Filing] = {
    "truc tuyen": Filing.ONLINE,
    "online": Filing.ONLINE,
    "true": Filing.ONLINE,
    "1": Filing.ONLINE,
    "truc tiep": Filing.DIRECT,
    "direct": Filing.DIRECT,
    "0": Filing.DIRECT,
    "false": Filing.DIRECT,
    "bcci": Filing.POSTAL,
    "buu chinh": Filing.POSTAL,
    "buu chinh cong ich": Filing.POSTAL,
    "postal": Filing.POSTAL,
}


def own_values(channel_values: Mapping[str, Sequence[str]]) -> dict[str, Filing]:
    """A feed's `channel_values`, by their folded text. Raises ValueError for a channel that does not exist."""
    return {fold(value): Filing(name) for name, values in channel_values.items() for value in values}


def filing_of(text: str, own: Mapping[str, Filing]) -> Filing:
    """The channel that a text means, whole and without regard to case or marks; unknown is never taken for "no"."""
    name = fold(clean(text))
    return own.get(name) or BUILT_IN.get(name, Filing.UNKNOWN)
