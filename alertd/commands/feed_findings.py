"""What `alertd feed test` found, as JSON has it; codes and names of the configuration, and never a citizen."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from alertd.core.text import fold

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from alertd.config.load import Loaded
    from alertd.core.dossier import Reject
    from alertd.core.inspection import Inspection, Understood
    from alertd.jobs.heard import Heard
    from alertd.jobs.rehearse import Effects

#: How alike two names must be to be proposed as one.
ALIKE = 0.6


def found(
    loaded: Loaded, heard: Heard, seen: Inspection, rejects: Sequence[Reject], effects: Effects | None
) -> dict[str, Any]:
    """One source; instants are in the configured zone, `left_minutes` is working time and negative when overdue."""
    zone = loaded.rules.zone
    return {
        "source": heard.source.label,
        "as_of": heard.source.as_of.astimezone(zone).isoformat(),
        "complete": not heard.incomplete,
        "incomplete_because": heard.incomplete or None,
        "skew_seconds": heard.skew_seconds,
        "notes": heard.notes,
        "rows": seen.rows,
        "phases": {phase.value: count for phase, count in seen.phases.most_common()},
        "without_due_date": seen.without_due,
        "without_officer": seen.without_officer,
        "first": [_row(one, loaded) for one in seen.first],
        "set_aside": heard.rejected,
        "set_aside_rows": [{"row": r.row, "code": r.code, "reason": r.reason} for r in rejects],
        "unmatched_units": _units(loaded, seen.units),
        "unmatched_officers": _officers(loaded, seen.officers),
        "unknown_statuses": [
            {"status": status, "dossiers": count, "add": f"statuses: {{running: [{_quoted(status)}]}}"}
            for status, count in seen.statuses.most_common()
        ],
        "suspicious_dates": [
            {"what": kind.value, "dossiers": count, "codes": seen.dates.examples.get(kind, [])}
            for kind, count in seen.dates.found().items()
        ],
        "changes": None if effects is None else _changes(effects, loaded),
    }


def _row(one: Understood, loaded: Loaded) -> dict[str, Any]:
    def local(at: datetime | None) -> str | None:
        return at.astimezone(loaded.rules.zone).isoformat() if at else None

    seen = one.seen
    return {
        "code": seen.code,
        "phase": seen.phase.value,
        "status": seen.status,
        "unit_text": seen.unit,
        "unit": one.unit,
        "officers": [{"text": text, "person": person} for text, person in one.officers],
        "procedure": seen.procedure or seen.procedure_code,
        "channel": seen.channel.value,
        "received_at": local(seen.received_at),
        "due_on": seen.due_on.isoformat() if seen.due_on else None,
        "due_at": local(one.due_at),
        "finished_at": local(seen.finished_at),
        "left_minutes": None if one.left is None else int(one.left.total_seconds() // 60),
    }


def _units(loaded: Loaded, units: Counter[str]) -> list[dict[str, Any]]:
    """Unit texts that fit nothing, with the alias that would make them fit."""
    names = {name: unit.code for unit in loaded.rules.organisation.units.values() for name in (unit.name, unit.code)}
    return [
        {
            "unit_text": text,
            "dossiers": count,
            "add": f"{{code: {_like(text, names) or 'MÃ'}, aliases: [{_quoted(text)}]}}" if text else None,
        }
        for text, count in units.most_common()
    ]


def _officers(loaded: Loaded, officers: Counter[tuple[str | None, str]]) -> list[dict[str, Any]]:
    """Names of handlers that fit nobody, with the portal id that would make them fit."""
    names = {person.name: person.id for person in loaded.rules.organisation.people.values()}
    return [
        {
            "officer": text,
            "unit": unit,
            "dossiers": count,
            "add": f"{{id: {_like(text, names) or 'MÃ'}, portal_ids: [{_quoted(text)}]}}",
        }
        for (unit, text), count in officers.most_common()
    ]


def _like(text: str, names: Mapping[str, str]) -> str | None:
    """What the most similar name stands for."""
    folded = {fold(name): code for name, code in names.items()}
    near = get_close_matches(fold(text), folded, n=1, cutoff=ALIKE)
    return folded[near[0]] if near else None


def _quoted(text: str) -> str:
    """As YAML writes any text."""
    return json.dumps(text, ensure_ascii=False)


def _changes(effects: Effects, loaded: Loaded) -> dict[str, Any]:
    def local(at: datetime | None) -> str | None:
        return at.astimezone(loaded.rules.zone).isoformat() if at else None

    counts = effects.counts
    return {
        "taken": not effects.refused,
        "refused_because": effects.refused or None,
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "due_moved": [
            {"code": row.code, "from": local(row.old_due_at), "to": local(row.new_due_at), "kind": row.kind}
            for row in effects.due_moves
        ],
        "phases": _plain(effects.phases, {"old_phase": "from", "new_phase": "to"}),
        "missing": _plain(effects.missing),
        "overdue_ended": _plain(effects.spell_ends, {"end_kind": "kind"}),
        "alerts": _plain(effects.fired),
    }


def _plain(rows: Iterable[Any], names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    return [{(names or {}).get(name, name): value for name, value in row._mapping.items()} for row in rows]
