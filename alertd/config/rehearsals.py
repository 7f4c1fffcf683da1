"""Rule tests read, checked and ready to run: names that lead nowhere are faults with their line, as in `check`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from alertd.config import compile as compiling
from alertd.config.findings import ConfigError, Finding, Place
from alertd.config.nearest import nearest
from alertd.config.problems import Problems
from alertd.config.reading import read_text, shown
from alertd.config.rule_tests import TestsModel
from alertd.config.source import Source
from alertd.core.acknowledging import Ack
from alertd.core.dossier import Filing, Observation, Phase
from alertd.core.text import clean, normal_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from alertd.config.organisation import PersonModel
    from alertd.config.rule_tests import DossierModel, ExpectModel, TestModel
    from alertd.config.source import Path as Keys
    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Expectation:
    """One alert that a test expects, and where the file says so."""

    at: datetime
    dossier: str
    step: str
    person: str
    place: Place


@dataclass(frozen=True, slots=True)
class Given:
    """One dossier of a test, as its feed shows it from `since` on, and the answers that people give."""

    seen: Observation
    since: datetime
    acks: tuple[Ack, ...]


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test; it looks at since <= at < until, and `place` is where its name stands."""

    name: str
    place: Place
    rules: Rules
    dossiers: tuple[Given, ...]
    since: datetime
    until: datetime
    expected: tuple[Expectation, ...]


def load_tests(path: Path, rules: Rules) -> list[RuleTest]:
    """The tests of one file, to be run on these rules; raises ConfigError with all faults at once."""
    findings: list[Finding] = []
    text = read_text(path, findings)
    if text is None:
        findings.append(Finding.of("file.missing", Place(shown(path), 1, 1), name=path.name))
    if findings or text is None:
        raise ConfigError(findings)
    return read_tests(text, shown(path), rules)


def read_tests(text: str, file: str, rules: Rules) -> list[RuleTest]:
    """The same of a text; `file` is what findings call it."""
    findings: list[Finding] = []
    source = Source(file, text)
    model = _validated(source, findings)
    if model is None:
        raise ConfigError(sorted(set(findings)))
    reader = _Reader(source, rules)
    tests = [reader.test(test, ("tests", at)) for at, test in enumerate(model.tests)]
    if reader.findings:
        raise ConfigError(sorted(set(reader.findings)))
    return tests


def _validated(source: Source, findings: list[Finding]) -> TestsModel | None:
    findings += source.findings
    if findings:
        return None
    problems = Problems(source)
    try:
        model = TestsModel.model_validate(source.values, context=problems)
    except ValidationError as error:
        problems.add(error)
        model = None
    findings += problems.findings
    return None if problems.findings else model


