"""One dossier of a VNPT iGate portal as one observation (reference 1.4, 4.1, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.applicant import Keep, applicant
from alertd.core.dossier import ENDED, Filing, Observation, Reject
from alertd.core.text import normal_code
from alertd.feeds.dates import DateError, Dates, days_only, due_value
from alertd.feeds.filing import filing_of
from alertd.feeds.jsonrow import Dated, at, others, part, text, text_of
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of
from alertd.feeds.statuses import beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from alertd.feeds.answers import Answers
    from alertd.feeds.jsonrow import Row
    from alertd.feeds.statuses import Statuses

VIETNAMESE = "228"  # the language's number in iGate
NO_DUE = "undefindedCompleteTime"  # iGate writes it so
YES = frozenset({"1", "true"})


@dataclass(frozen=True)
class Dossiers:
    """Reads one dossier of the portal's JSON as an observation; of who filed it what `keep_applicant` says."""

    dates: Dates
    statuses: Statuses
    channels: Mapping[str, Filing]
    answers: Answers
    due_midnight: str | None
    keep_applicant: Keep = Keep.NONE

    def key_of(self, row: Any) -> str:
        """The portal's own name for a dossier; empty when the row has none."""
        return (text(row, "id") or normal_code(text(row, "code"))) if isinstance(row, dict) else ""

    def read(self, number: int, key: str, row: Any) -> Sequence[Observation | Reject]:
        """One dossier, by its number in the list; one that the portal has removed is none."""
        if not isinstance(row, dict):
            return [Reject(number, "", "this is no dossier (a JSON object); ask the portal's operator")]
        if not key:
            return [Reject(number, "", "it has neither id nor code; ask the portal's operator")]
        if text(row, "removeStatus") in YES:
            return []
        code = text(row, "code") or key
        dated = Dated(self.dates)
        try:
            observation = self._observation(key, code, row, dated)
        except DateError as error:
            return [Reject(number, code, str(error))]
        return [observation, *(Reject(number, code, why) for why in dated.damaged)]

    def _observation(self, key: str, code: str, row: Row, dated: Dated) -> Observation:
        received, completed = dated.when(row, "acceptedDate"), dated.when(row, "completedDate")
        submitted, returned = dated.if_readable(row, "appliedDate"), dated.if_readable(row, "returnedDate")
        due_at, due_on = self._due(row, dated)
        status, task_status = label_of(row, "dossierStatus"), label_of(row, "dossierTaskStatus")
        phase = self.statuses.spoken(status, task_status, finished=completed is not None)
        finished = completed or (returned if phase in ENDED else None)
        procedure = part(row, "procedure")
        tasks = tasks_of(row)
        agency = part(row, "agency")
        filed_by = part(part(row, "applicant"), "data")
        return Observation(
            key=key,
            code=code,
            phase=phase,
            status=beside(status, task_status),
            unit=next((unit for task in tasks if (unit := unit_of(part(task, "agency")))), unit_of(agency)),
            received_unit=unit_of(agency),
            officers=tuple(dict.fromkeys(name for task in tasks for name in handlers_of(task))),
            procedure_code=text(procedure, "code"),
            procedure=name_of(procedure.get("translate")) or name_of(procedure.get("name")),
            field=name_of(procedure.get("sector")) or text(part(procedure, "sector"), "code"),
            channel=filing_of(name_of(row.get("applyMethod")), self.channels),
            submitted_at=at(submitted),
            received_at=at(received),
            due_at=due_at,
            due_on=due_on,
            finished_at=at(finished),
            returned_at=at(returned),
            aliases=others(code, text(row, "nationCode")),
            step=next((step for task in tasks if (step := step_of(task))), ""),
            step_due_at=next((at(due) for task in tasks if (due := dated.if_readable(task, "dueDate"))), None),
            service_level=self.answers.level(name_of(row.get("procedureLevel"))),
            pause=pause_of(phase, beside(status, task_status)),
            applicant=applicant(self.keep_applicant, text(filed_by, "fullname"), text(filed_by, "phoneNumber")),
            day_only=days_only(
                submitted_at=submitted, received_at=received, finished_at=finished, returned_at=returned
            ),
        )

    def _due(self, row: Row, dated: Dated) -> tuple[datetime | None, date | None]:
        """The appointment that the citizen was given, else the portal's own deadline; none where there is none."""
        if text(row, NO_DUE).lower() in YES:
            return None, None
        appointed = due_value(dated.when(row, "appointmentDate"), portal=True, midnight=self.due_midnight)
        if appointed != (None, None):
            return appointed
        return due_value(dated.when(row, "dueDate"), portal=True, midnight=self.due_midnight)


def tasks_of(row: Row) -> list[Row]:
    """The tasks that somebody has to do now: `currentTask`, a list or an object, else those of `task` marked so."""
    current = objects(row.get("currentTask"))
    if current:
        return current
    tasks = objects(row.get("task"))
    marked = [task for task in tasks if "isCurrent" in task]
    return [task for task in marked if text(task, "isCurrent").lower() in YES] if marked else tasks


def handlers_of(task: Row) -> tuple[str, ...]:
    """Who does one task: by name, else by account; nobody while it waits for one of a group to take it."""
    names: list[str] = []
    for assignee in objects(task.get("assignee")):
        accounts = objects(part(assignee, "account").get("username"))
        known = (text(assignee, "fullname"), *(text(account, "value") for account in accounts), text(assignee, "id"))
        names += officers_of(next(filter(None, known), ""))
    return tuple(names)


def step_of(task: Row) -> str:
    """What is to be done."""
    defined = part(task, "bpmProcessDefinitionTask")
    return name_of(defined.get("name")) or name_of(defined.get("definitionTask"))


def unit_of(agency: Row) -> str:
    """An agency by its code, which is its identity code in most provinces, else by its name."""
    return text(agency, "code") or name_of(agency.get("name"))


def label_of(row: Row, name: str) -> str:
    """A status in Vietnamese; its bare number where the portal gives no label, which nothing but `statuses:` knows."""
    value = row.get(name)
    return name_of(value) or text_of(value) or text(part(row, name), "id")


def name_of(value: object) -> str:
    """A name as iGate writes it: a text, an object that has one, or a list with one for each language."""
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, dict):
            value = value.get("name")
    if isinstance(value, str):
        return text_of(value)
    names = {text(each, "languageId"): text(each, "name") for each in objects(value)}
    return names.get(VIETNAMESE) or next(filter(None, names.values()), "")


def objects(value: object) -> list[Row]:
    """The objects of a list, or the one object that stands in place of it."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
