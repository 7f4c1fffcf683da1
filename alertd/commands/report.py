"""`alertd report weekly|year|correct|verify`: reports from frozen numbers, corrections, and whether they hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, configuration, format_option, instant, say, stored, table
from alertd.core.errors import AlertdError, InputError
from alertd.core.rates.rate import Indicator
from alertd.jobs.freeze import SETTLE
from alertd.jobs.report import Reporter
from alertd.jobs.yearly import Yearly
from alertd.reports import files, words, year_sections
from alertd.reports.plain import plain
from alertd.store import snapshots

if TYPE_CHECKING:
    from alertd.core.weekly import UnitRow, WeeklyReport
    from alertd.core.yearly import HeadYear, YearReport

week_option = click.option("--week", metavar="YYYY-Www", help="Tuần, như 2026-W48. / The week.")
HEADERS = ["đơn vị", "tồn", "nhận", "xong", "trễ", "chưa xong", "quá hạn", "dừng"]
SHORTEST_REASON = 5


@click.group("report")
def command() -> None:
    """Báo cáo tuần, năm từ số liệu đã chốt. / Reports of a week and of a year, from frozen numbers."""


@command.command("weekly")
@week_option
@click.option("--until", metavar="DATE", help="Đến lúc nào, kể cả khi tuần chưa hết. / Up to an instant.")
@click.option("--edition", type=int, help="Bản nào, khi tuần đã được đính chính. / Which edition of a corrected week.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Ghi ra tệp DOCX, XLSX, PDF, HTML. / To a file."
)
@format_option
@config_option
def weekly(
    week: str | None, until: str | None, edition: int | None, out: Path | None, shape: str, folder: Path
) -> None:
    """Số liệu một tuần; mặc định là tuần vừa hết. / The numbers of one week, by default the last one."""
    if week is not None and until is not None:
        raise InputError("report weekly: give --week or --until, not both")
    if edition is not None and week is None:
        raise InputError("--edition: give --week too")
    reporter, now = _reporter(folder), datetime.now(UTC)
    report = _report(reporter, week, until, edition, now)
    if out is not None:
        settings = reporter.loaded.settings
        files.write(out, report, assembly.agency(settings.report.agency), now.astimezone(settings.zone).date())
        say(f"đã ghi {out}")
        return
    if shape == "json":
        click.echo(json.dumps(plain(report, reporter.loaded.settings.zone), ensure_ascii=False, indent=2))
    else:
        _print(report, reporter)


@command.command("year")
@click.option("--year", type=click.IntRange(2000, 2999), required=True, help="Năm, như 2026. / The year.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Ghi ra tệp DOCX, XLSX, PDF, HTML. / To a file."
)
@format_option
@config_option
def year_(year: int, out: Path | None, shape: str, folder: Path) -> None:
    """Cả năm theo đơn vị và người đứng đầu. / A year's frozen weeks, per unit and per head for their tenure."""
    reporter, now = _reporter(folder), datetime.now(UTC)
    for frozen in reporter.freezer.tick(now):
        say(f"đã chốt số liệu tuần {frozen}")
    with reporter.database.read() as connection:
        report = Yearly(reporter.freezer).report(connection, year, now)
    settings = reporter.loaded.settings
    if out is not None:
        files.write_year(out, report, assembly.agency(settings.report.agency), now.astimezone(settings.zone).date())
        say(f"đã ghi {out}")
    elif shape == "json":
        click.echo(json.dumps(plain(report, settings.zone), ensure_ascii=False, indent=2))
    else:
        _print_year(report)


@command.command("correct")
@week_option
@click.option("--by", help="Ai đính chính. / Who corrects it.")
@click.option("--reason", help="Vì sao. / Why.")
@config_option
def correct(week: str | None, by: str | None, reason: str | None, folder: Path) -> None:
    """Lập bản đính chính của một tuần đã chốt. / Make a new edition of a frozen week and of those after it."""
    why = " ".join((reason or "").split())
    if not week or not (by or "").strip() or len(why) < SHORTEST_REASON:
        raise InputError("report correct: give --week, --by and --reason; the reason in a few words, it is printed")
    reporter = _reporter(folder)
    _cutoff(reporter, week)
    for label in reporter.freezer.correct(week, datetime.now(UTC), by=" ".join((by or "").split()), reason=why):
        click.echo(label)


@command.command("verify")
@week_option
@config_option
def verify(week: str | None, folder: Path) -> None:
    """Đếm lại các tuần đã chốt và so từng số. / Count frozen weeks again; exit 1 when a number differs."""
    reporter = _reporter(folder)
    with reporter.database.read() as connection:
        found = snapshots.editions(connection, week) if week else snapshots.everything(connection)
    if week and not found:
        raise InputError(f"{week}: this week was never frozen")
    different = []
    for row in found:
        if not reporter.freezer.knows(row):
            click.echo(f"{row.week} bản {row.edition}: không đếm lại được, hồ sơ đã hết thời hạn lưu giữ")
            continue
        same = reporter.freezer.recount(row).digest() == row.digest
        click.echo(f"{row.week} bản {row.edition}: {'khớp' if same else 'KHÁC'}")
        different += [] if same else [f"{row.week} bản {row.edition}"]
    if different:
        raise AlertdError(f"report verify: counted again, these differ from what was frozen: {', '.join(different)}")


