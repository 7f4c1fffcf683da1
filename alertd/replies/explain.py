"""Giải trình: why a dossier is late, in the words of whoever answers for it, kept with the dossier."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from alertd.replies.refusal import Refused
from alertd.replies.standing import handles, heads, is_above
from alertd.store import answers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules

SHORTEST, LONGEST = 10, 2000
#: Controls, what changes the direction of text or cannot be seen, and halves of characters that no database takes.
_UNWANTED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")


def explain(
    connection: Connection, rules: Rules, dossier_id: int, person: str, text: str, now: datetime, via: str
) -> str:
    """Keep an explanation; gives the text as it is kept.

    10 to 2,000 characters once it is in NFC, without control characters (line ends stay) and trimmed. Taken from
    whoever was told about the dossier, from its handler, and from the heads and deputies of its unit and above. The
    same words twice within a minute are kept once. Raises Refused.
    """
    row = answers.dossier(connection, dossier_id, lock=True)
    if row is None or person not in rules.organisation.people:
        raise Refused("Không có hồ sơ này.")
    directory = rules.organisation.on(rules.local_date(now))
    if not (
        handles(directory, row, person)
        or heads(directory, row, person)
        or is_above(directory, rules, row, person)
        or answers.was_told(connection, dossier_id, person)
    ):
        raise Refused("Hồ sơ này không thuộc phạm vi của anh/chị.")
    kept = written(text)
    if len(kept) < SHORTEST:
        raise Refused(f"Nội dung giải trình cần ít nhất {SHORTEST} ký tự.")
    if len(kept) > LONGEST:
        raise Refused(f"Nội dung giải trình dài {len(kept)} ký tự, tối đa là {LONGEST}.")
    answers.explain(connection, dossier_id, person, kept, now, via)
    return kept


def written(text: str) -> str:
    """The text as it is kept: NFC, line ends as one character, nothing that cannot be seen, trimmed."""
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    lines = (line.strip() for line in _UNWANTED.sub("", text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
