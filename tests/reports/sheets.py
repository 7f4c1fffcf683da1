"""A workbook's cells and formulas as its XML has them, and the few formulas of our reports, counted by hand."""

from __future__ import annotations

import re
import zipfile
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RANGE = r"\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"


class Sheet:
    """Values by cell ("B2") and formulas by cell."""

    def __init__(self, xml, strings):
        self.values, self.formulas = {}, {}
        for cell in ET.fromstring(xml).iter(f"{_MAIN}c"):
            value, formula = cell.find(f"{_MAIN}v"), cell.find(f"{_MAIN}f")
            if formula is not None:
                self.formulas[cell.get("r")] = formula.text
            if value is None or value.text is None:
                continue
            kind = cell.get("t")
            self.values[cell.get("r")] = (
                strings[int(value.text)] if kind == "s" else value.text if kind == "str" else float(value.text)
            )

    def counted(self, cell):
        """A cell by its formula, counted from the cells that are no formulas; else as it stands."""
        formula = self.formulas.get(cell)
        if formula is None:
            return self.values.get(cell, "")
        if match := re.fullmatch(rf"SUM\({_RANGE}\)", formula):
            return sum(self.counted(each) for each in _cells(*match.groups()))
        if match := re.fullmatch(rf"SUMIF\({_RANGE},([A-Z]+\d+),{_RANGE}\)", formula):
            wanted = self.counted(match[5])
            named, summed = _cells(*match.groups()[:4]), _cells(*match.groups()[5:])
            return sum(
                self.counted(add) for name, add in zip(named, summed, strict=True) if self.counted(name) == wanted
            )
        if match := re.fullmatch(r'IF\(([A-Z]+\d+)=0,"–",([A-Z]+\d+)/\1\)', formula):
            whole = self.counted(match[1])
            return "–" if whole == 0 else self.counted(match[2]) / whole
        if match := re.fullmatch(
            r'IF\(ISNUMBER\((\w+)\),IF\(\1(>=|<=)(\w+),"đạt","chưa đạt"\),""\)', formula
        ):  # fmt: skip
            rate, goal = self.counted(match[1]), self.counted(match[3])
            if not isinstance(rate, float):
                return ""
            return "đạt" if (rate >= goal if match[2] == ">=" else rate <= goal) else "chưa đạt"
        raise AssertionError(f"{cell}: no report has the formula {formula}")

    def rows(self):
        """Rows of values, the header first."""
        found = {}
        for cell, value in self.values.items():
            column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
            found.setdefault(int(row), {})[_place(column)] = value
        return [[found[row].get(at, "") for at in range(max(found[1]) + 1)] for row in sorted(found) if found[row]]


def read(path):
    """The sheets by name."""
    with zipfile.ZipFile(path) as archive:
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        strings = ["".join(part.text or "" for part in item.iter(f"{_MAIN}t")) for item in shared]
        names = [each.get("name") for each in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")]
        return {name: Sheet(archive.read(f"xl/worksheets/sheet{at}.xml"), strings) for at, name in enumerate(names, 1)}


def without_values(path, target):
    """The same workbook without the values of its formulas: whoever opens it must count."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            data = archive.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            made.writestr(name, data)


def _place(column):
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _cells(first, top, last, bottom):
    columns = [_letters(at) for at in range(_place(first), _place(last) + 1)]
    return [f"{column}{row}" for row in range(int(top), int(bottom) + 1) for column in columns]


def _letters(place):
    made, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        made = chr(ord("A") + rest) + made
    return made
