"""PDF by Typst (extra `report`), from a fixed layout and the report's values as JSON. Only here Typst is imported."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from alertd.core.errors import AlertdError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from alertd.reports.agency import Agency
    from alertd.reports.sections import Section


def write(
    path: Path,
    agency: Agency,
    day: date,
    kind: str,
    title: str,
    sections: Sequence[Section],
    figures: Mapping[str, str],
) -> None:
    """One PDF. Raises AlertdError without the extra, OSError when it cannot be written."""
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise AlertdError(
            "PDF needs the extra `report`: pip install 'alertd[report]'; .docx, .xlsx and .html may do"
        ) from None
    data = {
        "agency": asdict(agency), "day": f"ngày {day:%d} tháng {day:%m} năm {day:%Y}", "kind": kind, "title": title,
        "sections": [_plain(section) for section in sections], "figures": dict(figures),
    }  # fmt: skip
    with as_file(files("alertd.reports") / "templates" / "weekly.typ") as layout:
        made = typst.compile(str(layout), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    path.write_bytes(made)


def _plain(section: Section) -> dict[str, object]:
    tables = [asdict(table) | {"numbers": sorted(table.numbers)} for table in section.tables]
    return asdict(section) | {"tables": tables}