class _Reader:
    """Turns the models of one file into tests, and notes what is wrong with the names and times in them."""

    def __init__(self, source: Source, rules: Rules) -> None:
        self.findings: list[Finding] = []
        self._source = source
        self._rules = rules
        self._steps = {step.name for policy in rules.policies for step in policy.steps}

    def test(self, model: TestModel, path: Keys) -> RuleTest:
        """One test of the file; `path` leads to it."""
        rules = self._with_people(model.people, path)
        codes = self._codes(model.dossiers, path)
        since, until = self._clock(model, path)
        acks = list(self._acks(model, path, codes, rules))
        given = tuple(
            Given(seen, shown or since, tuple(ack for code, ack in acks if code == seen.code))
            for seen in map(self._seen, model.dossiers)
            for shown in [seen.submitted_at or seen.received_at]
        )
        expected = tuple(
            expectation
            for at, each in enumerate(model.expect)
            for expectation in self._expected(each, (*path, "expect", at), codes, rules, since, until)
        )
        return RuleTest(model.name, self._source.at(*path, "name"), rules, given, since, until, expected)

    def _fault(self, code: str, path: Keys, /, **named: object) -> None:
        self.findings.append(Finding.of(code, self._source.at(*path), **named))

    def _instant(self, at: datetime) -> datetime:
        return at.replace(tzinfo=self._rules.zone) if at.tzinfo is None else at

    def _utc(self, at: datetime | None) -> datetime | None:
        return None if at is None else self._instant(at).astimezone(UTC)

    def _with_people(self, people: Sequence[PersonModel], path: Keys) -> Rules:
        """The rules with a test's own people; whoever has the id of somebody in organisation.yaml takes their place."""
        if not people:
            return self._rules
        organisation = self._rules.organisation
        for index, person in enumerate(people):
            for at, post in enumerate(person.posts):
                if post.unit not in organisation.units:
                    place = (*path, "people", index, "posts", at, "unit")
                    self._fault("unit.unknown", place, code=post.unit, near=nearest(post.unit, organisation.units))
        own = {person.id: compiling.one_person(person) for person in people}
        return replace(self._rules, organisation=replace(organisation, people={**organisation.people, **own}))

    def _codes(self, dossiers: Sequence[DossierModel], path: Keys) -> dict[str, str]:
        """Codes as they are shown, by how they are compared."""
        codes: dict[str, str] = {}
        for index, dossier in enumerate(dossiers):
            if normal_code(dossier.code) in codes:
                self._fault("test.dossier-twice", (*path, "dossiers", index, "code"), code=dossier.code)
            codes[normal_code(dossier.code)] = clean(dossier.code)
        return codes

    def _clock(self, model: TestModel, path: Keys) -> tuple[datetime, datetime]:
        """The stretch of time; it begins with the first submission or receipt where nothing else is written."""
        until = self._instant(model.clock.last)
        received = [self._instant(at) for d in model.dossiers if (at := d.submitted_at or d.received_at) is not None]
        if model.clock.first is not None:
            since = self._instant(model.clock.first)
        elif received:
            since = min(received)
        else:
            self._fault("test.no-begin", (*path, "clock"))
            since = until
        if since >= until and (model.clock.first is not None or received):
            self._fault("test.backwards", (*path, "clock", "to"))
        return since, until

    def _seen(self, model: DossierModel) -> Observation:
        due = model.due_at
        exact = isinstance(due, datetime)
        return Observation(
            key=normal_code(model.code), code=clean(model.code), phase=Phase(model.phase), unit=clean(model.unit),
            officers=tuple(map(clean, model.officer)), procedure_code=clean(model.procedure_code),
            procedure=clean(model.procedure), field=clean(model.field), channel=Filing(model.channel),
            submitted_at=self._utc(model.submitted_at), accept_due_at=self._utc(model.accept_due_at),
            received_at=self._utc(model.received_at),
            due_at=self._utc(due) if isinstance(due, datetime) else None, due_on=None if exact else due,
            finished_at=self._utc(model.finished_at), returned_at=self._utc(model.returned_at),
        )  # fmt: skip

    def _acks(self, model: TestModel, path: Keys, codes: dict[str, str], rules: Rules) -> Iterator[tuple[str, Ack]]:
        """Codes and their acknowledgements, oldest first."""
        given = sorted(enumerate(model.acknowledged), key=lambda each: self._instant(each[1].at))
        for at, answer in given:
            place = (*path, "acknowledged", at)
            self._person(answer.person, (*place, "person"), rules)
            yield self._dossier(answer.dossier, place, codes), Ack(answer.person, self._instant(answer.at))

    def _expected(
        self, model: ExpectModel, path: Keys, codes: dict[str, str], rules: Rules, since: datetime, until: datetime
    ) -> Iterator[Expectation]:
        at = self._instant(model.at)
        if model.step not in self._steps:
            self._fault("test.step", (*path, "step"), step=model.step, near=nearest(model.step, self._steps))
        if not since <= at < until:
            self._fault("test.outside", (*path, "at"))
        code = self._dossier(model.dossier, path, codes)
        for index, person in enumerate(model.to):
            place = (*path, "to", index) if self._source.has(*path, "to", index) else (*path, "to")
            self._person(person, place, rules)
            yield Expectation(at, code, model.step, person, self._source.at(*path))

    def _person(self, person: str, path: Keys, rules: Rules) -> None:
        people = rules.organisation.people
        if person not in people:
            self._fault("person.unknown", path, id=person, near=nearest(person, people))

    def _dossier(self, code: str | None, path: Keys, codes: dict[str, str]) -> str:
        """The dossier that is meant: the only one where none is named."""
        if code is None and len(codes) > 1:
            self._fault("test.which", path)
        if code is None:
            return next(iter(codes.values()))
        if normal_code(code) not in codes:
            self._fault("test.dossier", (*path, "dossier"), code=code, near=nearest(code, codes.values()))
        return codes.get(normal_code(code), clean(code))
