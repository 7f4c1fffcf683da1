"""One dossier of an OpenCPS portal as one observation (reference 1.2.2, 4.1, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import ENDED, Filing, Observation, Reject
from alertd.core.text import clean
from alertd.feeds.dates import DateError, Dates, When, days_only, due_value
from alertd.feeds.filing import filing_of
from alertd.feeds.officers import officers_of
from alertd.feeds.pausing import pause_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.feeds.statuses import Statuses


@dataclass(frozen=True)
class Dossiers:
    """Reads one dossier of the portal's JSON as an observation; what identifies the citizen is not looked at."""

    dates: Dates
    statuses: Statuses
    channels: Mapping[str, Filing]
    due_midnight: str | None

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
        try:
            return [self._observation(key, code, row)]
        except DateError as error:
            return [Reject(number, code, str(error))]

    def _observation(self, key: str, code: str, row: Mapping[str, Any]) -> Observation:
        received, released, returned = (self._date(row, f"{name}Date") for name in ("receive", "release", "finish"))
        submitted = self._date(row, "submitDate")
        due_at, due_on = due_value(self._date(row, "dueDate"), portal=True, midnight=self.due_midnight)
        status, lock = text(row, "dossierStatus"), text(row, "lockState")
        phase = self.statuses.opencps(status, lock, received=received is not None, released=released is not None)
        finished = released or (returned if phase in ENDED else None)
        return Observation(
            key=key,
            code=code,
            phase=phase,
            status=f"{status}/{lock}" if lock else status,
            unit=text(row, "govAgencyCode") or text(row, "govAgencyName"),
            officers=officers_of(text(row, "currentActionUser")),
            procedure_code=text(row, "serviceCode"),
            procedure=text(row, "serviceName"),
            channel=self._channel(row),
            submitted_at=submitted.at if submitted else None,
            received_at=received.at if received else None,
            due_at=due_at,
            due_on=due_on,
            finished_at=finished.at if finished else None,
            returned_at=returned.at if returned else None,
            pause=pause_of(phase, status),
            day_only=days_only(
                submitted_at=submitted, received_at=received, finished_at=finished, returned_at=returned
            ),
        )

    def _channel(self, row: Mapping[str, Any]) -> Filing:
        """`online` is a text and may be missing; `viaPostal` counts only for what was not filed online."""
        filed = filing_of(text(row, "online"), self.channels)
        postal = text(row, "viaPostal").lower() not in {"", "0", "false"}
        return Filing.POSTAL if postal and filed is not Filing.ONLINE else filed

    def _date(self, row: Mapping[str, Any], name: str) -> When | None:
        value = row.get(name)
        if value == 0:  # an index writes it for "none"
            return None
        try:
            return self.dates.read(value)
        except DateError:
            raise DateError(value, name) from None


def text(row: Mapping[str, Any], name: str) -> str:
    """A value as text; objects and lists, which no field that is read here has, count as missing."""
    value = row.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    return clean(str(value)) if isinstance(value, str | int | float) else ""
