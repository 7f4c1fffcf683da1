"""Edits while a thousand alerts are in flight: none lost, none doubled, none by half a rule (DESIGN sections 5 and 7)."""

from __future__ import annotations

import random
import signal
import time

import pytest
from sqlalchemy import select

from alertd.store.tables import alerts, configurations, dossiers
from tests.faults.harness import reading, until

pytestmark = pytest.mark.process
LIMIT = 60
#: Seconds of edits, one each, and dossiers per half a second: two alerts or three of each.
EDITS, DROPPED = 10, 25
BOTH, ALL = "to: [officer, head]", "to: [officer, head, person:office]"


def settle(district):
    until(lambda: district.outbox.keys() <= {"accepted", "superseded"}, LIMIT, lambda: district.outbox)


def ledger(district):
    """Who was alerted of each dossier's step, and by which rule that was in force at that instant."""
    with reading(district.url) as connection:
        versions = connection.execute(select(configurations).order_by(configurations.c.id)).all()
        rows = connection.execute(
            select(alerts.c.person, alerts.c.step, alerts.c.recorded_at, dossiers.c.code)
            .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
            .where(alerts.c.step == "overdue")
        ).all()
    found = {}
    for row in rows:
        people, instants = found.setdefault(row.code, (set(), set()))
        people.add(row.person)
        instants.add(row.recorded_at)
    return versions, found


def in_force(versions, at):
    return [version for version in versions if version.accepted_at <= at][-1].files["escalation.yaml"]


def test_edits_under_load_lose_nothing_double_nothing_and_apply_no_half(district, receiver, running, seed):
    rng = random.Random(seed)
    path = district.folder / "escalation.yaml"
    text = path.read_text("utf-8")
    codes = {code for _, code in district.past_due(DROPPED)}
    daemon = running.daemon(district.folder)
    for edit in range(EDITS):
        codes |= {code for _, code in district.past_due(DROPPED)}
        right = text.replace(BOTH, ALL if edit % 4 == 1 else BOTH)
        wrong = right.replace("at: 0d", rng.choice(["at: 0", "at: hôm nay", "every: 1d"])).replace("-2h", "- 2h")
        new = wrong if edit % 2 == 0 else right
        if rng.random() < 0.5:
            path.write_text(new, "utf-8")
        else:
            beside = path.with_name("beside.yaml")
            beside.write_text(new, "utf-8")
            beside.rename(path)
        if edit == 5:
            daemon.send(signal.SIGHUP)
        time.sleep(0.5)
        codes |= {code for _, code in district.past_due(DROPPED)}
        time.sleep(0.5)
    path.write_text(text, "utf-8")
    until(lambda: len(ledger(district)[1]) == len(codes), LIMIT, "a dossier was never alerted of")
    settle(district)
    versions, found = ledger(district)
    print(f"{len(codes)} dossiers, {sum(len(people) for people, _ in found.values())} alerts, "
          f"{len(versions)} configurations, {len(receiver.seen)} messages")  # fmt: skip
    assert len(versions) >= 3, "several were taken"
    assert all("0d" in version.files["escalation.yaml"] for version in versions), "and no faulty one"
    for code, (people, instants) in found.items():
        (at,) = instants
        expected = 3 if ALL in in_force(versions, at) else 2
        assert len(people) == expected, f"{code} was told by half a rule: {people}"
    assert {(person, code) for code, (people, _) in found.items() for person in people} == receiver.told
    assert receiver.doubled == 0
    faults = [line for line in daemon.logs if line["event"] == "configuration not taken; the earlier one runs on"]
    assert faults, "a faulty edit was seen"
    assert all("escalation.yaml:" in line["first"] for line in faults)
    told = [request["body"]["text"] for request in receiver.seen if "Lỗi: escalation.yaml:" in request["body"]["text"]]
    assert told, "and the admin heard of it, with its line"
    assert not [line for line in daemon.logs if line["level"] == "error"], daemon.stderr
    assert daemon.terminate() == 0


def test_calls_under_way_finish_before_another_configuration_takes_over(district, receiver, running):
    """The receiver takes half a second: an edit in the middle of it repeats nothing."""
    daemon = running.daemon(district.folder)
    expected = district.past_due(96)
    until(lambda: receiver.seen, LIMIT, "no message has come")
    path = district.folder / "alertd.yaml"
    path.write_text(path.read_text("utf-8").replace("resend_after: 1s", "resend_after: 2s"), "utf-8")
    until(lambda: sum(line["event"] == "configuration accepted" for line in daemon.logs) == 2, LIMIT, daemon.stderr)
    until(lambda: expected <= receiver.told, LIMIT, "lost")
    settle(district)
    assert receiver.doubled == 0
    assert daemon.terminate() == 0
