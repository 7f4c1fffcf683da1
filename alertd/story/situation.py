"""How a dossier stood at an instant, by the rules that are looked at: unit, handlers, due instant, policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.core.planning import resolve, stretch_of, subject_of
from alertd.story import facts
from alertd.story.answers import handed_to
from alertd.story.plan import hold_on

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.config.places import Places
    from alertd.core.acknowledging import Hold
    from alertd.core.directory import Directory, Officers
    from alertd.core.dossier import Observation
    from alertd.core.plan import Anchor
    from alertd.core.planning import Resolved
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
    def seen(self) -> Observation:
        """The same as one observation."""
        return facts.observation(self.record, self.fields)

    @cached_property
    def resolved(self) -> Resolved:
        """What it means under the rules."""
        return resolve(self.seen, self.rules, self.directory)

    @property
    def due_at(self) -> datetime | None:
        """The due instant."""
        return self.resolved.due_at

    @property
    def accept_by(self) -> datetime | None:
        """The deadline to accept it."""
        return self.resolved.accept_by

    @property
    def deadline(self) -> datetime | None:
        """That of the clock that its steps are for."""
        return self.accept_by if self.ladder is Clock.ACCEPT else self.due_at

    @cached_property
    def clock(self) -> Clock:
        """Which clock ran."""
        return facts.clock(self.record)

    @cached_property
    def ladder(self) -> Clock:
        """The clock that its steps are for: the one that ran, or ran last."""
        return facts.ladder(self.record)

    @property
    def overdue(self) -> bool:
        """Whether it ran past its due instant."""
        return self.clock is Clock.DUE and self.due_at is not None and self.due_at < self.now

    @property
    def late_accept(self) -> bool:
        """Whether it waited past its deadline to be accepted."""
        return self.clock is Clock.ACCEPT and self.accept_by is not None and self.accept_by < self.now

    @cached_property
    def policy(self) -> Policy | None:
        """The policy that matched."""
        return self.rules.policy_for(subject_of(self.seen, self.unit), self.ladder, self.rules.local_date(self.now))

    @cached_property
    def anchor(self) -> Anchor | None:
        """What its steps are counted from; None without a deadline."""
        stretch = stretch_of(self.seen, self.resolved, self.ladder, conflict=False)
        return stretch.anchor(self.unit, self.rules) if stretch else None

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
