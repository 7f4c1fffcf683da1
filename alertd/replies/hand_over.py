"""Handing a dossier over to a colleague of the same unit, until the portal names another handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.core.text import fold
from alertd.replies.refusal import Refused
from alertd.replies.standing import handles, heads
from alertd.store import answers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.directory import Directory
    from alertd.core.rules import Rules


def colleagues(connection: Connection, rules: Rules, dossier_id: int, person: str, now: datetime) -> list[str]:
    """To whom a person (id) may hand a dossier over, by name; empty when they may not, or nobody else is there.

    That is who holds a post in the processing unit today, but for the giver and the present handler.
    """
    row = answers.dossier(connection, dossier_id)
    directory = rules.organisation.on(rules.local_date(now))
    if row is None or _reason(directory, row, person) is not None:
        return []
    return _takers(directory, rules, row, person)


def hand_over(
    connection: Connection, rules: Rules, dossier_id: int, giver: str, taker: str, now: datetime, via: str
) -> None:
    """Make a colleague the handler of a dossier; raises Refused.

    Given by its present handler or the head of its unit, or by who is told in their place; the same twice within a
    minute is done once. It ends an earlier handover of the dossier, and ends itself when the feed names other officers;
    while the taker holds no post in the unit it does not count (`core.directory`).
    """
    row = answers.dossier(connection, dossier_id, lock=True)
    if row is None:
        raise Refused("Không có hồ sơ này.")
    if answers.handed_just_now(connection, dossier_id, giver, taker, now):
        return
    directory = rules.organisation.on(rules.local_date(now))
    reason = _reason(directory, row, giver)
    if reason is not None:
        raise Refused(reason)
    if directory.officers(row.unit, tuple(row.officers), row.handed_to).people == (taker,):
        raise Refused("Người này đang xử lý hồ sơ rồi.")
    if taker not in _takers(directory, rules, row, giver):
        raise Refused("Người nhận hiện không giữ chức vụ nào trong đơn vị xử lý hồ sơ.")
    answers.hand_over(connection, dossier_id, giver, taker, now, via)


def _reason(directory: Directory, row: Row[Any], giver: str) -> str | None:
    """Why somebody may not hand a dossier over; None when they may."""
    if not (handles(directory, row, giver) or heads(directory, row, giver)):
        return "Chỉ cán bộ đang xử lý hoặc trưởng đơn vị được chuyển hồ sơ này."
    if row.clock == Clock.ENDED.value:
        return "Hồ sơ đã kết thúc, không chuyển nữa."
    return None


def _takers(directory: Directory, rules: Rules, row: Row[Any], giver: str) -> list[str]:
    present = directory.officers(row.unit, tuple(row.officers), row.handed_to).people
    found = [person for person in directory.staff(row.unit) if person != giver and present != (person,)]
    return sorted(found, key=lambda person: (fold(rules.organisation.people[person].name), person))
