"""Charts as SVG, to stand in a page: no script, nothing from elsewhere. pygal draws them (extra `report`)."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Sequence

_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
#: Charts that stand in a document have its letters.
_SERIF = "'Times New Roman', 'Liberation Serif', 'Libertinus Serif', serif"
_WIDTH, _ROW, _AROUND = 1100, 24, 80
_COLOUR = "#0b5cad"
_COLOURS = (_COLOUR, "#b35900", "#17653a", "#a8071a")
_NOT_DRAWN = re.compile(r"<!--.*?-->|<script\b.*?</script>", re.DOTALL)


def per_day(title: str, days: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str | None:
    """Rows of dots, one a day, as large as their number; None when pygal is not installed.

    `rows` are labels with a number for each day.
    """
    pygal = _pygal()
    if pygal is None:
        return None
    style = pygal.style.CleanStyle(
        font_family=_FONT, background="transparent", plot_background="transparent", colors=(_COLOUR,) * len(rows),
        label_font_size=12, major_label_font_size=12, title_font_size=15, opacity=".75", transition="0s",
    )  # fmt: skip
    config = pygal.Config(
        js=[], style=style, show_legend=False, width=_WIDTH, height=_AROUND + _ROW * max(len(rows), 2),
        disable_xml_declaration=True, explicit_size=False, print_values=False,
    )  # fmt: skip
    chart = pygal.Dot(config)
    chart.uuid = f"{crc32(repr((title, days, rows)).encode()):08x}"  # a random one otherwise
    chart.title = title
    chart.x_labels = list(days)
    for label, numbers in rows:
        chart.add(label, [number or None for number in numbers])
    return _NOT_DRAWN.sub("", chart.render(is_unicode=True))


def over_weeks(weeks: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]]) -> str | None:
    """Lines over weeks; None when pygal is not installed."""
    return _drawn("Line", weeks, rows, height=320)


def beside_goals(units: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]]) -> str | None:
    """For each unit a bar for each row, in percent; None when pygal is not installed."""
    return _drawn("HorizontalBar", units, rows, height=140 + 24 * max(len(units), 2) * max(len(rows), 1))


def _drawn(
    kind: str, labels: Sequence[str], rows: Sequence[tuple[str, Sequence[float | None]]], *, height: int
) -> str | None:
    pygal = _pygal()
    if pygal is None:
        return None
    style = pygal.style.CleanStyle(
        font_family=_SERIF, background="transparent", plot_background="transparent", colors=_COLOURS,
        label_font_size=16, major_label_font_size=16, legend_font_size=16, transition="0s",
    )  # fmt: skip
    config = pygal.Config(
        js=[], style=style, width=_WIDTH, height=height, disable_xml_declaration=True, explicit_size=False,
        print_values=False, legend_at_bottom=True, show_legend=len(rows) > 1, range=(0, _most(rows)),
    )  # fmt: skip
    chart = getattr(pygal, kind)(config)
    chart.uuid = f"{crc32(repr((kind, labels, rows)).encode()):08x}"  # a random one otherwise
    chart.x_labels = list(labels)
    for label, numbers in rows:
        chart.add(label, list(numbers))
    return _NOT_DRAWN.sub("", chart.render(is_unicode=True))


def _most(rows: Sequence[tuple[str, Sequence[float | None]]]) -> float:
    return max((number for _, numbers in rows for number in numbers if number is not None), default=0) or 1


def _pygal() -> Any:
    """The library, an extra; None where it is not installed."""
    try:
        import pygal  # noqa: PLC0415
        import pygal.style  # noqa: PLC0415
    except ImportError:
        return None
    # pygal leaves a finder for its maps behind, of a kind that Python warns of at every later import
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal
