"""The weekly report as a file: by the ending of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.errors import InputError
from alertd.reports import page, printed, sections
from alertd.reports.figures import figures
from alertd.reports.saving import whole

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from alertd.core.weekly import WeeklyReport
    from alertd.reports.agency import Agency

KIND = "BÁO CÁO"
SUBJECT = "Kết quả giải quyết hồ sơ thủ tục hành chính"
FORMATS = (".docx", ".xlsx", ".pdf", ".html")


def write(path: Path, report: WeeklyReport, agency: Agency, day: date) -> None:
    """Write the report, dated `day`, whole or not at all.

    Raises InputError for another ending, AlertdError when a library is missing or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"{path}: no report ends so; write one of {', '.join(FORMATS)}")
    title = f"{SUBJECT}\n{sections.title(report)}"
    made = sections.sections(report)
    with whole(path) as beside:
        if ending == ".docx":
            from alertd.reports import document  # noqa: PLC0415 - an extra

            document.write(beside, agency, day, KIND, title, made)
        elif ending == ".xlsx":
            from alertd.reports import workbook  # noqa: PLC0415 - large

            workbook.write(beside, report)
        elif ending == ".pdf":
            printed.write(beside, agency, day, KIND, title, made, figures(report))
        else:
            page.write(beside, agency, day, KIND, title, made, figures(report))
