"""The row of a dossier: made of an observation and a transition, read as what the core compares or a feed showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.dated import Dated
from alertd.core.dossier import Clock, Filing, Observation, PauseKind, Phase, PlannedFrom
from alertd.core.pausing import Pause
from alertd.core.text import normal_code
from alertd.core.transition import Standing

if TYPE_CHECKING:
    from sqlalchemy import Row

    from alertd.core.planning import Resolved
    from alertd.core.transition import Transition


def shown(seen: Observation, resolved: Resolved) -> dict[str, Any]:
    """The columns that say what a feed shows, and what the configuration understands by it."""
    return {
        "code": seen.code,
        "code_norm": normal_code(seen.code),
        "phase": seen.phase.value,
        "status": seen.status,
        "unit_text": seen.unit,
        "received_unit": seen.received_unit,
        "officers": list(seen.officers),
        "procedure_code": seen.procedure_code,
        "procedure": seen.procedure,
        "field": seen.field,
        "channel": seen.channel.value,
        "submitted_at": seen.submitted_at,
        "received_at": seen.received_at,
        "due_at": resolved.due_at,
        "due_on": seen.due_on,
        "finished_at": seen.finished_at,
        "returned_at": seen.returned_at,
        "url": seen.url,
        "aliases": list(seen.aliases),
        "parent": seen.parent,
        "step": seen.step,
        "step_due_at": seen.step_due_at,
        "accept_due_at": seen.accept_due_at,
        "due_before_at": seen.due_before_at,
        "supplements": seen.supplements,
        "service_level": seen.service_level,
        "fee": seen.fee,
        "fee_total": seen.fee_total,
        "paid_online": seen.paid_online,
        "result_required": seen.result_required,
        "result_digital": seen.result_digital,
        "components_digital": seen.components_digital,
        "pause": seen.pause,
        "day_only": list(seen.day_only),
        "untimed": seen.untimed,
        **filed_by(seen),
        "unit": resolved.unit,
        "accept_by": resolved.accept_by,
    }


def filed_by(seen: Observation) -> dict[str, str]:
    """The columns that say what may be kept of who filed it."""
    return {"applicant": seen.applicant.name, "applicant_phone": seen.applicant.phone}


def derived(after: Transition) -> dict[str, Any]:
    """The columns that a transition alone decides."""
    return {
        "clock": after.clock.value,
        "ladder": after.ladder.value,
        "episode": after.episode,
        "paused_since": after.pause.since,
        "pause_count": after.pause.count,
        "pause_kind": after.pause.kind,
        "supplement_count": after.pause.supplements,
        "extension_count": after.extensions,
        "conflict": after.conflict,
    }


def standing(row: Row[Any], *, was_overdue: bool) -> Standing:
    """What is stored of a dossier, as the core compares it."""
    return Standing(
        dates=Dated(
            Phase(row.phase), row.received_at, row.due_at, row.due_on, row.accept_by, row.finished_at, row.returned_at,
            tuple(row.day_only),
        ),
        clock=Clock(row.clock),
        episode=row.episode,
        overdue=row.overdue_since is not None,
        ladder=Clock(row.ladder),
        submitted=row.accept_due_at or row.submitted_at,
        pause=Pause(
            row.pause_count, row.paused_since, PauseKind(row.pause_kind) if row.pause_kind else None,
            row.supplement_count,
        ),
        supplements=row.supplements,
        extensions=row.extension_count,
        conflict=row.conflict,
        was_overdue=was_overdue,
    )  # fmt: skip


_FILED = {each.value: each for each in Filing}  # in a million rows a call of the class adds up
#: The columns that `planned_from` reads.
PLANNED_FROM = (
    "unit_text", "procedure_code", "procedure", "field", "channel", "submitted_at", "received_at",
    "due_at", "due_on", "finished_at", "accept_due_at", "day_only",
)  # fmt: skip


def planned_from(row: Row[Any]) -> PlannedFrom:
    """What of a row a plan is made from (`PLANNED_FROM`)."""
    due_on = row.due_on
    return PlannedFrom(
        unit=row.unit_text, procedure_code=row.procedure_code, procedure=row.procedure, field=row.field,
        channel=_FILED[row.channel], submitted_at=row.submitted_at, received_at=row.received_at,
        due_at=None if due_on else row.due_at, due_on=due_on, finished_at=row.finished_at,
        accept_due_at=row.accept_due_at, day_only=tuple(row.day_only),
    )  # fmt: skip


def observation(row: Row[Any]) -> Observation:
    """A row as the feed last showed it."""
    return Observation(
        key=row.key, code=row.code, phase=Phase(row.phase), status=row.status, unit=row.unit_text,
        received_unit=row.received_unit, officers=tuple(row.officers), procedure_code=row.procedure_code,
        procedure=row.procedure, field=row.field, channel=Filing(row.channel), submitted_at=row.submitted_at,
        received_at=row.received_at, due_at=None if row.due_on else row.due_at, due_on=row.due_on,
        finished_at=row.finished_at, returned_at=row.returned_at, url=row.url, aliases=tuple(row.aliases),
        parent=row.parent, step=row.step, step_due_at=row.step_due_at, accept_due_at=row.accept_due_at,
        due_before_at=row.due_before_at, supplements=row.supplements, service_level=row.service_level, fee=row.fee,
        fee_total=row.fee_total, paid_online=row.paid_online, result_required=row.result_required,
        result_digital=row.result_digital, components_digital=row.components_digital,
        pause=PauseKind(row.pause) if row.pause else None, day_only=tuple(row.day_only), untimed=row.untimed,
    )  # fmt: skip
