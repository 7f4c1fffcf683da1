"""One test's differences in sentences: what is missing, what nobody expected, what comes at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.findings import language
from alertd.core.comparing import Kind
from alertd.core.firing import AlertState
from alertd.messages import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from alertd.config.findings import Place
    from alertd.config.rehearsals import Expectation, RuleTest
    from alertd.core.comparing import Change
    from alertd.core.rehearsal import Heard

#: Sentences by what is wrong: (Vietnamese, English).
SENTENCES = {
    Kind.LESS: (
        "thiếu: hồ sơ {dossier}, bước '{step}' lẽ ra báo cho {person} lúc {at}{why}",
        "missing: dossier {dossier}, step '{step}' should have told {person} at {at}{why}",
    ),
    Kind.MORE: (
        "thừa: hồ sơ {dossier}, bước '{step}' báo cho {other} lúc {now}, bài thử không chờ tin này",
        "unexpected: dossier {dossier}, step '{step}' tells {other} at {now}; the test does not expect it",
    ),
    Kind.EARLIER: (
        "sớm hơn {by}: hồ sơ {dossier}, bước '{step}' báo cho {person} lúc {now}, bài thử chờ lúc {at}",
        "earlier: dossier {dossier}, step '{step}' tells {person} at {now}; the test expects it at {at}",
    ),
    Kind.LATER: (
        "muộn hơn {by}: hồ sơ {dossier}, bước '{step}' báo cho {person} lúc {now}, bài thử chờ lúc {at}",
        "later: dossier {dossier}, step '{step}' tells {person} at {now}; the test expects it at {at}",
    ),
    Kind.OTHER: (
        "khác người: hồ sơ {dossier}, bước '{step}' lúc {at} báo cho {other}, bài thử chờ {person}",
        "somebody else: dossier {dossier}, step '{step}' at {at} tells {other}; the test expects {person}",
    ),
}
#: Why a step that fell due was not told: (Vietnamese, English).
REASONS = {
    AlertState.MUTED: (
        "; người này đã xác nhận hồ sơ, nên không bị nhắc lại (ack_mutes)",
        "; they had acknowledged the dossier and are not told again so soon (ack_mutes)",
    ),
    AlertState.COALESCED: (
        "; bước này gộp vào bước khác cùng lúc",
        "; it was joined into another step of the same instant",
    ),
}


def sentences(
    test: RuleTest, differences: Sequence[Change[Expectation, Heard]], heard: Iterable[Heard]
) -> Iterator[str]:
    """`file:line:column: sentence` for each difference; what nobody expected stands at the test's name."""
    kept = {(h.dossier, h.step, h.person, h.at): h.state for h in heard if h.state is not AlertState.PENDING}
    for change in differences:
        before, after = change.before, change.after
        place: Place = before.place if before is not None else test.place
        shown = change.shown
        state = kept.get((shown.dossier, shown.step, shown.person, shown.at)) if after is None else None
        sentence = _of(SENTENCES[change.kind]).format(
            dossier=shown.dossier,
            step=shown.step,
            person=_name(test, before.person) if before is not None else "",
            other=_name(test, after.person) if after is not None else "",
            at=_when(test, before.at) if before is not None else _when(test, shown.at),
            now=_when(test, after.at) if after is not None else "",
            by=words.elapsed(after.at - before.at) if before is not None and after is not None else "",
            why=_of(REASONS[state]) if state in REASONS else "",
        )
        yield f"{place.file}:{place.line}:{place.column}: {sentence}"


def _of(row: tuple[str, str]) -> str:
    return row[1] if language() == "en" else row[0]


def _name(test: RuleTest, person: str) -> str:
    known = test.rules.organisation.people.get(person)
    return f"{known.name} ({person})" if known is not None else person


def _when(test: RuleTest, at: datetime) -> str:
    local = at.astimezone(test.rules.zone)
    return f"{local:%a %d/%m/%Y %H:%M}" if language() == "en" else words.instant(local)
