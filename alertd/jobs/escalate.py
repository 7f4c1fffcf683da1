"""Escalate: reads the dossiers that have a step due, asks the core what fires, writes the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.errors import CalendarError
from alertd.core.firing import Case, Firing, Ledger, fire
from alertd.core.freshness import MaxAge, is_fresh
from alertd.failpoints import reached
from alertd.log import get
from alertd.store import alerts, marks, polls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("escalate")
#: Dossiers per transaction: small enough to let other writers in, large enough to be quick.
BATCH = 500
#: How long a dossier that cannot be decided is set aside, so that it does not hold up the others.
SET_ASIDE = timedelta(hours=1)
NOTHING = Ledger()


def tick(database: Database, rules: Rules, ages: Mapping[str, MaxAge], now: datetime) -> int:
    """Fire everything that is due at `now`; gives the number of alerts recorded.

    `ages` holds each configured feed's `max_age`; a feed that is not configured any more counts as stale.
    """
    recorded = 0
    while True:
        with database.write() as connection:
            # read anew with each batch: a poll that ends meanwhile makes fresh what was stale
            fresh = _fresh(connection, rules, ages, now)
            polls.put_back_fresh(connection, fresh, now)
            cases = alerts.due_cases(connection, now, fresh, BATCH)
            if not cases:
                # a dossier that a poll holds at this moment is left for the next tick, and its slot with it
                if not alerts.any_due(connection, now):
                    marks.set_mark(connection, "escalate", now)
                return recorded
            ledgers = alerts.ledgers(connection, cases)
            firings = [(case, _decide(case, ledgers.get(case.id, NOTHING), rules, now)) for case in cases]
            recorded += alerts.record(connection, firings, now)
        reached("alert-committed")


def _fresh(connection: Connection, rules: Rules, ages: Mapping[str, MaxAge], now: datetime) -> set[str]:
    """The feeds whose data may be acted upon."""
    states = polls.states(connection)
    return {
        name for name, age in ages.items() if name in states and is_fresh(states[name].as_of, age, rules.calendar, now)
    }


def _decide(case: Case, ledger: Ledger, rules: Rules, now: datetime) -> Firing:
    try:
        return fire(case, ledger, rules, now)
    except CalendarError as error:
        log.error("set aside", dossier=case.id, reason=str(error), until=(now + SET_ASIDE).isoformat())
        return Firing((), now + SET_ASIDE)
