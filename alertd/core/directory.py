"""Who is who on one local date, and who is told (DESIGN section 6): targets, vacancies, successors, substitutes."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from alertd.core.organisation import Edge, Organisation, Target

OFFICER, HEAD, DEPUTY, DUTY = "officer", "head", "deputy", "duty"
#: Handlers that portals write when nobody is named (reference 1.1.5 and 5, problem 20), folded.
PLACEHOLDERS = frozenset(
    {
        "chuyen vien",
        "can bo mot cua",
        "bo phan mot cua",
        "can bo xu ly",
        "can bo thu ly",
        "khong xac dinh",
        "chua phan cong",
    }
    | {"null", "none", "n/a", "-", "admin"}
)


@dataclass(frozen=True, slots=True)
class Officers:
    """The handlers a feed named, matched: the people found, and the names that fit nobody."""

    people: tuple[str, ...]
    unmatched: tuple[str, ...]


class Directory:
    """Who is who on one local date."""

    def __init__(self, organisation: Organisation, day: date) -> None:
        """Index what is valid on `day`."""
        self._org = organisation
        self.day = day
        holders: dict[tuple[str, str], dict[str, None]] = {}
        self._portal_ids: dict[str, str] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        for person in organisation.people.values():
            for portal_id in person.portal_ids:
                self._portal_ids.setdefault(portal_id.strip(), person.id)
            for post in person.posts:
                if day not in post.span:
                    continue
                key = (post.unit, post.post)
                holders.setdefault(key, {})[person.id] = None
                people = self._names.setdefault(key[0], {}).setdefault(fold(person.name), [])
                if person.id not in people:
                    people.append(person.id)
        self._holders = {key: tuple(people) for key, people in holders.items()}
        self._unit_names: dict[str, set[str]] = {}
        for unit in organisation.units.values():
            for name in (unit.code, unit.name, *unit.aliases):
                self._unit_names.setdefault(fold(name), set()).add(unit.code)
        self.unit = lru_cache(maxsize=8192)(self._find_unit)
        self.officers = lru_cache(maxsize=8192)(self._find_officers)
        self.resolve = lru_cache(maxsize=16384)(self._resolve)

    def of(self, day: date) -> Directory:
        """The same for another date, between which and this one nothing begins or ends; it shares all that is known."""
        other = copy(self)
        other.day = day
        return other

    def _find_unit(self, raw: str) -> str | None:
        """The code of the unit that a feed's text means, successors followed; None when unmatched or closed."""
        raw = raw.strip()
        if not raw:
            return None
        if raw in self._org.units:
            return self.living(raw)
        codes = {code for code in (self.living(c) for c in self._unit_names.get(fold(raw), ())) if code}
        return codes.pop() if len(codes) == 1 else None

    def living(self, code: str) -> str | None:
        """The unit itself, or its sole successor when it is closed; None when there is none or more than one."""
        seen: set[str] = set()
        while code in self._org.units and code not in seen:
            seen.add(code)
            unit = self._org.units[code]
            if not unit.closed(self.day):
                return code
            if len(unit.successors) != 1:
                return None
            code = unit.successors[0]
        return None

    def staff(self, unit: str | None) -> tuple[str, ...]:
        """Everybody who holds a post in a unit on this day."""
        named = self._names.get(unit, {}) if unit else {}
        return tuple(person for people in named.values() for person in people)

    def _find_officers(self, unit: str | None, raw: tuple[str, ...], handed_to: str | None = None) -> Officers:
        """Handlers by portal id anywhere, else by name within the unit; a placeholder names nobody.

        The colleague to whom the dossier was handed over takes their place while holding a post in the unit.
        """
        if handed_to is not None and handed_to in self.staff(unit):
            return Officers((handed_to,), ())
        people: list[str] = []
        unmatched: list[str] = []
        for text in raw:
            person = self._portal_ids.get(text.strip())
            if person is None and fold(text) not in PLACEHOLDERS:
                named = self._names.get(unit, {}).get(fold(text), []) if unit else []
                person = named[0] if len(named) == 1 else None
            if person is None:
                unmatched.append(text)
            elif person not in people:
                people.append(person)
        return Officers(tuple(people), tuple(unmatched))

    def edges(self, code: str) -> Iterator[Edge]:
        """A unit's lines of reporting that are valid on the day, in the order written."""
        unit = self._org.units.get(code)
        return (edge for edge in unit.edges if self.day in edge.span) if unit else iter(())

    def parent(self, code: str, kind: str = "") -> str | None:
        """The unit at the other end of the first valid edge, or of the first of one kind."""
        for edge in self.edges(code):
            if not kind or edge.kind == kind:
                return self.living(edge.parent)
        return None

    def line(self, code: str) -> list[str]:
        """The unit and its ancestors along the first edges, nearest first; a loop ends where it closes."""
        line: list[str] = []
        at: str | None = code
        while at is not None and at not in line:
            line.append(at)
            at = self.parent(at)
        return line

    def top(self, code: str) -> str | None:
        """Where the first edges end; None when the last of them leads to a closed unit without a sole successor."""
        top = self.line(code)[-1]
        edge = next(self.edges(top), None)
        return None if edge is not None and self.living(edge.parent) is None else top

    def nearest(self, code: str, kind: str) -> str | None:
        """The nearest unit of a kind along any edges, the unit itself included; the edge written first wins a tie."""
        level, seen = [code], {code}
        while level:
            found = next((at for at in level if self._org.units[at].kind == kind), None)
            if found is not None:
                return found
            above = [living for at in level for edge in self.edges(at) if (living := self.living(edge.parent))]
            level = [at for at in dict.fromkeys(above) if at not in seen]
            seen.update(level)
        return None

    def within(self, code: str, top: str) -> bool:
        """Whether `code` is `top` or below it along any valid edge."""
        todo, seen = [code], set[str]()
        while todo:
            at = todo.pop()
            if at == top:
                return True
            if at in seen:
                continue
            seen.add(at)
            todo += [living for edge in self.edges(at) if (living := self.living(edge.parent))]
        return False

    def fallback(self) -> tuple[str, ...]:
        """The people of last resort."""
        return self._substituted(self._named(self._org.fallback))

    def admin(self) -> tuple[str, ...]:
        """Who hears of broken feeds and channels; the fallback when no admin is named."""
        people = self._substituted(self._named(self._org.admin)) if self._org.admin else ()
        return people or self.fallback()

    def _resolve(
        self, target: Target, unit: str | None, officers: tuple[str, ...], handed_to: str | None = None
    ) -> tuple[str, ...]:
        """The people told for a target on this day, vacancies followed up to the fallback, substitutes in place.

        `unit` is the processing unit's code (None: unmatched), `officers` the handlers as the feed names them,
        `handed_to` the colleague who took the dossier over.
        """
        if target.post in ("person", "group"):
            return self._substituted(self._named(target)) or self.fallback()
        if target.post == OFFICER and not target.where:
            named = self._substituted(self._find_officers(unit, officers, handed_to).people)
            return named or self._post(DUTY, unit)
        return self._post(target.post, self._where(target, unit))

    def _where(self, target: Target, unit: str | None) -> str | None:
        if target.where == "":
            return unit
        if target.where not in ("parent", "kind", "root"):
            return self.living(target.where)
        if unit is None:
            return None
        if target.where == "parent":
            return self.parent(unit, target.arg)
        return self.top(unit) if target.where == "root" else self.nearest(unit, target.arg)

    def _post(self, post: str, unit: str | None) -> tuple[str, ...]:
        """Holders of a post; vacant: duty and officer to the head, others to the deputy, then the head above."""
        seen: set[str] = set()
        while unit is not None and unit not in seen:
            seen.add(unit)
            order = {OFFICER: (DUTY, HEAD, DEPUTY), DUTY: (DUTY, HEAD, DEPUTY)}.get(post, (post, DEPUTY))
            for at in order:
                people = self._substituted(self._holders.get((unit, at), ()))
                if people:
                    return people
            post, unit = HEAD, self.parent(unit)
        return self.fallback()

    def holders(self, unit: str, post: str) -> tuple[str, ...]:
        """Who holds a post on this day, nobody else."""
        return self._holders.get((unit, post), ())

    def present(self, unit: str, post: str) -> tuple[str, ...]:
        """Who holds a post on this day, substitutes in place; nobody else where it is vacant."""
        return self._substituted(self.holders(unit, post))

    def _named(self, target: Target) -> tuple[str, ...]:
        if target.post == "group":
            return tuple(p for p in self._org.groups.get(target.arg, ()) if p in self._org.people)
        return (target.arg,) if target.arg in self._org.people else ()

    def _substituted(self, people: Sequence[str]) -> tuple[str, ...]:
        """Each person, or who stands in for them on this day; people who are away in a circle drop out."""
        told: list[str] = []
        for person in people:
            at: str | None = person
            seen: set[str] = set()
            while at is not None and at not in seen:
                seen.add(at)
                absence = next((a for a in self._org.people[at].away if self.day in a.span), None)
                if absence is None:
                    break
                at = absence.substitute if absence.substitute in self._org.people else None
            else:
                at = None
            if at is not None and at not in told:
                told.append(at)
        return tuple(told)
