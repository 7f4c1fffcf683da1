"""A CSV as a workbook that has been through many hands: titles, hidden rows, serial dates, decomposed texts, totals."""

from __future__ import annotations

import csv
import unicodedata
from datetime import datetime

import xlsxwriter

EPOCH = datetime(1899, 12, 30)


def spoilt_workbook(source, target):
    """The rows of `source` in `target`; dates lose their offset and keep the wall clock, to the millisecond."""
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    dates = [index for index, name in enumerate(header) if name.endswith("_at") or name in ("deadline", "planned_end")]
    with xlsxwriter.Workbook(target, {"default_date_format": "dd/mm/yyyy hh:mm:ss"}) as book:
        book.add_worksheet("Bìa").write(0, 0, "BÁO CÁO")
        tab = book.add_worksheet("Dữ liệu")
        bold = book.add_format({"bold": True})
        tab.merge_range(0, 0, 1, len(header), unicodedata.normalize("NFD", "DANH SÁCH HỒ SƠ CẤP PHÉP"))
        tab.write_row(3, 0, ["STT", *header], bold)
        tab.write_row(4, 0, [f"({number + 1})" for number in range(len(header) + 1)])
        at = 5
        for number, row in enumerate(rows):
            if number and number % 400 == 0:
                tab.write_row(at, 0, ["STT", *header])  # the header of the next page
                at += 1
            cells = [unicodedata.normalize("NFD", cell) for cell in row]
            for index in dates:
                cells[index] = date_cell(row[index], number + index)
            tab.write_row(at, 0, [float(number + 1), *cells])
            if number % 11 == 0:
                tab.set_row(at, None, None, {"hidden": True})
            at += 1
        tab.write_row(at, 0, ["Tổng cộng", float(len(rows))])
        tab.set_column(3, 3, None, None, {"hidden": True})
    return target


def date_cell(text, turn):
    """One instant in turn as a date cell, a bare serial number, a text, a text with an apostrophe."""
    if not text:
        return ""
    local = datetime.fromisoformat(text).replace(tzinfo=None)
    if turn % 4 == 0:
        return local
    if turn % 4 == 1:
        return (local - EPOCH).total_seconds() / 86_400
    shown = f"{local:%d/%m/%Y %H:%M:%S}.{local.microsecond // 1000:03}"
    return shown if turn % 4 == 2 else f"'{shown}"
