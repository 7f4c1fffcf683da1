"""By what in organisation.yaml a dossier's unit and handlers were recognised, and where that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.directory import PLACEHOLDERS
from alertd.core.text import fold

if TYPE_CHECKING:
    from alertd.config.places import By
    from alertd.core.organisation import Unit
    from alertd.story.situation import Situation


def unit(of: Situation) -> dict[str, Any]:
    """The unit's code; what matched (`code`, `name`, `alias`), where it is written, and the unit that was followed."""
    shown = str(of.fields["unit"]).strip()
    units = of.rules.organisation.units
    found: tuple[str | None, By] = (None, ())
    if of.unit is not None:
        living = of.directory.living
        named = [units[shown]] if shown in units else [each for each in units.values() if living(each.code) == of.unit]
        matches = ((each.code, by) for each in named if (by := _named_by(each, shown)))
        found = next(matches, (None, ()))
    code, by = found
    return {
        "code": of.unit,
        "as_shown": of.fields["unit"],
        "matched_by": {"code": "code", "name": "name", "aliases": "alias"}[str(by[0])] if by else None,
        "succeeds": code if code != of.unit else None,
        "rule": of.places.unit(code, by) if of.places and by else None,
    }


def _named_by(found: Unit, shown: str) -> By:
    if fold(shown) == fold(found.code):
        return ("code",)
    if fold(shown) == fold(found.name):
        return ("name",)
    at = next((at for at, alias in enumerate(found.aliases) if fold(alias) == fold(shown)), None)
    return () if at is None else ("aliases", at)


def officers(of: Situation) -> dict[str, Any]:
    """The people, the names that fit nobody, and of each name that was shown what it was matched by."""
    matched = [] if of.taker in of.officers.people and of.taker else [_officer(of, text) for text in of.shown_officers]
    return {
        "people": list(of.officers.people),
        "unmatched": list(of.officers.unmatched),
        "matched": matched,
    }


def _officer(of: Situation, text: str) -> dict[str, Any]:
    """`portal_id`, `name`, or `placeholder` for a word that names nobody; None for a name that nobody has."""
    one = of.directory.officers(of.unit, (text,)).people
    person = of.rules.organisation.people[one[0]] if one else None
    by: By = ()
    if person is not None:
        at = next((at for at, known in enumerate(person.portal_ids) if known.strip() == text.strip()), None)
        by = ("name",) if at is None else ("portal_ids", at)
    kind = {"name": "name", "portal_ids": "portal_id"}[str(by[0])] if by else None
    return {
        "as_shown": text,
        "person": person.id if person else None,
        "by": kind or ("placeholder" if fold(text) in PLACEHOLDERS else None),
        "rule": of.places.person(person.id, by) if person and of.places else None,
    }
