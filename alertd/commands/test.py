"""`alertd test`: rule tests that an admin writes, run on the rules of the configuration; sends nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.commands.options import config_option, tentative
from alertd.commands.verdict import sentences
from alertd.config.findings import ConfigError, language
from alertd.config.rehearsals import load_tests
from alertd.core.comparing import changes
from alertd.core.errors import InputError
from alertd.core.firing import AlertState
from alertd.core.rehearsal import Heard, rehearse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alertd.config.rehearsals import RuleTest
    from alertd.core.rules import Rules


@click.command("test")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@config_option
def command(files: tuple[Path, ...], folder: Path) -> None:
    """Chạy các bài thử quy tắc: ai được báo gì, khi nào. / Run rule tests: who is told what, when.

    FILE là tệp YAML hoặc thư mục có các tệp ấy. / FILE is a YAML file, or a folder of them.
    """
    tests = _read(files, tentative(folder).rules)
    failed = sum(not _report(test) for test in tests)
    passed = len(tests) - failed
    if language() == "en":
        click.echo(f"tests: {len(tests)}, passed: {passed}, failed: {failed}")
    else:
        click.echo(f"{len(tests)} bài thử: {passed} đạt, {failed} không đạt")
    if failed:
        sys.exit(1)


def _read(files: Sequence[Path], rules: Rules) -> list[RuleTest]:
    """All tests of all files; raises ConfigError with the faults of all."""
    tests, findings = [], []
    for file in _single(files):
        try:
            tests += load_tests(file, rules)
        except ConfigError as error:
            findings += error.findings
    if findings:
        raise ConfigError(findings)
    return tests


def _single(files: Sequence[Path]) -> Iterator[Path]:
    """The files, those of a folder in the order of their names. Raises InputError for a folder that has none."""
    for file in files:
        if not file.is_dir():
            yield file
            continue
        found = sorted(file.glob("*.yaml"))
        if not found:
            raise InputError(f"{file}: there is no *.yaml in this folder; name a file of rule tests")
        yield from found


def _report(test: RuleTest) -> bool:
    """Run one test and print its result; whether it passed."""
    heard = [alert for alert in _heard(test) if test.since <= alert.at < test.until]
    told = [alert for alert in heard if alert.state is AlertState.PENDING]
    found = changes(test.expected, told)
    passed, failed = ("passed", "FAILED") if language() == "en" else ("đạt", "KHÔNG ĐẠT")
    place = f"{test.place.file}:{test.place.line}"
    click.echo(f"{failed if found else passed}: {test.name} ({place})")
    for sentence in sentences(test, found, heard):
        click.echo(f"  {sentence}")
    return not found


def _heard(test: RuleTest) -> Iterator[Heard]:
    for given in test.dossiers:
        yield from rehearse(given.seen, given.acks, test.rules, given.since, test.until)
