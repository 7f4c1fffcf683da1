"""The shape of `retention:` in alertd.yaml: how long each class of data is kept."""

from __future__ import annotations

from typing import Annotated

from alertd.config.strict import Strict
from alertd.config.values import TermText, unless
from alertd.core.keeping import Kind, Term

Kept = Annotated[TermText | None, unless("keep", TermText)]


class Retention(Strict):
    """What is past its term goes in the quiet hours. None, written `keep`, is for ever."""

    dossiers: Kept = Term(years=5)
    messages: Kept = Term(years=2)
    access: Kept = Term(years=5)
    quarantine: Kept = Term(days=90)
    inbound: Kept = Term(days=90)
    polls: Kept = Term(days=90)
    configurations: Kept = Term(years=5)
    weeks: Kept = None

    @property
    def terms(self) -> dict[Kind, Term]:
        """The classes that have an end."""
        found = {kind: getattr(self, kind.value) for kind in Kind}
        return {kind: term for kind, term in found.items() if term is not None}
