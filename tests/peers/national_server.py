"""The public evaluation of the national portal, with the limits that were found before it.

In a test:  async with NationalServer(units) as server: … server.url, server.calls, server.violations

It answers a POST from the portal's own page, at most 200 units at a time. Calls that come sooner than 400 ms after the one
before are violations, and so are questions for more units, without the page's headers or in another form.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Self

from tests.peers.loopback import Answer, Loopback, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRESS = "/api/v1/reporting/evaluation/dvc-progress-tree"
LEAST_GAP = 0.4  # seconds
MOST_UNITS = 200
ASKED = {"timeType", "year", "rootDepartmentId", "currentPage", "pageSize", "departmentType"}


def unit(code: str, name: str, received: int) -> dict[str, Any]:
    """One row of the answer."""
    return {
        "departmentId": f"id-{code}", "departmentCode": code, "departmentName": name, "totalReceived": received,
        "totalOnTime": received, "totalOverdue": 0, "avgProcessingDays": 1.5, "totalScore": 20.0,
    }  # fmt: skip


class NationalServer:
    """`parent` and its `units` below; `instead` answers in their place once it is set."""

    def __init__(self, units: Sequence[dict[str, Any]], parent: dict[str, Any] | None = None) -> None:
        self.units = list(units)
        self.parent = parent or unit("H27", "Tỉnh Mẫu", 0)
        self.instead: Answer | None = None
        self.calls: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self._last = float("-inf")
        self._loopback = Loopback(self._respond)

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self._loopback.__aexit__(*ended)

    @property
    def url(self) -> str:
        """The address of the portal."""
        return self._loopback.url

    async def _respond(self, request: Request) -> Answer:
        now = time.monotonic()
        if now - self._last < LEAST_GAP:
            self.violations.append(f"called again after {now - self._last:.3f} s")
        self._last = now
        if request.method != "POST" or request.path != PROGRESS:
            self.violations.append(f"{request.method} {request.path}")
            return json_answer({"code": "NOT_FOUND"}, 404)
        if request.headers.get("origin") != self.url or not request.headers.get("referer", "").startswith(
            self.url + "/"
        ):
            self.violations.append("without the page's Origin and Referer")
            return Answer(403)
        asked = json.loads(request.body)
        self.calls.append(asked)
        if set(asked) != ASKED or not 1 <= asked["pageSize"] <= MOST_UNITS or asked["timeType"] != "year":
            self.violations.append(f"asked for {asked}")
        if self.instead is not None:
            return self.instead
        start = (asked["currentPage"] - 1) * asked["pageSize"]
        children = self.units[start : start + asked["pageSize"]]
        return json_answer({"code": "OK", "data": {"parent": self.parent, "children": children}})
