"""Charts as SVG, to stand in a page: no script, nothing from elsewhere. pygal draws them (extra `report`)."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Sequence

_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_WIDTH, _ROW, _AROUND = 1100, 24, 80
_COLOUR = "#0b5cad"
_NOT_DRAWN = re.compile(r"<!--.*?-->|<script\b.*?</script>", re.DOTALL)


def per_day(title: str, days: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str | None:
    """Rows of dots, one a day, as large as their number; None when pygal is not installed.

    `rows` are labels with a number for each day.
    """
    try:
        from pygal import Config, Dot  # noqa: PLC0415 - an extra
        from pygal.style import CleanStyle  # noqa: PLC0415
    except ImportError:
        return None
    # pygal leaves a finder for its maps behind, of a kind that Python warns of at every later import
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    style = CleanStyle(
        font_family=_FONT, background="transparent", plot_background="transparent", colors=(_COLOUR,) * len(rows),
        label_font_size=12, major_label_font_size=12, title_font_size=15, opacity=".75", transition="0s",
    )  # fmt: skip
    config = Config(
        js=[], style=style, show_legend=False, width=_WIDTH, height=_AROUND + _ROW * max(len(rows), 2),
        disable_xml_declaration=True, explicit_size=False, print_values=False,
    )  # fmt: skip
    chart = Dot(config)
    chart.uuid = f"{crc32(repr((title, days, rows)).encode()):08x}"  # a random one otherwise
    chart.title = title
    chart.x_labels = list(days)
    for label, numbers in rows:
        chart.add(label, [number or None for number in numbers])
    return _NOT_DRAWN.sub("", chart.render(is_unicode=True))
