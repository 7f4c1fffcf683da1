"""The weekly report as a file: by the ending of its name."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.core.errors import InputError
from alertd.reports import layout, page, printed, sections, year_sections
from alertd.reports.figures import figures, year_figures
from alertd.reports.saving import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from alertd.core.weekly import WeeklyReport
    from alertd.core.yearly import YearReport
    from alertd.reports.agency import Agency
    from alertd.reports.layout import Paper

FORMATS = (".docx", ".xlsx", ".pdf", ".html")


def of_week(
    report: WeeklyReport, agency: Agency, day: date, ending: str, unit: str = "", of: str = ""
) -> tuple[str, bytes]:
    """The report as a file to send or to fetch: its name and its bytes.

    Of a unit's own page `unit` is the code and `of` the name. Raises as `write`.
    """
    name = f"bao-cao-tuan-{report.edition.week}{f'-{_safe(unit)}' if unit else ''}.{ending}"
    with tempfile.TemporaryDirectory(prefix="alertd-report-") as folder:
        path = Path(folder, name)
        write(path, report, agency, day, of)
        return name, path.read_bytes()


def write(path: Path, report: WeeklyReport, agency: Agency, day: date, of: str = "") -> None:
    """Write the report, dated `day`, whole or not at all; `of` names the unit where it is a unit's own page.

    Raises InputError for another ending, AlertdError when a library is missing or the file cannot be written.
    """
    if _ending(path) == ".xlsx":
        from alertd.reports import workbook  # noqa: PLC0415 - large

        with whole(path) as beside:
            workbook.write(beside, workbook.of_week(report))
        return
    paper = sections.paper(report)
    subject, _, rest = paper.title.partition("\n")
    titled = replace(paper, title=f"{subject} của {of}\n{rest}") if of else paper
    lay_out(path, titled, figures(report), agency, day)


def write_year(path: Path, report: YearReport, agency: Agency, day: date) -> None:
    """Write the report of a year; raises as `write`."""
    if _ending(path) == ".xlsx":
        from alertd.reports import workbook  # noqa: PLC0415 - large

        with whole(path) as beside:
            workbook.write(beside, workbook.of_year(report))
        return
    lay_out(path, year_sections.paper(report), year_figures(report), agency, day)


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: no report ends so; write one of {', '.join(FORMATS)}")
    return ending


def _safe(code: str) -> str:
    """A unit's code as part of a file's name."""
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in code)


def lay_out(path: Path, paper: Paper, drawn: Mapping[str, str], agency: Agency, day: date) -> None:
    """Write a paper as DOCX, PDF or HTML; `drawn` are its charts as SVG. Raises as `write`."""
    made = layout.numbered(layout.drawn(paper, [*drawn]))
    with whole(path) as beside:
        if path.suffix.lower() == ".docx":
            from alertd.reports import document  # noqa: PLC0415 - an extra

            document.write(beside, agency, day, made, {name: printed.picture(svg) for name, svg in drawn.items()})
        elif path.suffix.lower() == ".pdf":
            printed.write(beside, agency, day, made, drawn)
        else:
            page.write(beside, agency, day, made, drawn)
