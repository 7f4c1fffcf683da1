"""A page that shows what a replay would have sent, to be opened in a browser; no script, no other host."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from alertd.core.workload import over
from alertd.reports.charts import per_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from alertd.core.replay import Replayed
    from alertd.core.workload import Load

#: People in a chart: those who are told of most. All are in the tables.
CHARTED = 15
_messages: Callable[[Load], int] = attrgetter("messages")
_dossiers: Callable[[Load], int] = attrgetter("dossiers")


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the table of people; `worst` is the day on which most dossiers are named to them."""

    name: str
    days: int
    messages: int
    dossiers: int
    worst: Load
    over: int


def simulation_page(
    alerts: Sequence[Replayed],
    loads: Sequence[Load],
    since: datetime,
    until: datetime,
    names: Mapping[str, str],
    ceiling: int | None = None,
) -> str:
    """HTML: messages per person and day as charts, a month each; days, people and steps as tables.

    `names` gives people's names by id; `ceiling` is `max_per_person_per_day`.
    """
    environment = Environment(
        loader=PackageLoader("alertd", "reports/templates"), undefined=StrictUndefined, autoescape=True
    )
    environment.filters |= {"day": _day, "number": _number}
    people = _people(loads, names, ceiling)
    days = _days(loads)
    return environment.get_template("simulation.html").render(
        since=since,
        until=until,
        alerts=len(alerts),
        messages=sum(load.messages for load in loads),
        people=people,
        charted=min(CHARTED, len(people)),
        months=_months(loads, names),
        days=days,
        most=max((dossiers for *_, dossiers in days), default=1),
        ceiling=ceiling,
        steps=[(names.get(who, who), policy, step, count) for (who, policy, step), count in _steps(alerts)],
    )


def _days(loads: Sequence[Load]) -> list[tuple[date, int, int, int]]:
    """Date, people, messages, dossiers named."""
    found: dict[date, tuple[int, int, int]] = {}
    for load in loads:
        people, messages, dossiers = found.get(load.day, (0, 0, 0))
        found[load.day] = (people + 1, messages + load.messages, dossiers + load.dossiers)
    return [(day, *numbers) for day, numbers in sorted(found.items())]


def _people(loads: Sequence[Load], names: Mapping[str, str], ceiling: int | None) -> list[Person]:
    """Everybody who is told anything, those who are told of most on one day first."""
    theirs: dict[str, list[Load]] = {}
    for load in loads:
        theirs.setdefault(load.person, []).append(load)
    people = [
        Person(
            names.get(who, who),
            len(days),
            sum(map(_messages, days)),
            sum(map(_dossiers, days)),
            max(days, key=_dossiers),
            len(over(days, ceiling)),
        )
        for who, days in theirs.items()
    ]
    return sorted(people, key=lambda person: (-person.worst.dossiers, person.name))


def _steps(alerts: Sequence[Replayed]) -> list[tuple[tuple[str, str, str], int]]:
    return sorted(Counter((alert.person, alert.policy, alert.step) for alert in alerts).items())


def _months(loads: Sequence[Load], names: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    """Each month with its two charts, of messages and of dossiers; None where nothing can be drawn."""
    months: dict[date, list[Load]] = {}
    for load in loads:
        months.setdefault(load.day.replace(day=1), []).append(load)
    return [
        (
            f"{first:%m/%Y}",
            _chart("Số tin nhắn", first, members, names, _messages),
            _chart("Số hồ sơ được nêu trong các tin ấy", first, members, names, _dossiers),
        )
        for first, members in sorted(months.items())
    ]


def _chart(
    title: str, first: date, loads: Sequence[Load], names: Mapping[str, str], count: Callable[[Load], int]
) -> str | None:
    """One month of those who are told of most."""
    days = [first + timedelta(days=n) for n in range(((first + timedelta(days=31)).replace(day=1) - first).days)]
    told: Counter[str] = Counter()
    sent: dict[str, dict[date, int]] = {}
    for load in loads:
        told[load.person] += load.dossiers
        sent.setdefault(load.person, {})[load.day] = count(load)
    rows = [(names.get(who, who), [sent[who].get(day, 0) for day in days]) for who, _ in told.most_common(CHARTED)]
    return per_day(title, [f"{day:%d}" for day in days], rows)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
