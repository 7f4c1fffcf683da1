"""What a pressed button does: acknowledge at once; for an explanation or a handover, say how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.conversation import Inbound, Reply
from alertd.core.signing import VALID_FOR
from alertd.log import get
from alertd.replies import errands, words
from alertd.replies.acknowledge import acknowledge
from alertd.replies.asked import Ask, spelled
from alertd.replies.scope import Scope
from alertd.store import answers, questions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.signing import Signer

log = get("desk")


def answer(
    connection: Connection,
    rules: Rules,
    signer: Signer,
    page_url: Callable[[str, str, datetime], str | None],
    event: Inbound,
    person: str,
    now: datetime,
) -> Reply:
    """Answer a button that a person in office pressed. A forged, expired or foreign one does nothing."""
    opened = signer.open_button(event.text, lambda message: answers.message_person(connection, message))
    if opened is None:
        log.warning("a button that is not genuine was pressed", channel=event.channel, person=person)
        return Reply(toast=words.BAD_BUTTON)
    action, message = opened
    if answers.message_person(connection, message) != person:
        log.warning("somebody else's button was pressed", channel=event.channel, person=person, message=message)
        return Reply(toast=words.NOT_YOURS)
    made = questions.message_made(connection, message)
    if made is None or now - made >= VALID_FOR:
        return Reply(toast=words.BAD_BUTTON, settles=True)
    if action == "a":
        count = acknowledge(connection, rules, message, person, now, event.channel)
        return Reply(toast=f"Đã xác nhận {count} hồ sơ." if count else "Tin này không nêu hồ sơ nào.", settles=True)
    codes = list(dict.fromkeys(row.code for row in answers.message_dossiers(connection, message)))
    if action == "e":
        return Reply(_how_to_explain(page_url(message, person, now), codes, event.channel))
    if action == "h":
        return Reply(_how_to_hand_over(connection, Scope.of(rules, person, now), codes, now, event.channel))
    return Reply(toast=words.BAD_BUTTON)


def _how_to_explain(page: str | None, codes: list[str], channel: str) -> str:
    if page:
        return f"Ghi giải trình tại trang này:\n{page}"
    word = spelled(Ask.EXPLAIN, channel)
    lines = (f"{word} {code} NỘI DUNG" for code in codes)
    return words.fitting("Để giải trình, gõ một trong các dòng sau:", lines, len(codes))


def _how_to_hand_over(connection: Connection, scope: Scope, codes: list[str], now: datetime, channel: str) -> str:
    if len(codes) == 1:
        return errands.hand_over(connection, scope, codes[0], now, channel)
    word = spelled(Ask.HAND_OVER, channel)
    return words.fitting("Chọn hồ sơ cần chuyển, gõ:", (f"{word} {code}" for code in codes), len(codes))
