"""Differences that audits found and that still stand: the admin hears of each once, and of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, insert, select, tuple_, update

from alertd.core.audit.judging import Fault, Finding
from alertd.core.firing import AlertState
from alertd.store import reserved
from alertd.store.tables import alerts, audit_findings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules

#: Of a ledger that is wrong throughout, so many are told apart; the rest are counted.
MOST = 1000
_KEY = (audit_findings.c.fault, audit_findings.c.code, audit_findings.c.step, audit_findings.c.person)


def standing(connection: Connection) -> list[Finding]:
    """What the admin was told of and not of its end, with the instant of the audit that found it first."""
    stood = _stood(connection).items()
    return [Finding(Fault(fault), code, step, person, at, "found before") for (fault, code, step, person), at in stood]


def _stood(connection: Connection) -> dict[tuple[str, str, str, str], datetime]:
    rows = connection.execute(select(*_KEY, audit_findings.c.since_at))
    return {(row.fault, row.code, row.step, row.person): row.since_at for row in rows}


def settle(connection: Connection, rules: Rules, found: Sequence[Finding], now: datetime) -> None:
    """Compare with what stood before, keep what stands, tell the admin of what is new and of what is over.

    An alarm that has not left yet is taken back when all is over, and then there is nothing to tell.
    """
    stood = _stood(connection)
    present = {each.key: each for each in found}
    gone = {key: since for key, since in stood.items() if key not in present}
    room = MOST - len(stood) + len(gone)
    new = [each for key, each in present.items() if key not in stood][: max(room, 0)]
    if gone:
        _over(connection, rules, gone, len(found), now)
    if new:
        connection.execute(insert(audit_findings), [
            {"fault": each.fault.value, "code": each.code, "step": each.step, "person": each.person, "since_at": now}
            for each in new
        ])  # fmt: skip
        codes = list(dict.fromkeys(each.code for each in new))
        reserved.ledger_alarm(connection, rules, len(new), len(found), codes, now)


def _over(
    connection: Connection, rules: Rules, gone: dict[tuple[str, str, str, str], datetime], left: int, now: datetime
) -> None:
    connection.execute(delete(audit_findings).where(tuple_(*_KEY).in_(list(gone))))
    alarms = alerts.c.dossier_id == 0, alerts.c.step == reserved.LEDGER
    heard = exists().where(*alarms, alerts.c.state == AlertState.SENT.value, alerts.c.recorded_at >= min(gone.values()))
    if connection.scalar(select(heard)):
        reserved.ledger_better(connection, rules, len(gone), left, now)
    elif not left:
        waiting = (*alarms, alerts.c.state == AlertState.PENDING.value)
        connection.execute(update(alerts).where(*waiting).values(state=AlertState.SUPERSEDED.value))
