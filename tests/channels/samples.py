"""One part of a message, to be changed where a test needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alertd.channels import Outgoing

NOW = datetime(2024, 6, 4, 9, 0, tzinfo=UTC)

PART = Outgoing(
    id="m-1.1",
    person="truong-phong-tu-phap",
    person_name="Trưởng phòng Tư pháp",
    address="4711",
    phone="84900000001",
    unit="TP",
    kind="digest",
    urgency="high",
    late=False,
    text="QUÁ HẠN 1 ngày: 1 hồ sơ (Phòng Tư pháp)\n1. H27.35-240531-0007 · Cải chính hộ tịch",
    part=1,
    parts=1,
    dossiers=[
        {"code": "H27.35-240531-0007", "step": "overdue", "due_at": "2024-06-03T17:00:00+07:00", "url": None},
    ],
)


def outgoing(**changes: Any) -> Outgoing:
    """The part above, changed."""
    return replace(PART, **changes)


def now() -> datetime:
    """A clock that stands still."""
    return NOW
