"""Audit: what the daemon waits for before it believes what it sees, on a clock that only waiting moves."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from alertd.core.audit.judging import Verdict
from alertd.core.freshness import MaxAge
from alertd.jobs import audit
from alertd.jobs.accept import PLANNING
from alertd.store import marks
from tests.store.ground import MINUTE, World, at, dossier

MIDNIGHT = at("06/06 00:00")


class Waits:
    """Stands for the module `time`: counts what is waited, and does something meanwhile."""

    def __init__(self):
        self.now, self.waited, self.meanwhile = 0.0, 0, lambda count: None

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now, self.waited = self.now + seconds, self.waited + 1
        self.meanwhile(self.waited)


@pytest.fixture
def waits(monkeypatch):
    made = Waits()
    monkeypatch.setattr(audit, "time", made)
    return made


def auditor(world, patience=20.0, turn_patience=45.0):
    return audit.Auditor(
        world.database, world.rules, lambda: MIDNIGHT + MINUTE, patience=patience, turn_patience=turn_patience
    )


def mark(world, name, when):
    with world.database.write() as connection:
        marks.set_mark(connection, name, when)


# --- the escalation ---------------------------------------------------------------------------------------------------


@pytest.fixture
def behind(database):
    """A poll that began before a tick and was written after it: the dossier's first step waits for the next."""
    world = World(database, max_age=MaxAge(working_days=3))
    world.tick("05/06 16:05")
    world.poll("05/06 16:01", dossier())
    return world


def test_what_a_poll_has_just_written_is_no_difference_once_the_escalation_has_seen_it(behind, waits):
    """A poll dates what it writes from its beginning: ticks that could not see it yet come after that."""
    waits.meanwhile = lambda count: behind.tick(at("05/06 16:05") + count * MINUTE)
    assert auditor(behind).tick(at("05/06 16:06")).findings == ()
    assert waits.waited == audit.TICKS


def test_a_step_that_does_not_fire_is_a_difference_while_the_escalation_ticks(behind, waits):
    waits.meanwhile = lambda count: mark(behind, "escalate", at("05/06 16:05") + count * MINUTE)
    found = auditor(behind).tick(at("05/06 16:06"))
    assert [each.fault.value for each in found.findings] == ["unfired"]


def test_where_the_escalation_stands_still_it_is_waited_for_no_longer_than_patience_lasts(behind, waits):
    found = auditor(behind, patience=20.0).tick(at("05/06 16:06"))
    assert [each.fault.value for each in found.findings] == ["unfired"]
    assert waits.now == pytest.approx(20.0, abs=2 * audit.LOOK_SECONDS)


# --- a new day --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["HS-0", "HS-3"])
def broken(request):
    """A dossier of the first slice, and one of the last."""
    return request.param


@pytest.fixture
def evening(database, monkeypatch, waits, broken):
    """Four dossiers, two to a slice, of which one has lost its plan; the admin was told."""
    monkeypatch.setattr(audit, "SLICE", 2)
    world = World(database, max_age=MaxAge(working_days=9))
    world.run("05/06 16:00", *(dossier(f"HS-{n}") for n in range(4)))
    mark(world, "turned", at("05/06 16:00"))
    with database.write() as connection:
        connection.execute(text("UPDATE dossiers SET next_step_at = NULL WHERE code = :code"), {"code": broken})
    auditor(world).tick(at("05/06 16:01"))
    assert stands(world) == [broken]
    waits.__init__()
    return world


def stands(world):
    """The dossiers of which a difference stands, each of them told once."""
    with world.database.read() as connection:
        codes = connection.scalars(text("SELECT code FROM audit_findings")).all()
    assert [alert.note for alert in world.rows("alerts", step="audit")] == [f"new|1|1|{code}" for code in codes]
    return codes


def on_call(monkeypatch, number, then):
    """After so many slices were read."""
    slice_, calls = audit._slice, []

    def counted(*given):
        seen = slice_(*given)
        calls.append(given)
        if len(calls) == number:
            then()
        return seen

    monkeypatch.setattr(audit, "_slice", counted)


