"""The public evaluation on the national portal: how many dossiers each unit received (reference 1.1.6).

The interface is public, undocumented and may vanish; a firewall before it counts calls. So it is asked page by page
with a pause between, and only for `jobs.reconcile`: nothing that alertd decides rests on it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from alertd.core.errors import FeedError
from alertd.core.national import Total
from alertd.core.text import clean
from alertd.feeds.http import JsonClient
from alertd.feeds.series import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRESS = "/api/v1/reporting/evaluation/dvc-progress-tree"
PAGE = "/vi/danh-gia-chat-luong"  # the page whose script asks like this
PAGE_SIZE = 200
PAUSE = 0.7  # seconds; calls closer than that were blocked
MOST_PAGES = 50


class NationalEvaluation:
    """The evaluation of one province or commune, by its `department` there. `timeout` and `pause` are in seconds."""

    def __init__(self, url: str, department: str, *, timeout: float = 30.0, pause: float = PAUSE) -> None:
        self._url = url
        self._department = department
        self._timeout = timeout
        self._pause = pause

    async def totals(self, year: int) -> list[Total]:
        """The unit and those below it, for a year. Raises FeedError."""
        found: dict[str, Total] = {}
        async with JsonClient("reconcile", self._url, timeout=self._timeout, pause=self._pause) as client:
            for page in range(1, MOST_PAGES + 1):
                data = self._data(
                    client, await client.post(PROGRESS, body=self._asked(year, page), headers=self._sent())
                )
                before = len(found)
                found |= {total.code or total.name: total for total in _rows(data, parent=page == 1)}
                if len(data["children"]) < PAGE_SIZE or len(found) == before:
                    return list(found.values())
                await asyncio.sleep(self._pause)
        raise FeedError(f"{client.where}: its list of units does not end; it has changed, leave `reconcile:` off")

    def _asked(self, year: int, page: int) -> dict[str, Any]:
        return {
            "timeType": "year", "year": year, "rootDepartmentId": self._department, "currentPage": page,
            "pageSize": PAGE_SIZE, "departmentType": "ADMINISTRATIVE_UNIT",
        }  # fmt: skip

    def _sent(self) -> dict[str, str]:
        base = self._url.rstrip("/")
        return {"Origin": base, "Referer": base + PAGE}

    def _data(self, client: JsonClient, answer: Any) -> dict[str, Any]:
        data = answer.get("data") if isinstance(answer, dict) and answer.get("code") == "OK" else None
        if not isinstance(data, dict) or not isinstance(data.get("children"), list):
            raise FeedError(
                f"{client.where}: the answer is not that of the evaluation (`code`, `data.children`);"
                f" check `department:`, or leave `reconcile:` off if the portal has changed"
            )
        return data


def _rows(data: dict[str, Any], *, parent: bool) -> Iterator[Total]:
    for row in ([data.get("parent")] if parent else []) + data["children"]:
        received = whole(row.get("totalReceived")) if isinstance(row, dict) else None
        if received is not None:
            code, name = row.get("departmentCode"), row.get("departmentName")
            yield Total(
                clean(code) if isinstance(code, str) else "", clean(name) if isinstance(name, str) else "", received
            )
