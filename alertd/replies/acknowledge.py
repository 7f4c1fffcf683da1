"""Acknowledging: "I have seen it", by person, for every dossier that a message names (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.replies.refusal import Refused
from alertd.replies.standing import handles, heads
from alertd.store import answers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules


def acknowledge(connection: Connection, rules: Rules, message: str, person: str, now: datetime, via: str) -> int:
    """Acknowledge the dossiers of all parts of a message (id) whose alerts went to a person (id); gives their number.

    An acknowledgement belongs to the episode in which the dossier was told about: that of an old message says nothing
    about a due date set since. Pressing again within a minute adds nothing and gives the same number. It is 0 when the
    message went to somebody else, names no dossier, or its person is not in the organisation any more.
    """
    if person not in rules.organisation.people:
        return 0
    told = answers.told(connection, message, person)
    if told:
        answers.acknowledge(connection, told, person, now, via)
    return len(told)


def acknowledge_one(
    connection: Connection, rules: Rules, dossier_id: int, person: str, now: datetime, via: str
) -> None:
    """Acknowledge one dossier in its present episode. Raises Refused.

    Taken from whoever was told about it, its handler, and the head of its unit: those whom its steps tell.
    """
    row = answers.dossier(connection, dossier_id)
    if row is None or person not in rules.organisation.people:
        raise Refused("Không có hồ sơ này.")
    directory = rules.organisation.on(rules.local_date(now))
    if not (
        handles(directory, row, person)
        or heads(directory, row, person)
        or answers.was_told(connection, dossier_id, person)
    ):
        raise Refused("Hồ sơ này chưa báo đến anh/chị, nên chưa cần xác nhận.")
    answers.acknowledge(connection, [answers.Told(dossier_id, row.episode)], person, now, via)
