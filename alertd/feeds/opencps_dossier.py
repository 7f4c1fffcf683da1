"""One dossier of an OpenCPS portal as one observation (reference 1.2.2, 4.1, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.applicant import Keep, applicant
from alertd.core.dossier import ENDED, Filing, Observation, Reject
from alertd.feeds.dates import DateError, Dates, days_only, due_value
from alertd.feeds.filing import filing_of
from alertd.feeds.jsonrow import Dated, at, others, text
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of
from alertd.feeds.statuses import beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.feeds.answers import Answers
    from alertd.feeds.statuses import Statuses

# `originality`: 1 online, 2 liên thông, 3 one-gate, 9 a group of dossiers.
PART_OF_ANOTHER = frozenset({"2", "9"})
FILED: Mapping[str, Filing] = {"1": Filing.ONLINE, "3": Filing.DIRECT}


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
        if not isinstance(row, dict):
            return ""
        number = text(row, "dossierId")
        return number if number not in {"", "0"} else text(row, "referenceUid")

    def read(self, number: int, key: str, row: Any) -> Sequence[Observation | Reject]:
        """One dossier, by its number in the list."""
        if not isinstance(row, dict):
            return [Reject(number, "", "this is no dossier (a JSON object); ask the portal's operator")]
        code = text(row, "dossierNo") or key
        if not key:
            return [Reject(number, code, "it has neither dossierId nor referenceUid; ask the portal's operator")]
        dated = Dated(self.dates)
        try:
            observation = self._observation(key, code, row, dated)
        except DateError as error:
            return [Reject(number, code, str(error))]
        return [observation, *(Reject(number, code, why) for why in dated.damaged)]

    def _observation(self, key: str, code: str, row: Mapping[str, Any], dated: Dated) -> Observation:
        received, released, returned = (dated.when(row, f"{name}Date") for name in ("receive", "release", "finish"))
        submitted = dated.if_readable(row, "submitDate")
        due_at, due_on = due_value(dated.when(row, "dueDate"), portal=True, midnight=self.due_midnight)
        origin, counter = text(row, "originDossierNo"), text(row, "dossierCounter")
        parent = origin if text(row, "originality") in PART_OF_ANOTHER else ""
        status, lock = text(row, "dossierStatus"), text(row, "lockState")
        phase = self.statuses.opencps(status, lock, received=received is not None, released=released is not None)
        finished = released or (returned if phase in ENDED else None)
        return Observation(
            key=key,
            code=code,
            phase=phase,
            status=beside(status, lock),
            unit=text(row, "govAgencyCode") or text(row, "govAgencyName"),
            officers=officers_of(text(row, "currentActionUser")),
            procedure_code=text(row, "serviceCode"),
            procedure=text(row, "serviceName"),
            field=text(row, "domainName") or text(row, "domainCode"),
            channel=self._channel(row),
            submitted_at=at(submitted),
            received_at=at(received),
            due_at=due_at,
            due_on=due_on,
            finished_at=at(finished),
            returned_at=at(returned),
            # a bare number counts within one book: it names no dossier
            aliases=others(code, "" if parent else origin, "" if counter.isdecimal() else counter),
            parent=parent,
            step=text(row, "stepName") or text(row, "stepCode"),
            step_due_at=at(dated.if_readable(row, "stepDuedate")),
            service_level=self.answers.level(text(row, "serviceLevel")),
            pause=pause_of(phase, status),
            applicant=applicant(self.keep_applicant, text(row, "applicantName"), text(row, "contactTelNo")),
            day_only=days_only(
                submitted_at=submitted, received_at=received, finished_at=finished, returned_at=returned
            ),
        )

    def _channel(self, row: Mapping[str, Any]) -> Filing:
        """`online` is a text and may be missing, when `originality` tells; `viaPostal` counts only for the rest."""
        filed = filing_of(text(row, "online"), self.channels)
        if filed is Filing.UNKNOWN:
            filed = FILED.get(text(row, "originality"), Filing.UNKNOWN)
        postal = text(row, "viaPostal").lower() not in {"", "0", "false"}
        return Filing.POSTAL if postal and filed is not Filing.ONLINE else filed
