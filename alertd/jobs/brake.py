"""The storm brake at work: whether a batch is held, who joins it, how often the admin hears of it (DESIGN 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core import storm
from alertd.core.storm import AT_ONCE_BATCH, HISTORY, JOIN_WITHIN, Hold, StormBrake, StormState
from alertd.log import get
from alertd.messages import words
from alertd.store import reserved, storms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules

log = get("brake")
#: For so long after an operator's word, what was being composed at that moment may still have to follow it.
SHARES_DECISION = timedelta(hours=1)


@dataclass(frozen=True)
class Brake:
    """Judges batches; `settings` None is off: nothing new is held. `at_once` when there are no slots."""

    rules: Rules
    settings: StormBrake | None
    at_once: bool

    @property
    def hold_max(self) -> timedelta:
        """How long what is due is held; what was held before the brake was put off leaves by it too."""
        return (self.settings or StormBrake()).hold_max

    def judge(self, connection: Connection, people: set[str], slot: datetime, now: datetime) -> Hold | None:
        """Whether the messages of a batch, one to each of `people`, are held. Tells the admin of a new storm.

        A slot that was judged before, and whose process was ended meanwhile, keeps to its judgement.
        """
        same = storms.of_slot(connection, slot)
        if same is not None:
            return None if same.state == StormState.RELEASED.value else Hold(same.id)
        if self.settings is None or not people:
            return None
        since = now - AT_ONCE_BATCH if self.at_once else slot
        batch = people | storms.lately(connection, since) if self.at_once else people
        under_way = storms.latest(connection, now - JOIN_WITHIN)
        if len(batch) < self.settings.at_least and under_way is None:
            return None
        newcomers = batch - storms.known(connection, batch, now - HISTORY, since)
        counts = storms.counts(connection, now - HISTORY, since)
        usual = storm.usual_at_once(counts, self.rules.zone) if self.at_once else storm.usual_at_slots(counts)
        if not storm.is_storm(self.settings, len(batch), len(newcomers), usual):
            joining = newcomers & people
            return Hold(under_way, joining) if under_way is not None and joining else None
        if under_way is not None:
            return Hold(under_way)
        begun = storms.begin(connection, slot, len(people), int(usual), now)
        log.warning("storm: held for an operator", storm=begun, messages=len(people), usual=int(usual),
                    newcomers=len(newcomers))  # fmt: skip
        leaves = words.when(now + self.hold_max, now, self.rules.zone)
        note = storm.note(len(people), len(people), int(usual), leaves)
        reserved.storm_alarm(connection, self.rules, begun, note, now)
        return Hold(begun)

    def remind(self, connection: Connection, found: Sequence[storms.Held], slot: datetime, now: datetime) -> None:
        """Tell the admin again of what is still held: at each slot, or with messages at once every `hold_max`."""
        since = now - self.hold_max if self.at_once else slot
        for held in found:
            told = reserved.storm_told(connection, held.id)
            if told is not None and told >= since:
                continue
            waits = held.state == StormState.HELD.value
            leaves = words.when(held.began_at + self.hold_max, now, self.rules.zone) if waits else ""
            note = storm.note(held.messages, held.people, held.usual, leaves)
            reserved.storm_alarm(connection, self.rules, held.id, note, now)
