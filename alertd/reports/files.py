"""The weekly report as a file: by the ending of its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from alertd.core.errors import InputError
from alertd.reports import layout, page, printed, sections, year_sections
from alertd.reports.figures import figures, year_figures
from alertd.reports.saving import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from alertd.core.weekly import WeeklyReport
    from alertd.core.yearly import YearReport
    from alertd.reports.agency import Agency
    from alertd.reports.layout import Paper

FORMATS = (".docx", ".xlsx", ".pdf", ".html")


def write(path: Path, report: WeeklyReport, agency: Agency, day: date, of: str = "") -> None:
    """Write the report, dated `day`, whole or not at all; `of` names the unit where it is a unit's own page.

    Raises InputError for another ending, AlertdError when a library is missing or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: no report ends so; write one of {', '.join(FORMATS)}")
    if ending == ".xlsx":
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
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: no report ends so; write one of {', '.join(FORMATS)}")
    if ending == ".xlsx":
        from alertd.reports import workbook  # noqa: PLC0415 - large

        with whole(path) as beside:
            workbook.write(beside, workbook.of_year(report))
        return
    lay_out(path, year_sections.paper(report), year_figures(report), agency, day)


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