def _reporter(folder: Path) -> Reporter:
    loaded = configuration(folder)
    return Reporter(stored(loaded), loaded, assembly.ages(loaded))


def _cutoff(reporter: Reporter, week: str) -> datetime:
    try:
        return reporter.freezer.ends.of_label(week)
    except ValueError:
        raise InputError(f"--week: there is no week {week!r}; write it like 2026-W48") from None


def _report(
    reporter: Reporter, week: str | None, until: str | None, edition: int | None, now: datetime
) -> WeeklyReport:
    freezer = reporter.freezer
    ends = freezer.ends
    zone = reporter.loaded.settings.zone
    if until is not None:
        cutoff = instant(until, zone, "--until").astimezone(UTC)
    else:
        cutoff = _cutoff(reporter, week) if week else ends.at_or_before(now - SETTLE)
    if ends.before(cutoff) > now or (until is not None and cutoff > now):
        raise InputError(f"{week or until}: that is still to come; there are no numbers yet")
    for frozen in freezer.tick(now):
        say(f"đã chốt số liệu tuần {frozen}")
    label = week or ends.label(cutoff)
    is_week = ends.at_or_before(cutoff) == cutoff
    if is_week and cutoff <= now - SETTLE:
        freezer.freeze(cutoff, now)
        with reporter.database.read() as connection:
            row = snapshots.edition(connection, label, edition)
            if row is not None:
                return reporter.frozen(connection, row)
        raise InputError(f"{label}: there is no edition {edition}")
    with reporter.database.read() as connection:
        return reporter.preview(connection, min(cutoff, now), now)


def _print(report: WeeklyReport, reporter: Reporter) -> None:
    edition, zone = report.edition, reporter.loaded.settings.zone
    until = edition.cutoff.astimezone(zone) - timedelta(microseconds=1)
    marks = [f"bản {edition.number}"] if edition.number > 1 else []
    marks += [words.MARKS[mark] for mark in edition.marks]
    state = f" ({', '.join(marks)})" if marks else ""
    click.echo(f"Tuần {edition.week}: {edition.start.astimezone(zone):%d/%m/%Y} - {until:%d/%m/%Y}{state}")
    rows = [_row(row) for row in (*report.units, report.whole)]
    table([*HEADERS, *(indicator.value for indicator in Indicator)], rows)
    for note in report.indicators:
        click.echo(f"{note.indicator.value} {note.name}: {note.formula} ({words.SIDES[note.side]})")
    for one in report.explanations_due:
        click.echo(f"Giải trình: {one.name}: {'; '.join(words.BREACHES[breach] for breach in one.breaches)}")
    for remark in report.remarks:
        say(f"lưu ý: {remark.text}")


def _print_year(report: YearReport) -> None:
    click.echo(year_sections.title(report))
    click.echo(year_sections.source(report))
    table(
        [*HEADERS, *(indicator.value for indicator in Indicator), "giải trình"],
        [[*_row(unit.row), unit.owed.weeks] for unit in (*report.units, report.whole)],
    )
    table(
        ["người đứng đầu", "đơn vị", "từ", "đến", "tuần", "nhận", "xong", "trễ", "quá hạn", "R4", "R6", "giải trình"],
        [
            [head.name, tenure.unit, tenure.since, tenure.until, tenure.weeks, *_headed(head, at)]
            for head in report.heads
            for at, tenure in enumerate(head.tenures)
        ],
    )
    for remark in report.remarks:
        say(f"lưu ý: {remark.text}")


def _headed(head: HeadYear, at: int) -> list[object]:
    """The numbers of a head stand beside the first of the tenures that they sum up."""
    if at:
        return [""] * 7
    c = head.counts
    rates = [words.percent(head.rates[i].value) for i in (Indicator.ON_TIME, Indicator.EVER_OVERDUE)]
    return [c.received, c.finished, c.late, c.overdue, *rates, head.owed.weeks]


def _row(row: UnitRow) -> list[object]:
    c = row.counts
    counted = [c.carried_over, c.received, c.finished, c.late, c.open, c.overdue, c.paused]
    return [row.name, *counted, *(_rate(row, indicator) for indicator in Indicator)]


def _rate(row: UnitRow, indicator: Indicator) -> str:
    cell = row.rates[indicator]
    return words.percent(cell.rate.value) + {"met": " đạt", "missed": " chưa"}.get(str(cell.verdict), "")
