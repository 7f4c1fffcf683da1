"""kill -9 at any instant: nothing is lost, and no more is repeated than was in flight (DESIGN sections 1 and 7)."""

from __future__ import annotations

import random
import time

import pytest

from alertd.jobs.deliver import IN_FLIGHT
from tests.faults.harness import until

pytestmark = pytest.mark.process
LIMIT = 90


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres),
                        pytest.param("cluster", marks=pytest.mark.postgres)])  # fmt: skip
def url(request, tmp_path, running):
    """The same tests however daemons run: alone on each engine, and as one of a cluster."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'alertd.db'}"
    running.cluster = request.param == "cluster"
    return request.getfixturevalue("postgres_url")


def settle(district):
    """Wait until nothing is left to do in the outbox."""
    until(lambda: district.outbox.keys() <= {"accepted", "superseded"}, LIMIT, lambda: district.outbox)


def told_all(receiver, expected):
    until(lambda: expected <= receiver.told, LIMIT, lambda: f"lost: {sorted(expected - receiver.told)[:10]}")
    assert receiver.told == expected, f"told the wrong person: {sorted(receiver.told - expected)[:10]}"


def test_kills_in_the_middle_of_a_delivery_lose_nothing_and_repeat_at_most_what_was_in_flight(
    district, receiver, running, seed
):
    rng = random.Random(seed)
    expected, kills = set(), 4
    for kill in range(kills):
        expected |= district.past_due(48)
        daemon = running.daemon(district.folder)
        # calls are under way: some were answered, most of this round's not yet
        before = len(receiver.seen)
        until(lambda: len(receiver.seen) > before, LIMIT, "no message of this round has come")  # noqa: B023
        time.sleep(rng.uniform(0, 0.8))
        daemon.kill()
        district.forget_the_dead()
        assert receiver.doubled <= IN_FLIGHT * (kill + 1)
    daemon = running.daemon(district.folder)
    told_all(receiver, expected)
    settle(district)
    print(f"{len(receiver.seen)} calls, {receiver.doubled} repeated after {kills} kills")
    assert receiver.doubled <= IN_FLIGHT * kills
    assert daemon.terminate() == 0


def test_kills_at_any_instant_lose_nothing(district, receiver, running, seed):
    rng = random.Random(seed)
    expected, kills = set(), 4
    for _ in range(kills):
        expected |= district.past_due(24)
        daemon = running.run(district.folder)
        time.sleep(rng.uniform(0.5, 4.0))  # starting, migrating, reading, composing or sending
        daemon.kill()
        district.forget_the_dead()
    running.daemon(district.folder)
    told_all(receiver, expected)
    settle(district)
    assert receiver.doubled <= IN_FLIGHT * kills


def test_a_kill_of_an_idle_daemon_repeats_nothing(district, receiver, running):
    expected = district.past_due(24)
    daemon = running.daemon(district.folder)
    told_all(receiver, expected)
    settle(district)
    calls = len(receiver.seen)
    daemon.kill()
    district.forget_the_dead()
    running.daemon(district.folder)
    more = district.past_due(4)
    told_all(receiver, expected | more)
    again = [request for request in receiver.seen[calls:] if {d["code"] for d in request["body"]["dossiers"]}
             & {code for _, code in expected}]  # fmt: skip
    assert again == [], "a dossier was told of twice"
    assert receiver.doubled == 0


def test_a_clean_stop_finishes_what_is_in_flight_and_the_next_start_sends_only_the_rest(district, receiver, running):
    expected = district.past_due(96)
    daemon = running.daemon(district.folder)
    until(lambda: receiver.seen, LIMIT, "no message has come")
    assert daemon.terminate(25) == 0, daemon.stderr
    assert daemon.logs[-1]["event"] == "stopped"
    found = district.outbox
    assert not {"sending", "unknown", "retry"} & set(found), found
    assert found.get("accepted") == len(receiver.seen), "every call that was made has its answer on record"
    assert expected - receiver.told, "the stop came after everything was sent: nothing was in the middle"
    running.daemon(district.folder)
    told_all(receiver, expected)
    settle(district)
    assert receiver.doubled == 0
