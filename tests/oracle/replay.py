"""`alertd simulate --format jsonl` a second time: slow, obvious, and written from DESIGN.md alone.

    python -m tests.oracle.replay CONFIG --feed NAME --from T --to T

Nothing is imported from alertd, and nothing is shared with it: time is walked session by session, occurrences are
counted one by one, and every post is looked up anew for every occurrence. It reads the configuration as DESIGN
section 6 writes it and does not check it: on anything it does not know, it raises.

Where DESIGN leaves something open, this is what is read here. (In 11 the unit, in 13 a closed unit without one
successor, in 18 two people of one name: there DESIGN says nothing at all, and the reading was taken from the code.)

Time
 1. A session is a pair of local wall-clock times. Its length is what really passes between the two instants (a
    session 00:00-24:00 on the night the clocks change has 23 or 25 hours). A time that occurs twice is its first
    occurrence.
 2. Working time is counted in whole microseconds; P % that falls between two of them is the later one (the earliest
    instant at which that much *has* passed).
 3. P % of no working time at all (received outside hours, or after due) has passed at the receipt itself.
 4. A due text in a sheet that says midnight without a UTC offset is a date (as an Excel cell's midnight is); with an
    offset it is exact. The date is the one it has in the configured zone.
 5. `at` and `every` may both be working time or both be `cd`; 0 is either. Any other mixture, and `every` with a
    percent, has no meaning in DESIGN and is refused.
 6. A unit's calendar replaces whole keys of the default (its `days_off` are not added to the default's).
 7. `from` and `until` are local dates, both included.
Dossiers
 8. `received_at` or `finished_at` without a time is the local 00:00 of that date. Without received_at there is no
    lower bound.
 9. Of several rows with the same code (trimmed, upper case, no blanks) the last counts, files taken in order of name.
10. "Running by the feed's own dates" ignores a status column.
People
11. The policy is the first that matches on the local date of the instant that it itself gives; in the same way the
    unit, and with it the calendar, is the one that the feed's text means on the local date of the instant that its
    calendar gives.
12. A policy's unit is a code; descendants are reached along every edge valid that day. procedure is compared with the
    code and the name, field with the name, exactly; channel with online, direct, postal or unknown.
13. A unit is closed after its `until` (without one: always, if it has a successor). A sole successor is followed,
    again and again, wherever a unit is reached: from the feed, along an edge, by head@CODE. Several successors, or
    none, are as an unmatched unit. Of units with the same name those count that are left when successors were
    followed; more than one is as none.
14. An unmatched unit has no posts: officer (unless a portal_ids match), duty, head, deputy, any post, head@parent,
    head@kind and head@root go to fallback; head@CODE, person: and group: do not depend on it.
15. head@kind:K looks at all valid edges, nearest first, then in the order written ("of the first edges" is said of
    root only).
16. A vacant head@parent, head@root, head@kind or head@CODE goes on from the unit it named: its deputy, then its
    parent's head, and so on. A unit that is not there (no parent, no such kind) is fallback. No unit is asked twice.
17. Of several handlers those who are matched are told; officer is vacant only if none is.
18. A name match needs a post that is valid that day in the processing unit. Two people of one name there match
    nobody.
19. A substitute who is away has a substitute of their own; being away never makes a post vacant. It holds for
    person:, group: and fallback too. A circle of substitutes is refused.
20. A role is a name for one target or a list of them, and is looked up before posts.
21. A reports_to without kind has the kind `line`.
The acceptance of online submissions (`clock: accept`)
22. Its deadline is the portal's, else of an online dossier `accept_within` after it was submitted; of a date without a
    time both are the end of its last session.
23. Its steps apply from the submission (a date: its 00:00) to before the receipt, else the finish; of a dossier that
    shows neither nobody knows when it was accepted, and they do not.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

MICROSECOND = timedelta(microseconds=1)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PLACEHOLDERS = ["chuyen vien", "can bo mot cua"]


# --- text ------------------------------------------------------------------------------------------------------------


@cache
def fold(text):
    marks_off = "".join(c for c in unicodedata.normalize("NFD", str(text).casefold()) if not unicodedata.combining(c))
    return " ".join(marks_off.replace("đ", "d").split())


def as_list(value):
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def as_date(value):
    return value if value is None or isinstance(value, date) else date.fromisoformat(value)


def valid(entry, day):
    """Whether something with `from` and `until` is valid on a date; text has neither."""
    if not isinstance(entry, dict):
        return True
    since, until = as_date(entry.get("from")), as_date(entry.get("until"))
    return (since is None or since <= day) and (until is None or day <= until)


# --- working time ----------------------------------------------------------------------------------------------------


class Calendar:
    """Working time, walked session by session. Instants in, instants (UTC) out."""

    def __init__(self, zone, keys):
        self.zone = zone
        self.week = {name: [] for name in DAYS}
        for span, sessions in keys["sessions"].items():
            first, _, last = span.partition("-")
            for name in DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]:
                self.week[name] = [tuple(text.split("-")) for text in sessions]
        self.day_length = Fraction(str(keys.get("hours_per_day", 8))) * 3_600_000_000
        self.off = {as_date(day) for day in as_list(keys.get("days_off"))}
        self.make_up = {as_date(day) for day in as_list(keys.get("working_days"))}
        for year in (keys.get("years") or {}).values():
            self.off |= {as_date(day) for day in as_list(year.get("days_off"))}
            self.make_up |= {as_date(day) for day in as_list(year.get("working_days"))}
        self.known = {}

    def at(self, day, clock):
        if clock == "24:00":
            day, clock = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(clock), self.zone).astimezone(UTC)

    def sessions(self, day):
        """The sessions of one local date, in order, as pairs of instants."""
        if day not in self.known:
            if day in self.make_up:
                hours = self.week["mon"]
            elif day in self.off:
                hours = []
            else:
                hours = self.week[DAYS[day.weekday()]]
            pairs = sorted((self.at(day, start), self.at(day, end)) for start, end in hours)
            self.known[day] = [(start, end) for start, end in pairs if start < end]
        return self.known[day]

    def local_date(self, instant):
        return instant.astimezone(self.zone).date()

    def between(self, first, last):
        """Working time from one instant to a later one; nothing if it is not later."""
        total, day = timedelta(0), self.local_date(first)
        while day <= self.local_date(last):
            for start, end in self.sessions(day):
                total += max(min(end, last) - max(start, first), timedelta(0))
            day += timedelta(days=1)
        return total

    def forward(self, instant, amount):
        """The earliest instant with that much working time in between."""
        day, left = self.local_date(instant), amount
        if not amount:
            return instant
        for _ in range(40_000):
            for start, end in self.sessions(day):
                begin = max(start, instant)
                if end > begin:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
            day += timedelta(days=1)
        raise ValueError("no working time")

    def back(self, instant, amount):
        """The latest instant with that much working time in between."""
        day, left = self.local_date(instant), amount
        if not amount:
            return instant
        for _ in range(40_000):
            for start, end in reversed(self.sessions(day)):
                stop = min(end, instant)
                if stop > start:
                    if left <= stop - start:
                        return stop - left
                    left -= stop - start
            day -= timedelta(days=1)
        raise ValueError("no working time")

    def percent(self, share, received, due):
        """The earliest whole microsecond at which that share of the working time between has passed."""
        wanted = Fraction(share) * (self.between(received, due) // MICROSECOND) / 100
        return self.forward(received, -(-wanted.numerator // wanted.denominator) * MICROSECOND)

    def end_of(self, day):
        """The end of a date's last session, or of the calendar day."""
        sessions = self.sessions(day)
        return sessions[-1][1] if sessions else self.at(day, "24:00")

    def move(self, due, unit, number):
        """A number of `d`, `h`, `m` or `cd` from an instant."""
        if unit == "cd":
            local = due.astimezone(self.zone)
            day = local.date() + timedelta(days=int(number))
            return datetime.combine(day, local.time(), self.zone).astimezone(UTC)
        amount = int(number * {"d": self.day_length, "h": 3_600_000_000, "m": 60_000_000}[unit]) * MICROSECOND
        return self.forward(due, amount) if amount >= timedelta(0) else self.back(due, -amount)


