"""How large a province and the country are, and who works there: units and people, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.organisation import Contact, Edge, Organisation, Person, Post, Target, Unit
from alertd.core.policy import Duration, Match, Policy, Step
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar
from bench.ground import ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPARTMENTS = 14
#: The last resort, and who hears of what is broken.
ADMIN = "quan-tri"
STEPS = (
    ("soon", "-3d", "officer", None),
    ("apology", "-2d", "officer head", None),
    ("today", "-4h", "officer", None),
    ("overdue", "0d", "officer head", None),
    ("unit-head", "+1d", "officer head", "1d"),
    ("chairman", "+3d", "head@root", "1d"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """`communes` and `offices` of one commune in a province, `officers` in all; `open` dossiers, `daily` new ones on
    each working day.
    """

    name: str
    provinces: int
    communes: int
    offices: int
    officers: int
    open: int
    daily: int

    @property
    def longest(self) -> int:
        """Working days that the longest dossier takes; all lengths up to it are as frequent, so `open` stay open."""
        return 2 * self.open // self.daily - 1

    def divided(self, by: int) -> Size:
        """The same with a part of the communes, people and dossiers."""
        if by == 1:
            return self
        return Size(
            f"{self.name}/{by}", self.provinces, max(self.communes // by, 1), self.offices,
            max(self.officers // by, 100), max(self.open // by, 100), max(self.daily // by, 2),
        )  # fmt: skip


#: 1 + 14 + 95 + 190 = 300 units.
PROVINCE = Size("province", 1, 95, 2, 20_000, 300_000, 4_000)
#: 34 * (1 + 14 + 97) = 3,808 units, of which 3,298 communes; 60,000,000 dossiers in 250 working days of a year.
COUNTRY = Size("country", 34, 97, 0, 200_000, 3_000_000, 240_000)
SIZES = {"province": PROVINCE, "country": COUNTRY}


@dataclass(frozen=True, slots=True)
class Office:
    """One unit, with as many `officers` (beside its head) as it has; `parent` is empty at the top."""

    code: str
    name: str
    kind: str
    parent: str
    officers: int


def offices(size: Size) -> Iterator[Office]:
    """Every unit, a parent before what stands below it; those at the top have a head and no officers."""
    below = size.provinces * (DEPARTMENTS + size.communes * (1 + size.offices))
    each, more = divmod(size.officers, below)
    number = 0

    def staff() -> int:
        nonlocal number
        number += 1
        return each + (number <= more)

    for province in range(1, size.provinces + 1):
        top = f"T{province:02}"
        yield Office(top, f"Tỉnh mẫu {province}", "province", "", 0)
        for n in range(1, DEPARTMENTS + 1):
            yield Office(f"{top}-S{n:02}", f"Sở mẫu {n}, tỉnh mẫu {province}", "department", top, staff())
        for n in range(1, size.communes + 1):
            commune = f"{top}-X{n:03}"
            yield Office(commune, f"Xã mẫu {n}, tỉnh mẫu {province}", "commune", top, staff())
            for m in range(1, size.offices + 1):
                name = f"Phòng mẫu {m}, xã mẫu {n}, tỉnh mẫu {province}"
                yield Office(f"{commune}-P{m}", name, "office", commune, staff())


def head_of(unit: str) -> str:
    """The id of a unit's head."""
    return f"ld-{unit}"


def officer_of(unit: str, number: int) -> str:
    """The id of an officer, which is also how the portal names them."""
    return f"cb-{unit}-{number:04}"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with one post; the admin has none."""

    id: str
    name: str
    unit: str
    post: str


def people(size: Size) -> Iterator[Somebody]:
    """The admin, then of each unit the head and the officers."""
    yield Somebody(ADMIN, "Quản trị mẫu", "", "")
    for office in offices(size):
        yield Somebody(head_of(office.code), f"Lãnh đạo mẫu {office.code}", office.code, "head")
        for n in range(office.officers):
            yield Somebody(officer_of(office.code, n), f"Cán bộ mẫu {office.code} {n}", office.code, "staff")


def rules(size: Size, channel: str = "webhook") -> Rules:
    """The whole as the core knows it, as `files.write` writes it; everybody is reached over one channel."""
    contact = (Contact(channel),)
    units = {
        each.code: Unit(each.code, each.name, each.kind, edges=(Edge(each.parent),) if each.parent else ())
        for each in offices(size)
    }
    everybody = {
        each.id: Person(each.id, each.name, (each.id,), (Post(each.unit, each.post),) if each.unit else (), contact)
        for each in people(size)
    }
    admin = Target.parse(f"person:{ADMIN}")
    steps = tuple(
        Step(name, Duration.parse(at), tuple(map(Target.parse, to.split())), Duration.parse(every) if every else None)
        for name, at, to, every in STEPS
    )
    organisation = Organisation(units, everybody, {}, admin, admin)
    return Rules(ZONE, Calendar(ZONE), {}, organisation, (Policy("standard", Match(), steps),))
