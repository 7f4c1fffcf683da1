"""The demo's week: which dossiers the simulated portal shows at each instant, and the configuration that watches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alertd.config import shipped
from alertd.demo.portal import igate, opencps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
#: A Monday morning before work, in a week without days off.
BEGIN = datetime(2026, 6, 8, 7, 0, tzinfo=ZONE)
GROUP, USERNAME, PASSWORD = "35166", "alertd", "mau"
#: Of the sample's people the one who opens the board: whoever `admin:` names sees every page of it.
ADMIN = "van-phong"
#: What somebody's own rules may take the place of; people and units stay those whose dossiers the portal shows.
RULES = ("escalation.yaml", "calendar.yaml")


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier of the demo; offsets in hours from its Monday. `moved` is (when, new due), `paused` (from, until)."""

    number: int
    unit: str
    unit_name: str
    officer: str
    procedure: str
    received: float
    due: float
    released: float | None = None
    moved: tuple[float, float] | None = None
    paused: tuple[float, float] | None = None


def _day(day: int, clock: float) -> float:
    """Hours from Monday 07:00 to a clock time on a day of that week (0 is Monday)."""
    return day * 24 + clock - 7


JUSTICE = ("TP", "Phòng Tư pháp", "tp.chuyenvien")
LABOUR = ("LDTBXH", "Phòng Lao động - Thương binh và Xã hội", "ldtbxh.chuyenvien")
LAND = ("VPDK", "Văn phòng ĐKĐĐ chi nhánh Hương Sơn - Đức Thọ", "vpdk.vienchuc")
TOWN = ("TTDT", "UBND thị trấn Đức Thọ", "tt-ductho.motcua")

STORIES = (
    # filed and due on Monday, and nobody finishes it: officer, then head, then chairman
    Story(1, *JUSTICE, "Cải chính hộ tịch", _day(0, 8), _day(0, 16)),
    # finished on Wednesday after it ran late: silence from then on, and one line that says so
    Story(2, *JUSTICE, "Chứng thực bản sao từ bản chính", _day(-3, 9), _day(1, 16), released=_day(2, 9)),
    # finished in time: only the reminder
    Story(3, *LABOUR, "Hỗ trợ chi phí mai táng", _day(-5, 8), _day(3, 11), released=_day(2, 15)),
    # overdue, then the due date is moved: the head hears of it
    Story(4, *LAND, "Đăng ký biến động đất đai", _day(-6, 14), _day(0, 11), moved=(_day(1, 14), _day(14, 11))),
    # waits for the citizen from Tuesday on: the clock stands
    Story(5, *TOWN, "Đăng ký khai sinh", _day(-4, 10), _day(2, 10), paused=(_day(1, 9), _day(9, 9))),
    # nobody is named on the portal: the unit's duty officer stands in
    Story(6, "TTDT", "UBND thị trấn Đức Thọ", "Cán bộ một cửa", "Chứng thực chữ ký", _day(-2, 8), _day(2, 16)),
)


#: How each portal calls the states of the demo.
SPOKEN = {
    "running": ("processing", igate.RUNNING),
    "paused": ("waiting", igate.PAUSED),
    "finished": ("releasing", igate.FINISHED),
}


def crowd(count: int) -> list[Story]:
    """So many more dossiers, one due every half hour around the Monday, a third of them finished."""
    made = []
    for number in range(101, 101 + count):
        unit = (JUSTICE, LABOUR, LAND, TOWN)[number % 4]
        due = (number - 100 - count / 2) / 2
        finished = due - 5 if number % 3 == 0 else None
        made.append(Story(number, *unit, "Chứng thực bản sao từ bản chính", due - 72, due, released=finished))
    return made


def shown(now: datetime, begin: datetime = BEGIN, more: Sequence[Story] = ()) -> Mapping[str, Sequence[dict[str, Any]]]:
    """What the portal shows as an OpenCPS at `now`, by group; the demo's Monday 07:00 is at `begin`."""
    rows = []
    for story, state, facts in _filed(now, begin, more):
        finished = facts.pop("finished")
        rows.append(opencps.dossier(story.number, status=SPOKEN[state][0], released=finished, **facts))
    return {GROUP: rows}


def shown_by_igate(now: datetime, begin: datetime = BEGIN, more: Sequence[Story] = ()) -> Sequence[dict[str, Any]]:
    """The same dossiers as an iGate shows them."""
    return [
        igate.dossier(story.number, status=SPOKEN[state][1], **facts)
        for story, state, facts in _filed(now, begin, more)
    ]


def _filed(now: datetime, begin: datetime, more: Sequence[Story]) -> Iterator[tuple[Story, str, dict[str, Any]]]:
    """The dossiers filed by then, their state, and what any portal tells of them."""
    hours = (now - begin) / timedelta(hours=1)
    for story in (*STORIES, *more):
        if story.received > hours:
            continue
        finished = story.released is not None and hours >= story.released
        moved = story.moved is not None and hours >= story.moved[0]
        paused = story.paused is not None and story.paused[0] <= hours < story.paused[1]
        due = story.moved[1] if moved and story.moved else story.due
        yield (
            story,
            "finished" if finished else "paused" if paused else "running",
            {
                "zone": ZONE,
                "received": begin + timedelta(hours=story.received),
                "due": begin + timedelta(hours=due),
                "finished": begin + timedelta(hours=story.released)
                if finished and story.released is not None
                else None,
                "unit": story.unit,
                "unit_name": story.unit_name,
                "officer": story.officer,
                "procedure": story.procedure,
                "code": f"H27.35-260601-{story.number:04d}",
            },
        )


def write_configuration(folder: Path, portal_url: str, database: Path, rules: Path | None = None) -> None:
    """The sample district's rules, organisation and calendar, with a feed that reads the simulated portal.

    Rules and calendar are those of the folder `rules` where one is given. The board gets any free port.

    Reports are sent when the demo begins, so that it has none of the empty week before: the first is that of its own.

    Elapsed times are long because the demo's clock is fast: a call that takes a blink lasts an hour on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("organisation.yaml", *RULES):
        source = rules if rules is not None and name in RULES else shipped.folder()
        (folder / name).write_bytes((source / name).read_bytes())
    (folder / "alertd.yaml").write_text(
        f"""\
timezone: Asia/Ho_Chi_Minh
storage: {{url: "sqlite:///{database}"}}
admin: person:{ADMIN}
web: {{listen: "127.0.0.1:0"}}
feeds:
  - name: portal
    type: opencps
    url: {portal_url}
    username: {USERNAME}
    password: "${{ALERTD_DEMO_PASSWORD}}"
    groups: ["{GROUP}"]
    scope: all
    every: 1h
    max_age: 12h
    timeout: 30s
channels:
  console: {{}}
report: {{send: "Mon 07:00"}}
delivery:
  slots: ["07:30", "13:00"]
  claim_timeout: 72h
  resend_after: 72h
""",
        encoding="utf-8",
    )
