"""Terms of storage that would take away what is still needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.findings import language
from alertd.config.reading import ALERTD
from alertd.config.wording_retention import NEEDED
from alertd.core.keeping import LEAST, Kind

if TYPE_CHECKING:
    from alertd.config.checks.context import Context


def check(context: Context) -> None:
    """Look at each term of `retention`."""
    if context.settings is None:
        return
    terms = context.settings.retention.terms
    for kind, term in terms.items():
        if term.shorter(LEAST[kind]):
            why = NEEDED[kind][language() == "en"]
            place = context.at(ALERTD, "retention", kind.value)
            context.add("retention.short", place, key=kind.value, value=term, least=LEAST[kind], why=why)
    dossiers, messages = terms.get(Kind.DOSSIERS), terms.get(Kind.MESSAGES)
    if dossiers is not None and (messages is None or dossiers.shorter(messages)):
        written = (context.values(ALERTD, "retention") or {}).keys()
        key = Kind.MESSAGES.value if Kind.MESSAGES.value in written else Kind.DOSSIERS.value
        context.add(
            "retention.messages", context.at(ALERTD, "retention", key), messages=messages or "keep", dossiers=dossiers
        )
