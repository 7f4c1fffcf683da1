"""The slip of apology for one dossier, filled in for whoever may see the dossier."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.core.errors import AlertdError
from alertd.messages.words import duration

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from alertd.core.rules import Rules
    from alertd.reports.agency import Agency
    from alertd.reports.letters import Named


def named(rules: Rules, row: Row[Any], now: datetime) -> Named:
    """A stored dossier as a letter names it."""
    from alertd.reports.letters import Named  # noqa: PLC0415 - an extra

    organisation = rules.organisation
    officers = organisation.on(rules.local_date(now)).officers(row.unit, tuple(row.officers), row.handed_to)
    unit = organisation.units.get(row.unit or "")
    calendar = rules.calendar_of(row.unit)
    overdue = row.clock == Clock.DUE and row.due_at is not None and row.due_at < now
    return Named(
        code=row.code,
        procedure=row.procedure,
        unit=unit.name if unit else row.unit_text,
        officers=", ".join([*(organisation.people[p].name for p in officers.people), *officers.unmatched]),
        received=row.received_at.astimezone(rules.zone) if row.received_at else None,
        due=row.due_at.astimezone(rules.zone) if row.due_at else None,
        late=duration(calendar.between(row.due_at, now), calendar.hours_per_day) if overdue else "",
    )


def promised(row: Row[Any]) -> bool:
    """Whether there is something to apologise for: it was accepted and has not ended."""
    return row.clock not in (Clock.ENDED, Clock.ACCEPT)


def slip(rules: Rules, agency: Agency, row: Row[Any], now: datetime) -> tuple[str, bytes]:
    """The slip as DOCX, its name and its bytes; the new date and the reason are left for the hand.

    Raises AlertdError when the dossier has ended or was not accepted yet, or without the extra that writes DOCX.
    """
    if row.clock == Clock.ENDED:
        raise AlertdError(f"{row.code}: hồ sơ đã kết thúc, không còn phải xin lỗi.")
    if not promised(row):
        raise AlertdError(f"{row.code}: hồ sơ chưa được tiếp nhận, chưa có gì để xin lỗi.")
    try:
        from alertd.reports import letters  # noqa: PLC0415 - an extra
    except ImportError:
        raise AlertdError("Máy chủ chưa cài thư viện viết DOCX: pip install 'alertd[report]'.") from None
    name = f"xin-loi-{safe(row.code)}.docx"
    with tempfile.TemporaryDirectory(prefix="alertd-slip-") as folder:
        path = Path(folder, name)
        letters.apology(path, agency, rules.local_date(now), named(rules, row, now), new_date=None, reason="")
        return name, path.read_bytes()


def safe(text: str) -> str:
    """A code as part of a file's name."""
    return "".join(each if each.isalnum() or each in "-_." else "-" for each in text)
