"""Facts, periods and histories for the tests of the rates; everything is visibly made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from alertd.core.dossier import ENDED, Filing, Phase, ServiceLevel
from alertd.core.organisation import Edge, Organisation, Person, Post, Target, Unit
from alertd.core.policy import Match, Policy
from alertd.core.rates.fact import Fact, Period
from alertd.core.rates.weeks import WeekEnd
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY = WeekEnd(6, 1440, ZONE)
#: Week 2026-W24: Monday 08/06 00:00 to Sunday 14/06 24:00 on the clocks of the district.
START = datetime(2026, 6, 7, 17, 0, tzinfo=UTC)
CUTOFF = START + timedelta(days=7)
#: Long before any test's week: the feed has been read since.
SINCE = START - timedelta(days=365)
UNITS = ("TP", "TNMT", None)

RULES = Rules(
    ZONE,
    Calendar(ZONE),
    {},
    Organisation(
        {
            "UBND": Unit("UBND", "UBND huyện", "district"),
            "TP": Unit("TP", "Phòng Tư pháp", "department", edges=(Edge("UBND"),)),
            "TNMT": Unit("TNMT", "Phòng Tài nguyên và Môi trường", "department", edges=(Edge("UBND"),)),
        },
        {"tp": Person("tp", "Trưởng phòng Tư pháp", posts=(Post("TP", "head"),))},
        {},
        Target.parse("person:tp"),
    ),
    (Policy("standard", Match(), ()),),
)


def at(text):
    """`08/06 10:00` on the clocks of the district in 2026, in UTC."""
    return datetime.strptime(f"{text} 2026", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


def period(start=START, cutoff=CUTOFF, counted_until=None):
    return Period(start, cutoff, counted_until or start, cutoff + timedelta(days=1), cutoff + timedelta(days=3), ZONE)


WEEK = period()


def fact(**fields):
    """One running dossier of the week, received on its first morning."""
    values = {
        "id": 1, "unit": "TP", "received_unit": "TP", "phase": Phase.RUNNING, "received_at": at("08/06 08:00"),
        "due_at": at("17/06 17:00"), "ended_at": None, "accepted_seen_at": at("08/06 08:05"), "ended_seen_at": None,
        "history_since": SINCE, "code": "MAU-1",
    } | fields  # fmt: skip
    if values["ended_at"] is not None and values["ended_seen_at"] is None:
        values["ended_seen_at"] = values["ended_at"]
    return Fact(**values)


def finished(when, **fields):
    return fact(phase=Phase.DONE, ended_at=at(when), **fields)


instants = st.integers(-30 * 1440, 14 * 1440).map(lambda minutes: START + timedelta(minutes=minutes))
tri = st.sampled_from((None, True, False))


@st.composite
def some_facts(draw, most=12):
    """Facts as a cut-off allows them: what has ended, ended before it."""
    made = []
    for number in range(draw(st.integers(0, most))):
        phase = draw(st.sampled_from([p for p in Phase if p not in (Phase.UNKNOWN, Phase.PRE)]))
        received = draw(st.none() | instants)
        ended = draw(instants.filter(lambda i: i < CUTOFF)) if phase in ENDED else None
        seen = draw(instants.filter(lambda i: i < CUTOFF))
        ended_seen = draw(instants.filter(lambda i: i < CUTOFF)) if ended else None
        made.append(
            Fact(
                id=number, unit=draw(st.sampled_from(UNITS)), received_unit=draw(st.sampled_from(UNITS)), phase=phase,
                received_at=received, due_at=draw(st.none() | instants), ended_at=ended, accepted_seen_at=seen,
                ended_seen_at=ended_seen, history_since=draw(st.sampled_from((SINCE, START, CUTOFF))),
                code=f"MAU-{number}", procedure_code=draw(st.sampled_from(("", "1.001", "1.002"))),
                channel=draw(st.sampled_from(list(Filing))),
                service_level=draw(st.sampled_from(("", *(level.value for level in ServiceLevel)))),
                paused_since=seen if phase is Phase.PAUSED else None, pauses=draw(st.integers(0, 3)),
                supplements=draw(st.none() | st.integers(0, 3)), missing=draw(st.booleans()),
                unknown_status=draw(st.booleans()), fee=draw(tri), fee_total=draw(st.none() | st.integers(0, 500_000)),
                paid_online=draw(tri), result_required=draw(tri), result_digital=draw(tri),
                components_digital=draw(tri),
            )
        )  # fmt: skip
    return made
