"""The simulated portal as an OpenCPS v2 (reference 1.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATH = "/o/rest/v2/dossiers"
WRITTEN = "%d/%m/%Y %H:%M:%S"  # how OpenCPS prints a local time
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def dossier(
    number: int,
    *,
    zone: ZoneInfo,
    received: datetime | None,
    due: datetime | None,
    released: datetime | None = None,
    finished: datetime | None = None,
    submitted: datetime | None = None,
    status: str = "processing",
    lock: str = "",
    unit: str = "TP",
    unit_name: str = "Phòng Tư pháp",
    officer: str = "",
    procedure: str = "Chứng thực bản sao từ bản chính",
    procedure_code: str = "2.000815",
    online: bool = False,
    postal: bool = False,
    code: str = "",
) -> dict[str, Any]:
    """One dossier as the portal's JSON has it; instants are aware. The citizen is made up, and is seen to be."""

    def written(at: datetime | None) -> str:
        return at.astimezone(zone).strftime(WRITTEN) if at else ""

    return {
        "dossierId": number,
        "referenceUid": f"mau-{number:08d}",
        "dossierNo": code or f"H27.35-{number:06d}",
        "serviceCode": procedure_code,
        "serviceName": procedure,
        "govAgencyCode": unit,
        "govAgencyName": unit_name,
        "applicantName": f"Công dân mẫu {number}",
        "applicantIdNo": f"MAU{number:09d}",
        "submitDate": written(submitted),
        "receiveDate": written(received),
        "dueDate": written(due),
        "releaseDate": written(released),
        "finishDate": written(finished),
        "dossierStatus": status,
        "dossierSubStatus": "",
        "lockState": lock,
        "online": str(online).lower(),
        "viaPostal": "1" if postal else "0",
        "currentActionUser": officer,
    }


class Opencps:
    """How OpenCPS writes what faults change, and a page of its list."""

    def due(self, row: Mapping[str, Any]) -> datetime | None:
        """The due date as OpenCPS prints it; None for any other writing, which tests bring."""
        return read(row.get("dueDate"))

    def finished(self, row: Mapping[str, Any]) -> datetime | None:
        """The release."""
        return read(row.get("releaseDate"))

    def with_due(self, row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """With another due date."""
        return {**row, "dueDate": at.strftime(WRITTEN)}

    def with_finish(self, row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Released, and not yet handed over unless it was."""
        status = row["dossierStatus"] if self.finished(row) else "releasing"
        return {**row, "dossierStatus": status, "releaseDate": at.strftime(WRITTEN)}

    def paused(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Locked: the status stays."""
        return {**row, "lockState": "PAUSE"}

    def reopened(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Going back to processing clears both dates (reference 1.2.4)."""
        return {**row, "dossierStatus": "processing", "lockState": "", "releaseDate": "", "finishDate": ""}

    def ordered(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """By number, as the feed asks for it."""
        return sorted(map(dict, rows), key=lambda row: int(row.get("dossierId") or 0))

    def page(self, rows: Sequence[Any], total: int, parameters: Mapping[str, str], limit: int) -> dict[str, Any]:
        """The rows from `start` to `end`, at most `limit`; `end` of -1 asks for all."""
        start, end = span(parameters)
        asked = len(rows) if end < 0 else max(end - start, 0)
        return {"total": total, "data": rows[start : start + min(asked, limit)]}


def span(parameters: Mapping[str, str]) -> tuple[int, int]:
    """`start` and `end` of a call."""
    return int(parameters.get("start", "0")), int(parameters.get("end", "-1"))


def read(text: object) -> datetime | None:
    """A date as OpenCPS prints it."""
    try:
        return datetime.strptime(str(text), WRITTEN).replace(tzinfo=ZONE)
    except ValueError:
        return None
