"""What a document is made of before a format lays it out: a signed body, and annexes with tables and figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: From nothing to the most of a heat map; black text can be read on each of them.
SHADES = ("#ffffff", "#fde3cf", "#fbc79e", "#f6a771", "#ee8450", "#e2673c")


@dataclass(frozen=True, slots=True)
class Table:
    """Text in cells. `widths` are shares; columns in `numbers` are set to the right; the last `foot` rows are sums.

    `sheet` names the table's own sheet in a workbook; "" where the workbook makes one of the numbers themselves.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: frozenset[int] = frozenset()
    foot: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Shade:
    """One step of a heat map: numbers from `first` to `last` have this colour."""

    first: int
    last: int
    colour: str

    @property
    def text(self) -> str:
        """`0`, `1–4`."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A number for each row and column, the darker the more; None where there is none."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]

    def scale(self) -> tuple[Shade, ...]:
        """The steps, the lightest first; equally wide, none without a number."""
        most = max((number for _, numbers in self.rows for number in numbers if number is not None), default=0)
        steps, first = [Shade(0, 0, SHADES[0])], 1
        for at in range(1, len(SHADES)):
            last = -(-most * at // (len(SHADES) - 1))
            if last >= first:
                steps.append(Shade(first, last, SHADES[at]))
                first = last + 1
        return tuple(steps)

    def coloured(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each row's label, and text and colour of each cell."""
        steps = self.scale()

        def cell(number: int | None) -> tuple[str, str]:
            if number is None:
                return "", SHADES[0]
            return str(number), next(step.colour for step in steps if number <= step.last)

        known = {number: cell(number) for _, numbers in self.rows for number in numbers}
        return [(label, [known[number] for number in numbers]) for label, numbers in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn figure by the name that `figures` gives it; who does not see it is read its caption."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, items of a list, tables, charts, a heat map, in this order."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = field(default=())
    heat: HeatMap | None = None


@dataclass(frozen=True, slots=True)
class Annex:
    """What stands behind the signature, on pages of its own across the sheet."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document. `kind` is what it is called in capitals (`BÁO CÁO`), `title` the lines below it."""

    kind: str
    title: str
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...] = ()

    def all_sections(self) -> tuple[Section, ...]:
        """Those of the body, then those of the annexes."""
        return (*self.sections, *(section for annex in self.annexes for section in annex.sections))


def numbered(paper: Paper) -> Paper:
    """Captions with their numbers: `Bảng 1.`, `Hình 1.`."""
    count = _Count()
    return replace(
        paper,
        sections=count.all(paper.sections),
        annexes=tuple(replace(annex, sections=count.all(annex.sections)) for annex in paper.annexes),
    )


def drawn(paper: Paper, names: Sequence[str]) -> Paper:
    """Without the charts that could not be drawn; sections and annexes that have nothing left go too."""

    def kept(sections: Sequence[Section]) -> tuple[Section, ...]:
        made = [replace(each, charts=tuple(c for c in each.charts if c.name in names)) for each in sections]
        return tuple(s for s in made if s.paragraphs or s.items or s.tables or s.charts or s.heat)

    annexes = [replace(annex, sections=kept(annex.sections)) for annex in paper.annexes]
    return replace(paper, sections=kept(paper.sections), annexes=tuple(annex for annex in annexes if annex.sections))


def filled(table: Table) -> Table:
    """Without the columns that say nothing in any row: feeds do not tell all."""
    kept = [at for at in range(len(table.headers)) if any(row[at] for row in table.rows)]
    return replace(
        table,
        headers=tuple(table.headers[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
        widths=tuple(table.widths[at] for at in kept),
        numbers=frozenset(place for place, at in enumerate(kept) if at in table.numbers),
    )


def roman(number: int) -> str:
    """`IV`: annexes are counted so; 1 to 39."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


class _Count:
    """Numbers captions in the order of the document."""

    def __init__(self) -> None:
        self._tables = self._figures = 0

    def all(self, sections: Sequence[Section]) -> tuple[Section, ...]:
        return tuple(
            replace(
                section,
                tables=tuple(replace(table, caption=self._table(table.caption)) for table in section.tables),
                charts=tuple(replace(chart, caption=self._figure(chart.caption)) for chart in section.charts),
                heat=section.heat and replace(section.heat, caption=self._figure(section.heat.caption)),
            )
            for section in sections
        )

    def _table(self, caption: str) -> str:
        self._tables += 1
        return f"Bảng {self._tables}. {caption}"

    def _figure(self, caption: str) -> str:
        self._figures += 1
        return f"Hình {self._figures}. {caption}"
