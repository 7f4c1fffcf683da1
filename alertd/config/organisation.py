"""The shape of organisation.yaml: units, people, groups, fallback (DESIGN section 6)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from alertd.config.strict import Strict
from alertd.config.values import Code, Day, OneOrMany, PeopleText, PersonText, Text
from alertd.core.organisation import Span


class Spanned(Strict):
    """Something valid from one local date to another, both inclusive."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="until")

    @property
    def span(self) -> Span:
        """The dates."""
        return Span(self.first, self.last)


def _edge(value: Any) -> Any:
    return value if isinstance(value, dict) else {"unit": value}


class EdgeModel(Spanned):
    """A line of reporting: `UBND`, or a mapping that gives it a kind and dates."""

    unit: Code
    kind: Code = "line"


Edge = Annotated[EdgeModel, BeforeValidator(_edge, json_schema_input_type=EdgeModel | Code)]


class UnitModel(Spanned):
    """An office."""

    code: Code
    name: Text
    kind: Code | None = None
    aliases: Annotated[tuple[Text, ...], OneOrMany] = ()
    reports_to: Annotated[tuple[Edge, ...], OneOrMany] = ()
    successor: Annotated[tuple[Code, ...], OneOrMany] = ()


class PostModel(Spanned):
    """What somebody is, where."""

    unit: Code
    post: Code


class ContactModel(Strict):
    """One way to reach a person; only one of the addresses is used, by the channel's own kind."""

    channel: Code
    address: Text | None = None
    phone: Text | None = None
    chat_id: Text | None = None
    user_id: Text | None = None
    group_id: Text | None = None


class AwayModel(Spanned):
    """Leave, and who is told meanwhile."""

    to: PersonText


class PersonModel(Strict):
    """Somebody who can be told."""

    id: Code
    name: Text
    portal_ids: Annotated[tuple[Text, ...], OneOrMany] = ()
    posts: Annotated[tuple[PostModel, ...], OneOrMany] = ()
    contacts: Annotated[tuple[ContactModel, ...], OneOrMany] = ()
    away: Annotated[tuple[AwayModel, ...], OneOrMany] = ()


class OrganisationModel(Strict):
    """organisation.yaml; the people of `people_csv` stand after those of `people`."""

    fallback: PeopleText
    units: Annotated[tuple[UnitModel, ...], OneOrMany]
    people: Annotated[tuple[PersonModel, ...], OneOrMany]
    people_csv: Text | None = None
    groups: dict[Code, Annotated[tuple[PersonText, ...], OneOrMany]] = Field(default_factory=dict)
