"""The same as files: a configuration folder that alertd takes, and sheets as a portal exports them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from alertd.core.dossier import Filing
from bench.ground import ZONE
from bench.nation.places import ADMIN, STEPS, offices, people

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from alertd.core.dossier import Observation
    from bench.nation.places import Size

ALERTD = """\
timezone: Asia/Ho_Chi_Minh
storage: {{url: "{storage}"}}
admin: person:{admin}
feeds: [{{name: portal, type: sheet, path: drop/*.csv, scope: part, every: 1h, max_age: 1d}}]
delivery: {{slots: ["07:30", "13:00"], quiet: none, storm_brake: off}}
channels: {{webhook: {{url: "{hook}"}}}}
web: off
"""
CALENDAR = 'default: {sessions: {mon-fri: ["07:30-11:30", "13:00-17:00"]}, holidays: none}\n'
#: Headers that a sheet feed knows by itself.
HEADERS = (
    "Mã hồ sơ", "Mã thủ tục", "Tên thủ tục", "Lĩnh vực", "Đơn vị giải quyết", "Cán bộ xử lý", "Hình thức nộp",
    "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý",
)  # fmt: skip
_FILED = {Filing.ONLINE: "Trực tuyến", Filing.DIRECT: "Trực tiếp"}


def write(folder: Path, size: Size, *, storage: str, hook: str) -> None:
    """A configuration of everybody, each reached over the webhook; sheets go into `drop/`."""
    (folder / "drop").mkdir(parents=True)
    steps = [
        f"{{name: {name}, at: {at}, to: [{', '.join(to.split())}]{f', every: {every}' if every else ''}}}"
        for name, at, to, every in STEPS
    ]
    units = [
        f'  - {{code: {each.code}, name: "{each.name}", kind: {each.kind}'
        f"{f', reports_to: {each.parent}' if each.parent else ''}}}"
        for each in offices(size)
    ]  # fmt: skip
    texts = {
        "alertd": ALERTD.format(storage=storage, admin=ADMIN, hook=hook), "calendar": CALENDAR,
        "escalation": f"policies: [{{name: standard, match: {{}}, steps: [{', '.join(steps)}]}}]\n",
        "organisation": "\n".join(
            [f"fallback: person:{ADMIN}", "people_csv: people.csv", "units:", *units, "people: []", ""]
        ),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "portal_ids", "unit", "post", "channel"])
        rows.writerows([each.id, each.name, each.id, each.unit, each.post, "webhook"] for each in people(size))


def sheet(path: Path, shown: Iterable[Observation]) -> int:
    """One export, whole once it is there under its name; gives the number of rows."""
    part, count = path.with_name(f".{path.name}.part"), 0
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        for count, each in enumerate(shown, 1):  # noqa: B007 - the last count is the number of rows
            rows.writerow([
                each.code, each.procedure_code, each.procedure, each.field, each.unit, each.officers[0],
                _FILED[each.channel], each.status, *map(_time, (each.received_at, each.due_at, each.finished_at)),
            ])  # fmt: skip
    part.rename(path)
    return count


def _time(at) -> str:
    return at.astimezone(ZONE).strftime("%d/%m/%Y %H:%M") if at is not None else ""