def test_an_audit_on_a_new_day_waits_until_the_plans_are_turned_to_it(evening, waits, broken):
    """They are within half a minute of midnight; to say each night that nothing was compared would be noise."""
    evening.tick(MIDNIGHT)
    waits.meanwhile = lambda count: mark(evening, "turned", MIDNIGHT) if count == 3 else None
    found = auditor(evening, patience=0).tick(MIDNIGHT)
    assert (found.undecided, [each.code for each in found.findings]) == (0, [broken])
    assert waits.waited == 3
    assert len(evening.rows("audits")) == 2


def test_where_they_are_not_turned_in_time_nothing_goes_on_record(evening, waits, broken):
    evening.tick(MIDNIGHT)
    assert auditor(evening, turn_patience=45.0).tick(MIDNIGHT) is None
    assert waits.now == pytest.approx(45.0, abs=2 * audit.LOOK_SECONDS)
    assert stands(evening) == [broken]
    assert len(evening.rows("audits")) == 1


@pytest.mark.parametrize("slices", [1, 2], ids=["between two slices", "before the second look"])
def test_a_day_that_begins_while_an_audit_is_under_way_costs_it_nothing(evening, waits, monkeypatch, broken, slices):
    on_call(monkeypatch, slices, lambda: evening.tick(MIDNIGHT))
    waits.meanwhile = lambda count: mark(evening, "turned", MIDNIGHT) if count == 3 else None
    found = auditor(evening, patience=0).tick(at("05/06 23:59"))
    assert (found.undecided, [each.code for each in found.findings]) == (0, [broken])
    assert stands(evening) == [broken]


@pytest.mark.parametrize("slices", [1, 2], ids=["between two slices", "before the second look"])
def test_half_an_audit_takes_nothing_for_mended(evening, monkeypatch, broken, slices):
    on_call(monkeypatch, slices, lambda: evening.tick(MIDNIGHT))
    assert auditor(evening, patience=0).tick(at("05/06 23:59")) is None
    assert stands(evening) == [broken]
    assert len(evening.rows("audits")) == 1


def test_plans_that_are_being_made_anew_are_not_waited_for(evening, waits, broken):
    mark(evening, PLANNING, at("05/06 23:00"))
    assert auditor(evening).tick(at("05/06 23:59")) is None
    assert waits.waited == 0
    assert stands(evening) == [broken]


def test_a_walk_of_which_some_had_nothing_to_be_compared_with_says_so(evening, monkeypatch):
    """As the command makes it, which waits for nothing."""
    evening.tick(MIDNIGHT)
    on_call(monkeypatch, 1, lambda: mark(evening, "turned", MIDNIGHT))
    found = audit.walk(evening.database, evening.rules)
    assert (found.dossiers, found.undecided, found.mark) == (4, 2, None)


def test_a_difference_stands_while_its_dossier_cannot_be_decided(evening, monkeypatch, broken):
    """Somebody has answered, or the calendar has no such year: nothing is mended by that."""
    monkeypatch.setattr(audit, "judge", lambda *_: Verdict((), judged=False))
    found = auditor(evening).tick(at("05/06 23:59"))
    assert (found.undecided, [each.code for each in found.findings]) == (4, [broken])
    assert stands(evening) == [broken]
    assert evening.rows("audits")[-1].findings == 1


def test_a_difference_that_a_second_look_can_no_longer_decide_stands(evening, monkeypatch, broken):
    judged = audit.judge
    on_call(monkeypatch, 2, lambda: monkeypatch.setattr(audit, "judge", lambda *_: Verdict((), judged=False)))
    assert [each.code for each in auditor(evening, patience=0).tick(at("05/06 23:59")).findings] == [broken]
    monkeypatch.setattr(audit, "judge", judged)
    assert stands(evening) == [broken]
