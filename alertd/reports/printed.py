"""PDF by Typst (extra `report`), from a fixed layout and the report's values as JSON. Only here Typst is imported."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from alertd.core.errors import AlertdError
from alertd.log import get
from alertd.reports.agency import BLANK
from alertd.reports.layout import roman

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from alertd.reports.agency import Agency
    from alertd.reports.layout import Paper, Section, Table

log = get("reports")
#: NĐ 30/2020/NĐ-CP wants Times New Roman; the other has its measures.
FONTS = ("Times New Roman", "Liberation Serif")
#: Longer lists are cut, and say so: Typst's time grows with the square of the pages.
MOST_ROWS = 2_000


def write(
    path: Path,
    agency: Agency,
    day: date,
    paper: Paper,
    figures: Mapping[str, str],
) -> None:
    """One PDF. Raises AlertdError without the extra, OSError when it cannot be written."""
    typst = _typst()
    _warn_of_fonts(typst)
    data = {
        "agency": asdict(agency), "day": f"ngày {day:%d} tháng {day:%m} năm {day:%Y}",
        "kind": paper.kind, "title": paper.title,
        "sections": [values(section) for section in paper.sections], "figures": dict(figures),
        "issued": f"{paper.kind.capitalize()} số {BLANK}/{agency.number} ngày {day:%d/%m/%Y} của {agency.name}",
        "annexes": [
            {"number": roman(at), "title": annex.title, "sections": [values(each) for each in annex.sections]}
            for at, annex in enumerate(paper.annexes, 1)
        ],
    }  # fmt: skip
    with as_file(files("alertd.reports") / "templates" / "weekly.typ") as layout:
        made = typst.compile(str(layout), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    path.write_bytes(made)


def picture(svg: str) -> bytes:
    """A chart as PNG, for formats that cannot hold SVG. Raises AlertdError without the extra."""
    source = (
        '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 250mm)'
    )
    made = _typst().compile(source.encode(), format="png", ppi=150, sys_inputs={"svg": svg})
    return bytes(made)


def _typst() -> Any:
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise AlertdError(
            "PDF needs the extra `report`: pip install 'alertd[report]'; .docx, .xlsx and .html may do"
        ) from None
    return typst


def _warn_of_fonts(typst: Any) -> None:
    """Who reads the log hears that the letters are not those of the decree; the document is made all the same."""
    if not set(FONTS) & set(typst.Fonts().families()):
        log.warning("no font of official documents is installed; the PDF has others", wanted=list(FONTS))


def _printed(table: Table) -> tuple[tuple[str, ...], ...]:
    """Rows that are printed: all of a table with sums, the first of a list."""
    return table.rows if table.foot else table.rows[:MOST_ROWS]


def _more(table: Table) -> str:
    """What stands under a table that is longer than anybody prints; the other formats have all of it."""
    if len(_printed(table)) == len(table.rows):
        return ""
    return f"Bảng có {len(table.rows)} dòng; bản in nêu {MOST_ROWS} dòng đầu, đủ trong tệp XLSX, DOCX, HTML."


def values(section: Section) -> dict[str, object]:
    """A section as the layout reads it."""
    tables = [
        asdict(table) | {"rows": _printed(table), "numbers": sorted(table.numbers), "more": _more(table)}
        for table in section.tables
    ]
    heat = section.heat and {
        "caption": section.heat.caption,
        "headers": [section.heat.corner, *section.heat.columns],
        "rows": section.heat.coloured(),
        "scale": [(step.text, step.colour) for step in section.heat.scale()],
    }
    return asdict(section) | {"tables": tables, "heat": heat}
