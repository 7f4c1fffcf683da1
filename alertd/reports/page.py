"""The weekly report as one HTML file: no script, nothing from elsewhere; it prints as it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from alertd.reports.layout import roman

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from alertd.reports.agency import Agency
    from alertd.reports.layout import Paper


def write(
    path: Path,
    agency: Agency,
    day: date,
    paper: Paper,
    figures: Mapping[str, str],
) -> None:
    """One file. Raises OSError."""
    environment = Environment(
        loader=PackageLoader("alertd", "reports/templates"), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    drawn = {name: Markup(svg) for name, svg in figures.items()}  # noqa: S704 - our own charts, without script
    html = environment.get_template("weekly.html").render(
        agency=agency, day=day, paper=paper, figures=drawn, roman=roman
    )
    path.write_text(html, encoding="utf-8")
