"""What a person has done about one dossier by its code: explain why it is late, hand it over to a colleague.

The code may be written with blanks where the feed has none, so the longest beginning that is a code of theirs counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.replies import words
from alertd.replies.asked import Ask, spelled
from alertd.replies.explain import explain as keep
from alertd.replies.hand_over import colleagues
from alertd.replies.hand_over import hand_over as give
from alertd.replies.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.replies.scope import Scope

#: A code has at most so many words.
_MOST_WORDS = 4


def explain(connection: Connection, scope: Scope, rest: str, now: datetime, channel: str) -> str:
    """Keep what was written after the code as the explanation of the dossier."""
    rows, text = _dossiers(connection, scope, rest)
    if not rows:
        return words.no_dossier(rest.split(maxsplit=1)[0])
    refused = _each(rows, lambda row: keep(connection, scope.rules, row.id, scope.person, text, now, channel))
    if refused:
        return f"{refused}\n{words.usage(Ask.EXPLAIN, channel)}"
    return f"Đã ghi giải trình cho hồ sơ\n{rows[0].code}."


def hand_over(connection: Connection, scope: Scope, rest: str, now: datetime, channel: str) -> str:
    """Without an id list the colleagues who can take the dossier; with one hand it over to them."""
    rows, taker = _dossiers(connection, scope, rest)
    if not rows:
        return words.no_dossier(rest.split(maxsplit=1)[0])
    people = scope.rules.organisation.people
    if taker not in people:
        return _choices(connection, scope, rows[0], now, channel)
    refused = _each(rows, lambda row: give(connection, scope.rules, row.id, scope.person, taker, now, channel))
    if refused:
        return refused
    return f"Đã chuyển hồ sơ {rows[0].code}\ncho {people[taker].name}."


def _each(rows: Sequence[Row[Any]], do: Callable[[Row[Any]], object]) -> str:
    """Do it for the dossiers of one code (one a feed); gives why it was done for none of them."""
    reasons = []
    for row in rows:
        try:
            do(row)
        except Refused as refused:
            reasons.append(str(refused))
    return reasons[0] if len(reasons) == len(rows) else ""


def _dossiers(connection: Connection, scope: Scope, rest: str) -> tuple[Sequence[Row[Any]], str]:
    """The dossiers that the text begins with, and the text after their code."""
    for count in range(min(_MOST_WORDS, len(rest.split())), 0, -1):
        split = rest.split(None, count)
        rows = scope.named(connection, "".join(split[:count]))
        if rows:
            return rows, split[count].strip() if len(split) > count else ""
    return (), ""


def _choices(connection: Connection, scope: Scope, row: Row[Any], now: datetime, channel: str) -> str:
    found = colleagues(connection, scope.rules, row.id, scope.person, now)
    if not found:
        return f"Hồ sơ {row.code}:\nanh/chị không chuyển được, hoặc không có đồng nghiệp nào để nhận."
    people, word = scope.rules.organisation.people, spelled(Ask.HAND_OVER, channel)
    lines = [f"{number}. {people[each].name}\n   gõ: {word} {row.code} {each}" for number, each in enumerate(found, 1)]
    return words.fitting(f"Chuyển hồ sơ {row.code}\ncho ai:", lines, len(lines), "người")
