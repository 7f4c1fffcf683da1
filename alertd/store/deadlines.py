"""The deadline of the clock that a dossier's episode is for, in SQL: the due instant, or until when it is accepted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case

from alertd.core.dossier import Clock
from alertd.store.tables import alerts, dossiers

#: Null where there is none.
DEADLINE: Any = case((dossiers.c.ladder == Clock.ACCEPT.value, dossiers.c.accept_by), else_=dossiers.c.due_at)
#: The clock of an alert is the one that runs, and the dossier is where complete polls show it.
RUNS = and_(dossiers.c.clock == alerts.c.clock, dossiers.c.missing_since.is_(None))
