"""The simulated portal as a VNPT iGate 2.0 (reference 1.4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

PATH = "/pa/dossier/search"
WRITTEN = "%Y-%m-%dT%H:%M:%S.000%z"  # without a colon in the offset
RUNNING, PAUSED, FINISHED = "Đang xử lý", "Tạm dừng", "Có kết quả"
#: The numbers that this portal gives its labels; other provinces have others.
NUMBERS = {"Mới đăng ký": 0, RUNNING: 2, PAUSED: 3, FINISHED: 4, "Đã trả kết quả": 5}


def names(vietnamese: str, english: str = "") -> list[dict[str, Any]]:
    """A name in two languages; in some answers only in one."""
    both = ((46, english), (228, vietnamese))
    return [{"languageId": language, "name": name} for language, name in both if name]


def dossier(
    number: int,
    *,
    zone: ZoneInfo,
    received: datetime | None,
    due: datetime | None,
    finished: datetime | None = None,
    submitted: datetime | None = None,
    status: str = RUNNING,
    unit: str = "TP",
    unit_name: str = "Phòng Tư pháp",
    officer: str = "",
    procedure: str = "Chứng thực bản sao từ bản chính",
    procedure_code: str = "2.000815",
    online: bool = False,
    code: str = "",
) -> dict[str, Any]:
    """One dossier as the portal's JSON has it; instants are aware. The citizen is made up, and is seen to be."""

    def written(at: datetime | None) -> str | None:
        return at.astimezone(zone).strftime(WRITTEN) if at else None

    agency = {"id": f"{number % 7:024x}", "code": unit, "name": names(unit_name)}
    task: dict[str, Any] = {"id": f"{number:024x}", "isCurrent": 1, "agency": agency}
    task |= {"bpmProcessDefinitionTask": {"name": {"id": "1", "name": "Xử lý hồ sơ"}}}
    if officer:
        task["assignee"] = {"id": f"{number % 11:024x}", "fullname": officer}
    return {
        "id": f"65f0{number:020x}",
        "code": code or f"H27.35-{number:06d}",
        "nationCode": "",
        "dossierStatus": {"id": NUMBERS.get(status, 99), "name": names(status, "Status")},
        "dossierTaskStatus": {"id": f"{number % 5:024x}", "name": names(status)},
        "applicant": {"data": {"fullname": f"Công dân mẫu {number}", "identityNumber": f"MAU{number:09d}"}},
        "procedure": {
            "id": f"{number % 13:024x}",
            "code": procedure_code,
            "translate": names(procedure),
            "sector": {"id": "1", "name": names("Hộ tịch", "Civil status")},
        },
        "agency": agency,
        "applyMethod": {"id": int(online), "name": "Trực tuyến" if online else "Trực tiếp"},
        "appliedDate": written(submitted or received),
        "acceptedDate": written(received),
        "appointmentDate": written(due),
        "dueDate": written(due),
        "completedDate": written(finished),
        "currentTask": [] if finished else [task],
        "undefindedCompleteTime": 0 if due else 1,
    }


class Igate:
    """How iGate writes what faults change, and a page of its list."""

    def due(self, row: Mapping[str, Any]) -> datetime | None:
        """The appointment as iGate writes it; None for any other writing, which tests bring."""
        return read(row.get("appointmentDate"))

    def finished(self, row: Mapping[str, Any]) -> datetime | None:
        """When it was completed."""
        return read(row.get("completedDate"))

    def with_due(self, row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """With another appointment; the portal's own deadline follows it."""
        return {**row, "appointmentDate": at.strftime(WRITTEN), "dueDate": at.strftime(WRITTEN)}

    def with_finish(self, row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Completed, and not yet handed over unless it was."""
        done = row if self.finished(row) else self._called(row, FINISHED)
        return {**done, "completedDate": at.strftime(WRITTEN), "currentTask": []}

    def paused(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing but the label says so."""
        return self._called(row, PAUSED)

    def reopened(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Being processed again."""
        return {**self._called(row, RUNNING), "completedDate": None}

    def _called(self, row: Mapping[str, Any], status: str) -> dict[str, Any]:
        return {
            **row,
            "dossierStatus": {"id": NUMBERS[status], "name": names(status)},
            "dossierTaskStatus": {"id": "1", "name": names(status)},
        }

    def ordered(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """By id, as the feed asks for it."""
        return sorted(map(dict, rows), key=lambda row: str(row.get("id")))

    def page(self, rows: Sequence[Any], total: int, parameters: Mapping[str, str], limit: int) -> dict[str, Any]:
        """One page of Spring's: with its numbers, or as a slice that says only whether it is the last."""
        number, size = int(parameters.get("page", "0")), min(int(parameters.get("size", "20")), limit)
        content = rows[number * size : (number + 1) * size]
        answer = {
            "content": content,
            "number": number,
            "size": size,
            "numberOfElements": len(content),
            "first": number == 0,
            "last": (number + 1) * size >= len(rows),
            "empty": not content,
        }
        if parameters.get("spec") == "slice":
            return answer
        return answer | {"totalElements": total, "totalPages": -(-total // size)}


def read(text: object) -> datetime | None:
    """A date as iGate writes it."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return None
