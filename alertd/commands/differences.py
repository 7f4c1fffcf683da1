"""What a changed configuration would send otherwise, as tables for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import table
from alertd.core.comparing import Kind
from alertd.messages import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from alertd.core.comparing import Change
    from alertd.core.replay import Replayed
    from alertd.core.workload import Load
    from alertd.store.foresight import Effect, Next

    Changed = Change[Replayed, Replayed]

KINDS = {
    Kind.MORE: "nhiều hơn",
    Kind.LESS: "ít hơn",
    Kind.EARLIER: "sớm hơn",
    Kind.LATER: "muộn hơn",
    Kind.OTHER: "cho người khác",
}
#: Rows of one table on the terminal; JSON has them all.
MOST_SHOWN = 60


@dataclass(frozen=True)
class Account:
    """What one configuration would send: alerts as they fall due, people's days with slots applied, names by id."""

    alerts: list[Replayed]
    loads: list[Load]
    names: dict[str, str]


@dataclass(frozen=True)
class Running:
    """The open dossiers of the database when the change begins: how many, and those that it means something for."""

    at: datetime
    open: int
    effects: list[Effect]


@dataclass(frozen=True)
class Comparison:
    """Two configurations over one stretch of time, on the same dossiers."""

    old: str
    new: str
    since: datetime
    until: datetime
    zone: ZoneInfo
    dossiers: int
    before: Account
    after: Account
    changes: list[Changed]
    running: Running | None

    @property
    def totals(self) -> dict[Kind, int]:
        """How many changes of each kind."""
        counts = Counter(change.kind for change in self.changes)
        return {kind: counts[kind] for kind in Kind}

    def name(self, person: str) -> str:
        """What somebody is called, by the new configuration first."""
        return self.after.names.get(person) or self.before.names.get(person, person)


@dataclass(frozen=True, slots=True)
class _Day:
    """A person's day under both configurations, where it differs."""

    day: date
    person: str
    messages: tuple[int, int]
    dossiers: tuple[int, int]


def _days(made: Comparison) -> list[_Day]:
    sides = [
        {(load.day, load.person): (load.messages, load.dossiers) for load in account.loads}
        for account in (made.before, made.after)
    ]
    nothing = (0, 0)
    found = []
    for day, person in sorted(sides[0].keys() | sides[1].keys()):
        old, new = (side.get((day, person), nothing) for side in sides)
        if old != new:
            found.append(_Day(day, person, (old[0], new[0]), (old[1], new[1])))
    return found


# --- for people -------------------------------------------------------------------------------------------------------


def show(made: Comparison) -> None:
    """Print everything: what is sent otherwise, each person's days, and the open dossiers."""
    since, until = (words.instant(at.astimezone(made.zone)) for at in (made.since, made.until))
    click.echo(f"{made.old} → {made.new}: từ {since} đến trước {until}, {made.dossiers} hồ sơ")
    if made.changes:
        click.echo("khác: " + ", ".join(f"{KINDS[kind]} {count}" for kind, count in made.totals.items() if count))
        _title("Từng hồ sơ")
        _cut(["hồ sơ", "bước", "thay đổi", "người nhận", "trước đây", "sẽ là", "số lần"], _rows(made))
    else:
        click.echo("không bước nào khác")
    days = _days(made)
    if days:
        _title("Mỗi người mỗi ngày (theo giờ gửi)")
        _cut(
            ["ngày", "người nhận", "tin trước", "tin sau", "hồ sơ trước", "hồ sơ sau"],
            [[each.day.isoformat(), made.name(each.person), *each.messages, *each.dossiers] for each in days],
        )
    _title("Hồ sơ đang mở")
    if made.running is None:
        click.echo("không có cơ sở dữ liệu để xem")
    else:
        _show_running(made, made.running)


def _rows(made: Comparison) -> list[list[Any]]:
    """Changes that differ in their instants only are one row: the first of them, and how many they are."""
    groups: dict[tuple[Any, ...], list[Changed]] = {}
    for change in made.changes:
        people = tuple(side.person if side is not None else None for side in (change.before, change.after))
        groups.setdefault((change.shown.dossier, change.shown.step, change.kind, people), []).append(change)
    return [_row(made, group[0], len(group)) for group in groups.values()]