def duration(text):
    """`-3d`, `+4h`, `30m`, `1cd`, `50%`: the unit and the number."""
    number, unit = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(cd|d|h|m|%)", str(text).strip()).groups()
    return unit, Fraction(number)


# --- the feed --------------------------------------------------------------------------------------------------------


def instant_or_date(text, zone):
    """A cell with a time: an instant in UTC and whether it wrote its offset. A cell with a date: the date."""
    text = text.strip()
    if not text:
        return None, False
    day_first = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(.*)", text)
    if day_first:
        day, month, year, rest = day_first.groups()
        text = f"{year}-{int(month):02}-{int(day):02}{rest}"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text), False
    value = datetime.fromisoformat(text)
    if value.tzinfo is not None:
        return value.astimezone(UTC), True
    return value.replace(tzinfo=zone).astimezone(UTC), False


def exactly(text, zone):
    """A received or finished cell: a date is its local 00:00."""
    value, _ = instant_or_date(text, zone)
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(0), zone).astimezone(UTC)


def due_of(text, zone, midnight):
    """A due cell: an instant, or a date whose instant the calendar gives."""
    value, with_offset = instant_or_date(text, zone)
    if isinstance(value, datetime) and value.astimezone(zone).time() == time(0):
        if midnight is None:
            midnight = "exact" if with_offset else "date"
        if midnight == "date":
            return value.astimezone(zone).date()
    return value


