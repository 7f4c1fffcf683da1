"""`alertd calendar suggest YEAR`: a commented draft of a year's days off and make-up days, to be put right by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, say
from alertd.config.adviser import advice, names
from alertd.config.checks.calendars import years_written
from alertd.config.reading import CALENDAR, read_folder
from alertd.core.errors import InputError
from alertd.messages.words import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from alertd.config.adviser import Advice
    from alertd.config.calendar import DefaultCalendar

#: Monday to Friday, where there is no calendar that says otherwise.
WEEK = frozenset(range(5))
#: The years that calendar.yaml may write.
YEARS = click.IntRange(1990, 2200)

HEAD = """\
  # Bản thảo lịch nghỉ năm {year}, để dán vào calendar.yaml dưới `default:`. / To paste under `default:`.
  # DỰ TÍNH: đối chiếu với thông báo nghỉ lễ, Tết chính thức; ngày hoán đổi công bố muộn, có thể còn thiếu.
  # / Computed, not announced: compare with the official notice; swaps come late and may be missing.
  # Nếu đã có `years:` thì chỉ dán từ dòng của năm. / Where there is `years:`, paste from the year's line on.
  years:
    {year}:
      by: "Dự tính, CHƯA có thông báo chính thức; thay bằng số, ngày của văn bản"
      days_off:"""


@click.group("calendar")
def command() -> None:
    """Lịch nghỉ và làm bù. / Days off and make-up days."""


@command.command("suggest")
@click.argument("year", type=YEARS)
@config_option
def suggest(year: int, folder: Path) -> None:
    """Bản thảo lịch nghỉ một năm, để dán vào calendar.yaml và sửa. / A draft of a year, to paste and put right."""
    known = advice(year)
    if known is None or not known.off:
        raise InputError(f"YEAR: the days off of {year} are not known; write them as the year's notice has them")
    reading = read_folder(folder)
    calendar = reading.calendar.default if reading.calendar is not None else None
    if calendar is None:
        say(f"{folder / CALENDAR} cannot be read; Monday to Friday are taken for working days")
    elif year in years_written(calendar):
        say(f"{folder / CALENDAR} has the year {year} already; compare")
    click.echo("\n".join(_draft(year, known, names(year), _week(calendar))))


def _week(calendar: DefaultCalendar | None) -> Collection[int]:
    """The weekdays on which work is done, 0 is Monday."""
    return WEEK if calendar is None else {day for day, sessions in calendar.week.items() if sessions}


def _draft(year: int, known: Advice, called: Mapping[date, str], week: Collection[int]) -> Iterator[str]:
    """The lines; two columns in, as they stand under `default:`. A day that is free anyway is only a comment."""
    yield HEAD.format(year=year)
    for day in sorted(known.off):
        free = "" if day.weekday() in week else "# "
        why = called.get(day, "").replace("\n", " ")
        yield f"        {free}- {day}{' ' * (2 - len(free))}  # {WEEKDAYS[day.weekday()]}: {why}".rstrip(": ")
    worked = sorted(day for day in known.worked if day.weekday() not in week)
    yield "      working_days:" + ("" if worked else " []  # ngày làm bù, khi có hoán đổi / make-up days")
    for day in worked:
        yield f"        - {day}    # {WEEKDAYS[day.weekday()]}: làm bù / make-up"