def _row(made: Comparison, change: Changed, count: int) -> list[Any]:
    before, after = change.before, change.after
    kind, who = KINDS[change.kind], made.name(change.shown.person)
    if before is not None and after is not None:
        if change.kind is Kind.OTHER:
            who = f"{made.name(before.person)} → {made.name(after.person)}"
        else:
            kind = f"{kind} {words.elapsed(after.at - before.at)}"
    instants = [words.instant(side.at.astimezone(made.zone)) if side is not None else "–" for side in (before, after)]
    return [change.shown.dossier, change.shown.step, kind, who, *instants, count]


def _show_running(made: Comparison, running: Running) -> None:
    at = words.instant(running.at.astimezone(made.zone))
    skipped = sum(len(effect.not_applied) for effect in running.effects)
    click.echo(f"{running.open} hồ sơ. Thay đổi áp dụng từ {at}; bước mới nào rơi vào trước lúc ấy thì không báo bù.")
    click.echo(f"{len(running.effects)} hồ sơ bị ảnh hưởng, {skipped} bước không áp dụng.")
    if running.effects:
        _cut(
            ["hồ sơ", "không áp dụng", "bước tiếp theo trước đây", "bước tiếp theo sẽ là"],
            [
                [
                    effect.dossier,
                    ", ".join(f"{step} ({_at(made, at)})" for step, _, at in effect.not_applied) or "–",
                    _next(made, effect.before, running.at),
                    _next(made, effect.after, running.at),
                ]
                for effect in running.effects
            ],
        )


def _next(made: Comparison, following: Next | None, now: datetime) -> str:
    """A step and its instant; one that has come already goes out at once, late."""
    if following is None:
        return "–"
    late = ", gửi muộn ngay" if following.at <= now else ""
    return f"{following.step} {_at(made, following.at)}{late}".strip()


def _at(made: Comparison, at: datetime) -> str:
    return words.instant(at.astimezone(made.zone))


def _title(text: str) -> None:
    click.echo(f"\n{text}")


def _cut(headers: list[str], rows: Sequence[list[Any]]) -> None:
    table(headers, list(rows[:MOST_SHOWN]))
    if len(rows) > MOST_SHOWN:
        click.echo(f"… và {len(rows) - MOST_SHOWN} dòng nữa; --format json có đủ")


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(made: Comparison) -> dict[str, Any]:
    """Everything, nothing cut; instants in ISO 8601 in the configured zone."""

    def local(at: datetime) -> str:
        return at.astimezone(made.zone).isoformat()

    def following(each: Next | None) -> dict[str, str] | None:
        return None if each is None else {"step": each.step, "at": local(each.at)}

    return {
        "old": made.old,
        "new": made.new,
        "from": local(made.since),
        "to": local(made.until),
        "dossiers": made.dossiers,
        "totals": {kind.value: count for kind, count in made.totals.items()},
        "changes": [
            {
                "change": change.kind.value,
                "dossier": change.shown.dossier,
                "step": change.shown.step,
                "policy": change.shown.policy,
                "unit": change.shown.unit,
                "was_at": local(change.before.at) if change.before is not None else None,
                "was_person": change.before.person if change.before is not None else None,
                "at": local(change.after.at) if change.after is not None else None,
                "person": change.after.person if change.after is not None else None,
            }
            for change in made.changes
        ],
        "per_person_day": [
            {
                "date": each.day.isoformat(),
                "person": each.person,
                "was_messages": each.messages[0],
                "messages": each.messages[1],
                "was_dossiers": each.dossiers[0],
                "dossiers": each.dossiers[1],
            }
            for each in _days(made)
        ],
        "open": None
        if made.running is None
        else {
            "at": local(made.running.at),
            "dossiers": made.running.open,
            "affected": [
                {
                    "feed": effect.feed,
                    "dossier": effect.dossier,
                    "not_applied": [
                        {"step": step, "occurrence": occurrence, "at": local(at)}
                        for step, occurrence, at in effect.not_applied
                    ],
                    "was_next": following(effect.before),
                    "next": following(effect.after),
                }
                for effect in made.running.effects
            ],
        },
    }