def channel_of(text, values):
    """online, direct, postal or unknown."""
    for canonical in ("online", "direct", "postal"):
        if fold(text) in {fold(canonical), *(fold(value) for value in as_list(values.get(canonical)))}:
            return canonical
    return "unknown"


def read_feed(folder, feed, zone):
    """The dossiers of a `sheet` feed."""
    dossiers = {}
    pattern = Path(feed["path"])
    paths = sorted(Path(pattern.anchor or folder).glob(str(pattern.relative_to(pattern.anchor))))
    if not paths:
        raise ValueError(f"no file matches {feed['path']}")
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                cell = {name: (row.get(header) or "").strip() for name, header in feed["columns"].items()}
                if cell["code"]:
                    due = due_of(cell.get("due_at", ""), zone, feed.get("due_midnight"))
                    dossiers["".join(cell["code"].upper().split())] = {
                        "code": cell["code"],
                        "received": exactly(cell.get("received_at", ""), zone),
                        "finished": exactly(cell.get("finished_at", ""), zone),
                        "due": due,
                        "submitted": due_of(cell.get("submitted_at", ""), zone, None),
                        "accept": due_of(cell.get("accept_due_at", ""), zone, None),
                        "unit": cell.get("unit", ""),
                        "officer": cell.get("officer", ""),
                        "procedure": [cell.get("procedure_code", ""), cell.get("procedure", "")],
                        "field": [cell.get("field", "")],
                        "channel": [channel_of(cell.get("channel", ""), feed.get("channel_values") or {})],
                    }
    return list(dossiers.values())


# --- the organisation ------------------------------------------------------------------------------------------------


