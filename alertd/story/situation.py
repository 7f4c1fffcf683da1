"""How a dossier stood at an instant, by the rules that are looked at: unit, handlers, due instant, policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.core.policy import Subject
from alertd.story import facts
from alertd.story.answers import handed_to
from alertd.story.plan import hold_on

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.config.places import Places
    from alertd.core.acknowledging import Hold
    from alertd.core.directory import Directory, Officers
    from alertd.core.plan import Anchor
    from alertd.core.policy import Policy
    from alertd.core.rules import Rules
    from alertd.store.history import Record


@dataclass(frozen=True)
class Situation:
    """What follows from the record and the rules at `now`; `past` when that is not the present.

    `places` says where the rules are written, if anybody knows.
    """

    record: Record
    rules: Rules
    now: datetime
    past: bool
    places: Places | None = None

    def local(self, at: datetime | None) -> str | None:
        """An instant as people see it."""
        return at.astimezone(self.rules.zone).isoformat() if at else None

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What the feed had shown by then."""
        return facts.as_of(self.record)

    @cached_property
    def directory(self) -> Directory:
        """Who was who on that date."""
        return self.rules.organisation.on(self.rules.local_date(self.now))

    @cached_property
    def unit(self) -> str | None:
        """The code of the processing unit; None when nothing matches."""
        return self.directory.unit(self.fields["unit"])

    @cached_property
    def shown_officers(self) -> tuple[str, ...]:
        """The handlers as the feed names them."""
        return tuple(self.fields["officers"])

    @cached_property
    def taker(self) -> str | None:
        """Who has the dossier in the handler's place."""
        return handed_to(self.record, self.now)

    @cached_property
    def officers(self) -> Officers:
        """The handlers, matched."""
        return self.directory.officers(self.unit, self.shown_officers, self.taker)

    @cached_property
    def due_at(self) -> datetime | None:
        """The due instant."""
        return self.rules.due_instant(self.unit, facts.at(self.fields["due_at"]), facts.on(self.fields["due_on"]))

    @cached_property
    def clock(self) -> Clock:
        """Which clock ran."""
        return facts.clock(self.record)

    @property
    def overdue(self) -> bool:
        """Whether it ran past its due instant."""
        return self.clock is Clock.DUE and self.due_at is not None and self.due_at < self.now

    @cached_property
    def policy(self) -> Policy | None:
        """The policy that matched."""
        shown = self.fields
        subject = Subject(self.unit, shown["procedure_code"], shown["procedure"], shown["field"], shown["channel"])
        return self.rules.policy_for(subject, Clock.DUE, self.rules.local_date(self.now))

    @cached_property
    def anchor(self) -> Anchor | None:
        """What its steps are counted from; None without a due date."""
        if self.due_at is None:
            return None
        received, finished = facts.at(self.fields["received_at"]), facts.finish(self.record, self.fields)
        return self.rules.anchor(self.unit, self.due_at, received, finished)

    @cached_property
    def people(self) -> dict[str, set[str]]:
        """Who would be told, by step."""
        return {
            step.name: {
                person
                for target in step.to
                for person in self.directory.resolve(target, self.unit, self.shown_officers, self.taker)
            }
            for step in (self.policy.steps if self.policy else ())
        }

    @cached_property
    def hold(self) -> Hold | None:
        """What an acknowledgement holds."""
        if self.policy is None or self.anchor is None:
            return None
        return hold_on(self.record, self.policy, self.anchor, self.people, past=self.past)