class Organisation:
    def __init__(self, keys, roles):
        self.units = {str(unit["code"]): unit for unit in keys["units"]}
        self.people = keys["people"]
        self.groups = keys.get("groups") or {}
        self.fallback = keys["fallback"]
        self.roles = roles

    # units

    def named(self, text):
        """The units that a feed's text may mean: by code, else by name or alias, folded."""
        if text in self.units:
            return [text]
        return [
            code
            for code, unit in self.units.items()
            if text and fold(text) in [fold(name) for name in [unit["name"], *as_list(unit.get("aliases"))]]
        ]

    def unit_on(self, text, day):
        """The one unit that a feed's text means on a date. None: unmatched."""
        living = {self.followed(code, day) for code in self.named(text)} - {None}
        return living.pop() if len(living) == 1 else None

    def ever(self, text):
        """Every unit that the text means on any date, and None."""
        found = self.named(text)
        for code in found:  # grows while it is walked
            found += [next_one for next_one in as_list(self.units[code].get("successor")) if next_one not in found]
        return [*found, None]

    def followed(self, code, day):
        """The unit itself, or the one that took its place. None: none or several did."""
        for _ in range(100):
            if code is None:
                return None
            until = as_date(self.units[code].get("until"))
            successors = as_list(self.units[code].get("successor"))
            if day <= until if until is not None else not successors:
                return code
            code = successors[0] if len(successors) == 1 else None
        raise ValueError("successors in a circle")

    def edges(self, code, day):
        """The valid reports_to of a unit, in order: (parent, kind). None: a parent that is no more."""
        found = []
        for edge in as_list(self.units[code].get("reports_to")):
            if valid(edge, day):
                parent, kind = (edge["unit"], edge.get("kind", "line")) if isinstance(edge, dict) else (edge, "line")
                found.append((self.followed(parent, day), kind))
        return found

    def parent(self, code, day, kind=None):
        for parent, its_kind in self.edges(code, day):
            if kind is None or kind == its_kind:
                return parent
        return None

    def root(self, code, day):
        for _ in range(100):
            if code is None or not self.edges(code, day):
                return code
            code = self.parent(code, day)
        raise ValueError("reports_to in a circle")

    def ancestors(self, code, day):
        """The unit itself, then every unit above it along any edge, nearest first."""
        order = [code]
        for unit in order:  # grows while it is walked
            for parent, _ in self.edges(unit, day):
                if parent is not None and parent not in order:
                    order.append(parent)
        return order

    def nearest(self, code, day, kind):
        for unit in self.ancestors(code, day):
            if self.units[unit].get("kind") == kind:
                return unit
        return None

    # people

    def told(self, person, day):
        """The person, or who stands in for them that day."""
        for _ in range(100):
            entry = next(entry for entry in self.people if entry["id"] == person)
            away = [absence for absence in as_list(entry.get("away")) if valid(absence, day)]
            if not away:
                return person
            person = away[0]["to"].removeprefix("person:")
        raise ValueError("substitutes in a circle")

    def named_people(self, target):
        """person:ID or group:NAME, before anyone's absence."""
        what, _, name = target.partition(":")
        if what == "person":
            return [name]
        return [member.removeprefix("person:") for member in self.groups[name]]

    def holders(self, unit, post, day):
        """All current holders of a post of a unit."""
        return [
            person["id"]
            for person in self.people
            for held in as_list(person.get("posts"))
            if held["unit"] == unit and held["post"] == post and valid(held, day)
        ]

    def post(self, unit, post, day, asked=()):
        """The holders of a post of a unit, or who stands in where it is vacant."""
        unit = self.followed(unit, day)
        if unit is None or (unit, post) in asked:
            return self.named_people(self.fallback)
        asked = [*asked, (unit, post)]
        found = self.holders(unit, post, day)
        if found:
            return found
        if post == "duty":
            return self.post(unit, "head", day, asked)
        found = self.holders(unit, "deputy", day)
        if found:
            return found
        return self.post(self.parent(unit, day), "head", day, asked)

    def officers(self, handlers, unit, day):
        """The dossier's handlers, or who stands in where there is none."""
        found = []
        for handler in [text.strip() for text in re.split("##|#|;", handlers)]:
            by_id = [p["id"] for p in self.people if handler in [str(i) for i in as_list(p.get("portal_ids"))]]
            if by_id:
                found += by_id
            elif handler and fold(handler) not in PLACEHOLDERS:
                named = [
                    person["id"]
                    for person in self.people
                    if fold(person["name"]) == fold(handler)
                    and any(post["unit"] == unit and valid(post, day) for post in as_list(person.get("posts")))
                ]
                found += named if len(named) == 1 else []
        return found or self.post(unit, "duty", day)

    def resolve(self, target, dossier, unit, day):
        """The people that one target names for a dossier on a date."""
        if target in self.roles:
            return [person for one in as_list(self.roles[target]) for person in self.resolve(one, dossier, unit, day)]
        post, at, where = target.partition("@")
        if target.startswith(("person:", "group:")):
            people = self.named_people(target)
        elif target == "officer":
            people = self.officers(dossier["officer"], unit, day)
        elif not at:
            people = self.post(unit, target, day)
        elif where in self.units:
            people = self.post(where, post, day)
        elif unit is None:
            people = self.post(None, post, day)
        elif where == "root":
            people = self.post(self.root(unit, day), post, day)
        elif where.startswith("kind:"):
            people = self.post(self.nearest(unit, day, where.removeprefix("kind:")), post, day)
        elif where == "parent" or where.startswith("parent:"):
            people = self.post(self.parent(unit, day, where.partition(":")[2] or None), post, day)
        else:
            raise ValueError(f"no such target: {target}")
        return [self.told(person, day) for person in people]

    def told_by(self, step, dossier, unit, day):
        """Everybody whom a step tells, with the first target as written that they hold."""
        told = {}
        for target in as_list(step["to"]):
            for person in self.resolve(target, dossier, unit, day):
                told.setdefault(person, target)
        return told

    # policies

    def policy(self, policies, dossier, unit, day):
        return next((p for p in policies if self.matches(p.get("match") or {}, dossier, unit, day)), None)

    def matches(self, match, dossier, unit, day):
        for key, wanted in match.items():
            if key == "unit":
                above = [] if unit is None else [*self.ancestors(unit, day), f"={unit}"]
            else:
                above = dossier[key]
            if not any(str(one) in above for one in as_list(wanted)):
                return False
        return True


# --- the replay ------------------------------------------------------------------------------------------------------


def instants(step, begin, due, calendar):
    """The instants of one step, in order: endless where `every` has no `times`."""
    unit, number = duration(step["at"])
    if unit == "%":
        if step.get("every") is not None:
            raise ValueError("every with a percent is not defined")
        if begin is not None:
            yield 0, calendar.percent(number, begin, due)
        return
    if step.get("every") is None:
        yield 0, calendar.move(due, unit, number)
        return
    every_unit, every = duration(step["every"])
    if number == 0:
        unit = every_unit
    if (unit == "cd") != (every_unit == "cd"):
        raise ValueError("working time and calendar days in one step are not defined")
    if unit != "cd":  # both as microseconds, so that they can be added
        length = {"d": calendar.day_length, "h": 3_600_000_000, "m": 60_000_000}
        number, every, unit = number * length[unit] / 60_000_000, every * length[every_unit] / 60_000_000, "m"
    k = 0
    while step.get("times") is None or k < step["times"]:
        yield k, calendar.move(due, unit, number + k * every)
        k += 1


def replay(folder, feed_name, start, end):
    """What `simulate` prints, as a list of dicts in its order. start and end as on the command line."""
    folder = Path(folder)
    files = {}
    for name in ("alertd", "escalation", "organisation", "calendar"):
        files[name] = YAML(typ="safe").load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    zone = ZoneInfo(files["alertd"]["timezone"])
    start, end = exactly(start, zone), exactly(end, zone)
    feed = next(feed for feed in files["alertd"]["feeds"] if feed["name"] == feed_name)
    organisation = Organisation(files["organisation"], files["escalation"].get("roles") or {})
    ladders = {
        clock: [policy for policy in files["escalation"]["policies"] if policy.get("clock", "due") == clock]
        for clock in ("due", "accept")
    }
    within = files["escalation"].get("accept_within", "8h")
    default = Calendar(zone, files["calendar"]["default"])
    own = {
        str(unit): Calendar(zone, {**files["calendar"]["default"], **keys})
        for unit, keys in (files["calendar"].get("units") or {}).items()
    }

    alerts = []
    for dossier in read_feed(folder, feed, zone):
        for unit in organisation.ever(dossier["unit"]):
            calendar = own.get(unit, default)
            for clock, policy in [(clock, policy) for clock, policies in ladders.items() for policy in policies]:
                for step, k, at in fallen_due(policy, stretch(dossier, clock, calendar, within), calendar, start, end):
                    day = at.astimezone(zone).date()
                    if organisation.unit_on(dossier["unit"], day) != unit:
                        continue
                    if policy is not organisation.policy(ladders[clock], dossier, unit, day):
                        continue
                    for person, target in organisation.told_by(step, dossier, unit, day).items():
                        alert = {
                            "at": at.astimezone(zone).isoformat(),
                            "dossier": dossier["code"],
                            "policy": policy["name"],
                            "step": step["name"],
                            "occurrence": k,
                            "to": target,
                            "person": person,
                            "unit": unit,
                        }
                        alerts.append(((at, dossier["code"], step["name"], person), alert))
    return [alert for _, alert in sorted(alerts, key=lambda pair: pair[0])]


def stretch(dossier, clock, calendar, within):
    """(begin, deadline, end) of one clock; the deadline is None where there is none."""

    def whole_day(value):
        return value if value is None or isinstance(value, datetime) else calendar.end_of(value)

    if clock == "due":
        return dossier["received"], whole_day(dossier["due"]), dossier["finished"]
    end = dossier["received"] or dossier["finished"]
    deadline = whole_day(dossier["accept"])
    if deadline is None and dossier["channel"] == ["online"] and dossier["submitted"] is not None:
        deadline = calendar.move(whole_day(dossier["submitted"]), *duration(within))
    begin = dossier["submitted"]
    if begin is not None and not isinstance(begin, datetime):
        begin = datetime.combine(begin, time(0), calendar.zone).astimezone(UTC)
    return begin, deadline if end is not None else None, end


def fallen_due(policy, ran, calendar, start, end):
    """The occurrences of a policy's steps in a stretch of time, while the dossier ran: (step, k, at)."""
    begin, deadline, finished = ran
    if deadline is None:
        return
    for step in policy["steps"]:
        for k, at in instants(step, begin, deadline, calendar):
            if at >= end or (finished is not None and at >= finished):
                break
            if at >= start and (begin is None or at >= begin):
                yield step, k, at


def main():
    parser = argparse.ArgumentParser(description="alertd simulate --format jsonl, the slow and obvious way")
    parser.add_argument("config")
    parser.add_argument("--feed", required=True)
    parser.add_argument("--from", dest="start", required=True)
    parser.add_argument("--to", dest="end", required=True)
    arguments = parser.parse_args()
    for alert in replay(arguments.config, arguments.feed, arguments.start, arguments.end):
        sys.stdout.write(json.dumps(alert, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
